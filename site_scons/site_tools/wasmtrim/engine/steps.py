"""Calls of a core module's exports, one after the other, as a profile lists them.

What a step gives and takes lies in the module's memory: by the address of an allocator, of another
export, or of the profile. Every address and length that a guest gives is untrusted.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wasmtrim.engine.interface import Breach, NoExport, Take
from wasmtrim.engine.memory import linear

if TYPE_CHECKING:
    from wasmtime import Func, Store

    from wasmtrim.engine.memory import Linear

ALLOCATORS = ("cabi_realloc", "malloc")  # those that are looked for where a profile names none
MOST_SHOWN_BYTES = 1 << 13  # of the memory that a step is judged by
_REALLOC = ("i32",) * 4  # the canonical ABI's (old address, old size, alignment, new size)


@dataclass(frozen=True)
class Integers:
    """The values that an integer type has, signed or not (WebAssembly specification, 2.2.2)."""

    bits: int

    def signed(self, value: int) -> int | None:
        """Return a number as wasmtime takes it; None where the type has no such value."""
        half = 1 << (self.bits - 1)
        if not -half <= value < 2 * half:
            return None
        return value - 2 * half if value >= half else value


INTEGERS = {"i32": Integers(32), "i64": Integers(64)}


def value_of(kind: str, value: float) -> int | float | None:
    """An argument as wasmtime takes it; None where a parameter of that type can't be it."""
    if kind in INTEGERS:
        return INTEGERS[kind].signed(value) if isinstance(value, int) else None
    if kind == "f32":
        return rounded_to_f32(value)
    return float(value) if kind == "f64" else None


def rounded_to_f32(value: float) -> float | None:
    """The f32 that is nearest; None where all are too small."""
    try:
        found: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return None
    return found


