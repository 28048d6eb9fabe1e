"""A core module's side of an interface, by the canonical ABI (component model, CanonicalABI.md).

Every address that a guest gives is untrusted, and so is each value that lies there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from wasmtrim.engine.interface import Breach, Function, Interface, NoExport, Param, Value
from wasmtrim.engine.memory import linear

if TYPE_CHECKING:
    from wasmtime import Func, Store

Bind: TypeAlias = "Callable[[Func, tuple[str, ...], bool], Callable[..., Any]]"
_FLAT: dict[Param, tuple[str, ...]] = {
    "u32": ("i32",),
    "u64": ("i64",),
    "string": ("i32", "i32"),
    "list<u8>": ("i32", "i32"),
}
# The first one is for exports alone, where the other serves the imports of a component, too.
_REALLOC = ("cabi_export_realloc", "cabi_realloc")


class Lowered:
    """The lowered functions of an interface, among a core module's exports.

    `bind` makes of a function, its parameters' types and whether it has a result what is called in
    its place, with a store first.
    """

    def __init__(
        self, exports: Any, store: Store, interface: Interface, bind: Bind = lambda func, *_: func
    ) -> None:
        self.bind = bind
        self.store = store
        self.interface = interface
        self.functions = {
            name: self._function(exports, interface.core_name(name), _core_type(function))
            for name, function in interface.functions.items()
        }
        realloc = next((name for name in _REALLOC if name in exports), _REALLOC[-1])
        self.realloc = self._function(exports, realloc, (("i32",) * 4, ("i32",)))
        self.after = {
            name: self._function(exports, post, (("i32",), ()))
            for name in interface.functions
            if (post := f"cabi_post_{interface.core_name(name)}") in exports
        }
        memory = linear(exports.get("memory"))
        if memory is None:
            raise NoExport("it exports no memory")
        self.memory = memory

    def _function(
        self, exports: Any, name: str, wanted: tuple[tuple[str, ...], ...]
    ) -> Callable[..., Any]:
        import wasmtime

        found = exports.get(name)
        if not isinstance(found, wasmtime.Func):
            raise NoExport(f"it exports no function {name}")
        kind = found.type(self.store)
        there = tuple(map(str, kind.params)), tuple(map(str, kind.results))
        if there != wanted:
            asked = f"the interface asks for {_shown(*wanted)}"
            raise NoExport(f"{name} is {_shown(*there)}, and {asked}")
        return self.bind(found, wanted[0], bool(wanted[1]))

    def call(self, name: str, *args: Value) -> str | bytes | None:
        """Call a function, as `interface.Exports` says."""
        function = self.interface.functions[name]
        flat: list[int] = []
        for arg in args:
            flat += [_signed(arg, 64)] if isinstance(arg, int) else self._place(arg)
        address = self.functions[name](self.store, *flat) & 0xFFFF_FFFF
        value = self._fault(address) if function.result == "fault" else self._list(address)
        if name in self.after:
            self.after[name](self.store, _signed(address, 32))
        return value

    def _place(self, arg: str | bytes) -> list[int]:
        """Put a string or list where the guest wants it: its address and length."""
        data = arg.encode() if isinstance(arg, str) else arg
        address = self.realloc(self.store, 0, 0, 1, len(data)) & 0xFFFF_FFFF
        if address + len(data) > self.memory.data_len(self.store):
            raise Breach(f"realloc gives {len(data)} bytes at {address:#x}, beyond its memory")
        if data:
            self.memory.write(self.store, data, address)
        return [_signed(address, 32), len(data)]

    def _fault(self, address: int) -> str | None:
        """Lift result<_, enum>: a byte that is 0 or 1, then the enum's case in a byte."""
        failed, case = self._read("the result", address, 2)
        if failed > 1 or (failed and case >= len(self.interface.faults)):
            raise Breach(f"the result at {address:#x} is {failed}, {case}: no value of its type")
        return self.interface.faults[case] if failed else None

    def _list(self, address: int) -> bytes:
        """Lift list<u8>: its address and length, a word each."""
        if address % 4:
            raise Breach(f"the result at {address:#x} is not aligned to 4 bytes")
        words = self._read("the result", address, 8)
        start, length = (int.from_bytes(words[at : at + 4], "little") for at in (0, 4))
        return self._read("the list", start, length)

    def _read(self, what: str, address: int, size: int) -> bytes:
        if address + size > self.memory.data_len(self.store):
            raise Breach(f"{what} of {size} bytes at {address:#x} lies beyond its memory")
        return bytes(self.memory.read(self.store, address, address + size))


def _core_type(function: Function) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Each result takes more than one flat value, so that all come by the address of an area."""
    return tuple(flat for param in function.params for flat in _FLAT[param]), ("i32",)


def _shown(params: tuple[str, ...], results: tuple[str, ...]) -> str:
    return f"func({', '.join(params)})" + (f" -> {', '.join(results)}" if results else "")


def _signed(value: int, bits: int) -> int:
    """A number as wasmtime takes it: integers are signed there."""
    half = 1 << (bits - 1)
    return (value + half) % (2 * half) - half
