"""What a world is in a core module: each function's name and type, by the canonical ABI.

Component model, CanonicalABI.md, "Flattening": a value becomes up to 16 numbers as parameters, and
one as a result; what is more lies in the memory, and its address is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from wasmtrim.wasm.types import FuncType
from wasmtrim.wit.mangling import LEGACY, STANDARD, Mangling
from wasmtrim.wit.world import Function, Interface, Param, Type, World

MAX_FLAT_PARAMS: Final = 16
MAX_FLAT_RESULTS: Final = 1
# The numbers of a value; None where they are more than MAX_FLAT_PARAMS.
Flat: TypeAlias = "tuple[str, ...] | None"
_PLAIN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("bool", "u8", "u16", "u32", "s8", "s16", "s32", "char"), ("i32",)),
    **dict.fromkeys(("u64", "s64"), ("i64",)),
    "f32": ("f32",),
    "f64": ("f64",),
    **dict.fromkeys(("enum", "handle"), ("i32",)),
    **dict.fromkeys(("string", "list", "map"), ("i32", "i32")),  # address and length
}
_ADDRESSED = ("string", "list", "map")
_VARIANTS = ("variant", "option", "result")
_FLAGS_PER_NUMBER = 32


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter or result of a core function, and what it is of the WIT function."""

    type: str
    what: str


@dataclass(frozen=True, slots=True)
class Lowered:
    """A function of a world as a module has it.

    `module` is None for an export. `function` is None for what has no WIT of its own, as the
    dropping of a resource. Whether the module must export it is `required`; an import it may leave
    out, always. Memory and realloc are those that calling it takes.
    """

    module: str | None
    name: str
    interface: Interface
    function: Function | None
    params: tuple[Slot, ...]
    results: tuple[Slot, ...]
    required: bool = False
    needs_memory: bool = False
    needs_realloc: bool = False

    @property
    def type(self) -> FuncType:
        """The type of the core function."""
        return FuncType(
            tuple(slot.type for slot in self.params), tuple(slot.type for slot in self.results)
        )


def lower(world: World, mangling: Mangling) -> tuple[Lowered, ...]:
    """Return every import and export that the world lets a module have, by one form of names.

    Beside the functions those are the built-in functions of resources, destructors, and what is
    called after a function has returned; not `cabi_realloc` and the memory.
    """
    return tuple(_Lowering(mangling).of(world))


def export_names(world: World) -> tuple[str, ...]:
    """Return the names of all exports by which a module can be part of the world, in both forms."""
    names: dict[str, None] = {}
    for mangling in (LEGACY, STANDARD):
        lowered = lower(world, mangling)
        names |= dict.fromkeys(item.name for item in lowered if item.module is None)
        names |= dict.fromkeys((mangling.memory, mangling.initialize))
        if any(item.needs_realloc for item in lowered):
            names |= dict.fromkeys((*mangling.reallocs, *mangling.import_reallocs))
    return tuple(names)