class Steps:
    """`doing` is the call at work; `done` holds what each step gave, ready for JSON."""

    def __init__(self, steps: list[dict[str, Any]], take: Take) -> None:
        self.steps = steps
        self.take = take
        self.doing = ""
        self.done: list[dict[str, Any]] = []
        self._returned: list[list[Any]] = []

    def find(self, exports: Any, store: Store) -> None:
        """Look for the functions before the first call; NoExport where one isn't there."""
        self.exports, self.store = exports, store
        self.functions = [self._function(step["call"]) for step in self.steps]

    def run(self) -> None:
        """Make all calls. Raises NoExport and Breach."""
        for number, (step, function) in enumerate(zip(self.steps, self.functions, strict=True), 1):
            self.doing = f"step {number}, {step['call']}" if len(self.steps) > 1 else step["call"]
            kind = function.type(self.store)
            returned = function(self.store, *self._arguments(step, kind.params))
            values = returned if isinstance(returned, list) else [returned]
            values = [] if returned is None and not kind.results else values
            self._returned.append(values)
            typed = [[str(t), _plain(v)] for t, v in zip(kind.results, values, strict=True)]
            memory = self._read(*self._region(step["memory"])) if step["memory"] else b""
            length = len(memory) if step["memory"] else None
            shown = memory[:MOST_SHOWN_BYTES].hex()
            self.done.append({"returns": typed, "length": length, "memory": shown})
            if step["output"]:
                self.take(self._read(*self._region(step["output"])))

    def _function(self, name: str) -> Func:
        import wasmtime

        found = self.exports.get(name)
        if not isinstance(found, wasmtime.Func):
            raise NoExport(f"it exports no function {name}")
        return found

    def _arguments(self, step: dict[str, Any], params: list[Any]) -> list[int | float]:
        values: list[Any] = []
        for arg in step["args"]:
            if "number" in arg:
                values.append(arg["number"])
            elif "step" in arg:
                values += self._returned[arg["step"] - 1]
            else:
                values += self._place(arg)
        kinds = [str(kind) for kind in params]
        if len(kinds) != len(values):
            raise NoExport(f"it takes ({', '.join(kinds)}), {len(values)} are given")
        taken = [value_of(kind, value) for kind, value in zip(kinds, values, strict=True)]
        for number, value in enumerate(taken):
            if value is None:
                given = f"argument {number + 1} is {values[number]}"
                raise NoExport(f"it takes ({', '.join(kinds)}), {given}")
        return [value for value in taken if value is not None]

    def _place(self, arg: dict[str, Any]) -> list[int]:
        """Put bytes where the guest wants them: their address, and their length if asked for."""
        if arg["file"]:
            with open(arg["file"], "rb") as file:  # noqa: PTH123
                data = file.read()
        else:
            data = bytes.fromhex(arg["hex"])
        address = arg["at"] if isinstance(arg["at"], int) else self._room(arg["at"], len(data))
        memory = self._own_memory()
        if address + len(data) > memory.data_len(self.store):
            raise Breach(f"{len(data)} bytes at {address:#x} go beyond its memory")
        if data:
            memory.write(self.store, data, address)
        return [address, len(data)] if arg["length"] else [address]

    def _room(self, name: str | None, size: int) -> int:
        """Where `size` bytes may lie, by what an export says, or does as an allocator."""
        import wasmtime

        if name is None:
            name = next((name for name in ALLOCATORS if name in self.exports), None)
        if name is None:
            raise NoExport(f"it exports no {' and no '.join(ALLOCATORS)}; say `at` where bytes go")
        found = self.exports.get(name)
        if isinstance(found, wasmtime.Func):
            params = tuple(str(kind) for kind in found.type(self.store).params)
            asked = (0, 0, 1, size) if params == _REALLOC else (size,)
            if params in (_REALLOC, ("i32",), ("i64",)):
                address = _unsigned(found(self.store, *asked), found.type(self.store).results, name)
                if size and not address:
                    raise Breach(f"{name} has no room for {size} bytes")
                return address
        return self._number(name)

    def _number(self, name: str) -> int:
        """The address or length that a global or a function without parameters gives."""
        import wasmtime

        found = self.exports.get(name)
        if isinstance(found, wasmtime.Global):
            return _unsigned(found.value(self.store), [found.type(self.store).content], name)
        if isinstance(found, wasmtime.Func) and not found.type(self.store).params:
            return _unsigned(found(self.store), found.type(self.store).results, name)
        raise NoExport(f"it exports no global, and no function without parameters, {name}")

    def _region(self, region: dict[str, Any]) -> tuple[int, int]:
        """Where the bytes lie that a step is judged by or gives: their address and length."""
        at, length = (
            self._number(part) if isinstance(part, str) else part
            for part in (region["at"], region["length"])
        )
        kind = region["returned"]
        if kind:
            value = self._returned_address()
            if kind == "address":
                at = value
            elif kind == "length":
                length = value
            elif kind == "packed":
                at, length = value >> 32, value & 0xFFFF_FFFF
            else:
                at, length = struct.unpack("<II", self._read(value, 8))
        return at, length

    def _returned_address(self) -> int:
        values = self._returned[-1]
        if len(values) != 1 or not isinstance(values[0], int):
            raise NoExport("it returns no address or length")
        results = self._function(self.steps[len(self._returned) - 1]["call"]).type(self.store)
        return _unsigned(values[0], results.results, "it")

    def _read(self, at: int, length: int) -> bytes:
        memory = self._own_memory()
        if at + length > memory.data_len(self.store):
            raise Breach(f"{length} bytes at {at:#x} lie beyond its memory")
        return bytes(memory.read(self.store, at, at + length))

    def _own_memory(self) -> Linear:
        """The memory of that name, or the first one that is exported."""
        named = [self.exports.get("memory"), *self.exports.values()]
        found = next((memory for each in named if (memory := linear(each))), None)
        if found is None:
            raise NoExport("it exports no memory")
        return found


def _unsigned(value: Any, kinds: list[Any], name: str) -> int:
    """An address as a whole number: wasmtime gives integers as signed ones."""
    integers = INTEGERS.get(str(kinds[0])) if len(kinds) == 1 else None
    if integers is None:
        raise NoExport(f"{name} gives no address: it is not an integer")
    return int(value) % (1 << integers.bits)


def _plain(value: Any) -> int | float | str:
    return value if isinstance(value, int | float) else str(value)