class _Lowering:
    def __init__(self, mangling: Mangling) -> None:
        self.mangling = mangling
        self.flats: dict[Type, Flat] = {}
        self.addressed: dict[Type, bool] = {}

    def of(self, world: World) -> Iterator[Lowered]:
        names = self.mangling
        for interface in world.imports:
            module = names.module(interface)
            for function in interface.functions:
                yield self._import(module, interface, function)
            for resource in interface.resources:
                yield self._builtin(module, names.drop, interface, resource)
        for interface in world.exports:
            for function in interface.functions:
                yield from self._export(interface, function)
            if not interface.name:
                continue
            module = names.module_of_exported(interface)
            for resource in interface.resources:
                for template in (names.drop, names.new, names.rep):
                    yield self._builtin(module, template, interface, resource)
                what = Slot("i32", f"the representation of a {resource}")
                name = names.destructor(interface, resource)
                yield Lowered(None, name, interface, None, (what,), ())

    def _builtin(self, module: str, template: str, interface: Interface, resource: str) -> Lowered:
        handle = Slot("i32", f"a handle of {resource}")
        rep = Slot("i32", f"the representation of a {resource}")
        params, results = {
            self.mangling.drop: ((handle,), ()),
            self.mangling.new: ((rep,), (handle,)),
            self.mangling.rep: ((handle,), (rep,)),
        }[template]
        return Lowered(module, template.format(n=resource), interface, None, params, results)

    def _import(self, module: str, interface: Interface, function: Function) -> Lowered:
        params = self._params(function.params)
        results = self._result(function.result)
        by_address = results is None
        if results is None:
            params, results = (*params, _result_address(function)), ()
        result = [function.result] if function.result else []
        return Lowered(
            module,
            function.name,
            interface,
            function,
            params,
            results,
            needs_memory=by_address
            or self._indirect(function)
            or self._any_addressed([*(p.type for p in function.params), *result]),
            needs_realloc=self._any_addressed(result),
        )

    def _export(self, interface: Interface, function: Function) -> Iterator[Lowered]:
        params = self._params(function.params)
        results = self._result(function.result)
        by_address = results is None
        if results is None:
            results = (_result_address(function),)
        name = self.mangling.export(interface, function.name)
        given = [p.type for p in function.params]
        indirect = self._indirect(function)
        result = [function.result] if function.result else []
        yield Lowered(
            None,
            name,
            interface,
            function,
            params,
            results,
            required=True,
            needs_memory=by_address or indirect or self._any_addressed([*given, *result]),
            needs_realloc=indirect or self._any_addressed(given),
        )
        post = self.mangling.post.format(n=name)
        yield Lowered(None, post, interface, None, results, ())

    def _params(self, params: Sequence[Param]) -> tuple[Slot, ...]:
        slots: list[Slot] = []
        for param in params:
            flat = self._flat(param.type)
            if flat is None or len(slots) + len(flat) > MAX_FLAT_PARAMS:
                return (Slot("i32", "the address of all parameters, more than 16 numbers"),)
            slots += _slots(param, flat)
        return tuple(slots)

    def _indirect(self, function: Function) -> bool:
        flats = [self._flat(param.type) for param in function.params]
        return None in flats or sum(len(flat or ()) for flat in flats) > MAX_FLAT_PARAMS

    def _result(self, result: Type | None) -> tuple[Slot, ...] | None:
        """The result's slots; None where it comes by its address."""
        if result is None:
            return ()
        flat = self._flat(result)
        if flat is None or len(flat) > MAX_FLAT_RESULTS:
            return None
        return tuple(Slot(kind, f"the result `{result.text}`") for kind in flat)

    def _flat(self, of: Type) -> Flat:
        if of not in self.flats:
            self.flats[of] = self._flattened(of)
        return self.flats[of]

    def _flattened(self, of: Type) -> Flat:
        if of.kind in _PLAIN:
            return _PLAIN[of.kind]
        if of.kind == "flags":
            return _bounded(("i32",) * min(-(-of.count // _FLAGS_PER_NUMBER), MAX_FLAT_PARAMS + 1))
        parts = [() if part is None else self._flat(part) for part in of.parts]
        if of.kind in _VARIANTS:
            return self._joined(parts)
        if of.kind == "fixed-length-list":
            # Of what takes no number, there are none, however many it has.
            parts *= min(of.count, MAX_FLAT_PARAMS + 1)
        flat: tuple[str, ...] = ()
        for part in parts:
            if part is None or len(flat) > MAX_FLAT_PARAMS:
                return None
            flat += part
        return _bounded(flat)

    def _joined(self, cases: Sequence[Flat]) -> Flat:
        """The discriminant, and numbers that have room for those of each case."""
        joined: list[str] = []
        for case in cases:
            if case is None:
                return None
            for at, kind in enumerate(case):
                if at == len(joined):
                    joined.append(kind)
                elif joined[at] != kind:
                    joined[at] = "i32" if {joined[at], kind} == {"i32", "f32"} else "i64"
        return _bounded(("i32", *joined))

    def _any_addressed(self, types: Sequence[Type]) -> bool:
        """Return whether a list or string is in one of the types."""
        return any(map(self._is_addressed, types))

    def _is_addressed(self, of: Type) -> bool:
        if of not in self.addressed:
            self.addressed[of] = of.kind in _ADDRESSED or any(
                self._is_addressed(part) for part in of.parts if part
            )
        return self.addressed[of]


def _bounded(flat: tuple[str, ...]) -> Flat:
    return flat if len(flat) <= MAX_FLAT_PARAMS else None


def _slots(param: Param, flat: tuple[str, ...]) -> list[Slot]:
    if param.type.kind in _ADDRESSED:
        return [Slot("i32", f"the {what} of `{param}`") for what in ("address", "length")]
    if len(flat) == 1:
        return [Slot(flat[0], f"`{param}`")]
    return [
        Slot(kind, f"number {at} of the {len(flat)} of `{param}`")
        for at, kind in enumerate(flat, 1)
    ]


def _result_address(function: Function) -> Slot:
    assert function.result
    return Slot("i32", f"the address of the result `{function.result.text}`")
