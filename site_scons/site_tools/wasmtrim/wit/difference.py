"""How a core module differs from a world: a line for each difference, in the words of the WIT.

What can't be seen: a core type tells numbers only, so `string` and `list<u8>` are alike, as are
`s32`, `char` and an enum. A run by an interface sees more, and so does a component.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from wasmtrim.escaping import excerpt
from wasmtrim.spelling import nearest
from wasmtrim.wasm.module import Import, Module
from wasmtrim.wasm.types import AnyOf, ExternType, FuncType
from wasmtrim.wit.lowering import Lowered, lower
from wasmtrim.wit.mangling import LEGACY, STANDARD, Mangling
from wasmtrim.wit.world import World, compatible
from wasmtrim.wording import listed

_MOST_NAMED = 8  # of functions in a line
_MOST_TOLD = 20  # faults of imports with a hint; a check shows ten
_MOST_COMPARED = 1_000  # exports that a missing one may be meant by
_NO_ASYNC = "of the asynchronous ABI, which this contract does not know"
_REALLOC = FuncType(("i32",) * 4, ("i32",))
_BEGIN = FuncType()
Exports: TypeAlias = Mapping[str, "ExternType | AnyOf"]


@dataclass(frozen=True)
class Difference:
    """What a module has other than the world; `faults` are lines.

    `known` are the names of the exports, and `spoken_for` the (module, name) of the imports, that
    the world is about: whatever else a contract says of the rest.
    """

    faults: tuple[str, ...]
    known: frozenset[str]
    spoken_for: frozenset[tuple[str, str]]


def differences(world: World, module: Module, others: Collection[tuple[str, str]]) -> Difference:
    """Hold a module against the world. `others` are imports that are allowed whatever it says."""
    exports = {export.name: export.type for export in module.exports}
    forms = _forms(exports, module)
    lowered = {form: lower(world, form) for form in (LEGACY, STANDARD)}
    ours = [entry for entry in module.imports if (entry.module, entry.name) not in others]
    imports = _Imports(world, lowered)
    found = [imported for entry in ours if (imported := imports.find(entry))]
    faults: list[str] = []
    for imported in found:
        if fault := imported.fault(short=len(faults) > _MOST_TOLD):
            faults.append(fault)
    used = [imported.lowered for imported in found if imported.lowered]
    here = [item for form in forms for item in lowered[form] if item.module is None]
    known = {item.name for items in lowered.values() for item in items if item.module is None}
    for form in lowered:
        known |= {form.memory, form.initialize, *form.reallocs, *form.import_reallocs}
    unknown = [name for name in exports if name not in known][:_MOST_COMPARED]
    faults += _missing(world, exports, unknown, forms)
    for item in here:
        if item.name in exports and (fault := _mistyped(item, exports[item.name], "export")):
            faults.append(fault)
    called = [*used, *(item for item in here if item.required and item.name in exports)]
    faults += _without_room(exports, called, forms[0])
    spoken_for = frozenset((i.entry.module, i.entry.name) for i in found)
    return Difference(tuple(dict.fromkeys(faults)), frozenset(known), spoken_for)


def _forms(exports: Exports, module: Module) -> tuple[Mangling, ...]:
    """The forms of names that a module may have used, first the one that it is taken to use."""
    names = [*exports, *(entry.module for entry in module.imports)]
    standard = any(name.startswith(STANDARD.prefix) for name in names)
    return (STANDARD, LEGACY) if standard else (LEGACY, STANDARD)


class _Imports:
    """What a world lets a module import, by the names of modules and functions, in both forms."""

    def __init__(self, world: World, lowered: Mapping[Mangling, tuple[Lowered, ...]]) -> None:
        self.world = world
        self.modules: dict[str, dict[str, Lowered]] = {}
        self.compatible: dict[str, str] = {}  # of the legacy form: the first module that is
        for form, items in lowered.items():
            for item in items:
                if item.module is not None:
                    self.modules.setdefault(item.module, {})[item.name] = item
                    if form is LEGACY and "@" in item.module:
                        self.compatible.setdefault(compatible(item.module), item.module)

    def find(self, entry: Import) -> _Imported | None:
        """What an import is of the world; None where it isn't of a WIT interface."""
        name = entry.module
        form = STANDARD if name.startswith(STANDARD.prefix) else LEGACY
        siblings = self.modules.get(name)
        if siblings is None and form is LEGACY and name.count(".") > 1:
            # As wit-component, which takes an import of a compatible version; not of `@0.2` alone.
            siblings = self.modules.get(self.compatible.get(compatible(name), ""))
        of_wit = name.startswith(("[export]", STANDARD.prefix, LEGACY.root)) or (
            ":" in name and "/" in name
        )
        if siblings is None and not of_wit:
            return None
        return _Imported(self.world, entry, form, siblings or {})


@dataclass(frozen=True)
class _Imported:
    """An import of a WIT interface; `siblings` are what the world lets import of its module."""

    world: World
    entry: Import
    form: Mangling
    siblings: Mapping[str, Lowered]

    @property
    def lowered(self) -> Lowered | None:
        """What it is of the world."""
        return self.siblings.get(self.entry.name)

    def fault(self, *, short: bool) -> str:
        """The line about it; "" where it is as the world has it. A short one has no hint."""
        lowered = self.lowered
        if lowered is not None:
            return _mistyped(lowered, self.entry.type, "import", self.entry.module)
        if short:
            return f"import {excerpt(self.entry.key)} is not of the world {self.world.name}"
        return self._unknown()

    def _unknown(self) -> str:
        module, name = excerpt(self.entry.module), excerpt(self.entry.name)
        shown = f"import {module}.{name}"
        if asynchronous := _asynchronous(self.entry.name):
            return f"{shown}: {asynchronous}"
        if self.siblings:
            names = [*self.siblings]
            near = nearest(self.entry.name, names) or f"it has {_named(names)}"
            return (
                f"{shown}: the world {self.world.name} has no such function there; {near}".strip()
            )
        pure = self.entry.module.removeprefix("[export]").removeprefix(STANDARD.prefix)
        pure = pure.removeprefix("|").removeprefix("_ex_")
        asked = _without_version(pure)
        for interface in self.world.imports:
            if interface.name and _without_version(interface.name) == asked:
                right = self.form.module(interface)
                return f"{shown}: the world {self.world.name} imports it of the module {right}"
        for interface in self.world.exports:
            if interface.name and _without_version(interface.name) == asked:
                return (
                    f"{shown}: the world {self.world.name} exports {interface.name} and does not"
                    " import it"
                )
        names = [interface.name for interface in self.world.imports if interface.name]
        near = nearest(pure, names) or f"it imports {_named(names)}"
        return f"{shown}: the world {self.world.name} imports no interface {module}; {near}".strip()


def _missing(
    world: World, exports: Exports, unknown: list[str], forms: tuple[Mangling, ...]
) -> Iterator[str]:
    """A line for each interface that is missing whole, and each single function that is.

    `unknown` are the exports that the world has not: the function may be there by another name.
    """
    told = 0
    for interface in world.exports:
        gone = []
        for function in interface.functions:
            names = [form.export(interface, function.name) for form in forms]
            if not any(name in exports for name in names):
                gone.append(function)
        if interface.name and len(gone) == len(interface.functions) > 1:
            first = forms[0].export(interface, gone[0].name)
            line = (
                f"the interface {interface.name}, which the world {world.name} exports, is missing:"
                f" none of {_named([function.name for function in gone])} is exported"
            )
            yield f"{line}; {_other_version(first, unknown)}".rstrip("; ")
            continue
        for function in gone:
            core = forms[0].export(interface, function.name)
            told += 1
            hints = unknown if told <= _MOST_TOLD else []
            hint = _other_abi(core, hints) or _other_version(core, hints)
            line = f"export {core} is missing; the WIT is {function}"
            yield f"{line}; {hint or nearest(core, hints)}".rstrip("; ")


def _other_abi(core: str, unknown: list[str]) -> str:
    """Tell that a function is there by the asynchronous ABI."""
    name = next((name for name in unknown if name.endswith(f"]{core}")), None)
    return f"{excerpt(name)} is {_NO_ASYNC}" if name else ""


def _other_version(core: str, unknown: list[str]) -> str:
    """Tell that a function is there with another version of its interface."""
    interface, _, function = core.rpartition("#")
    for name in unknown:
        other, _, its = name.rpartition("#")
        if its == function and interface and _without_version(other) == _without_version(interface):
            return f"{excerpt(other)} is exported, another version"
    return ""


def _mistyped(
    item: Lowered, actual: ExternType | AnyOf, kind: str, module: str | None = None
) -> str:
    """The line about a function of another type than the world gives it; "" where it is equal."""
    name = item.name if module is None else f"{module}.{item.name}"
    shown = f"{kind} {excerpt(name)}"
    wit = f"; the WIT is {item.function}" if item.function else ""
    if not isinstance(actual, FuncType):
        return f"{shown} is {actual}, and no function{wit}"
    wanted = item.type
    if actual == wanted:
        return ""
    return f"{shown} is {actual}, not {wanted}: {_first(item, actual)}{wit}"


def _first(item: Lowered, actual: FuncType) -> str:
    """Say where two types part first, and what of the WIT stands there."""
    wanted = item.type
    for at, (slot, found) in enumerate(zip(item.params, actual.params, strict=False), 1):
        if slot.type != found:
            return f"parameter {at} is {slot.what}, an {slot.type}"
    if len(actual.params) < len(wanted.params):
        slot = item.params[len(actual.params)]
        return f"parameter {len(actual.params) + 1} is missing: {slot.what}"
    if len(actual.params) > len(wanted.params):
        extra = len(actual.params) - len(wanted.params)
        return f"it has {extra} parameter{'s' if extra > 1 else ''} more than the WIT's"
    if not item.results:
        where = "its result goes to an address" if _by_address(item) else "it has no result"
        return f"it returns {', '.join(actual.results)}; {where}"
    returned = ", ".join(actual.results) or "nothing"
    return f"it returns {returned}, and must return {item.results[0].what}"


def _by_address(item: Lowered) -> bool:
    return bool(item.params) and item.params[-1].what.startswith("the address of the result")


def _without_room(exports: Exports, called: list[Lowered], form: Mangling) -> Iterator[str]:
    """A line where the memory is missing, or what asks it for room, and a call takes it."""
    addressed = next((item for item in called if item.needs_memory), None)
    memories = [f.memory for f in (LEGACY, STANDARD) if f.memory in exports]
    if addressed and not any(exports[name].kind == "memory" for name in memories):
        yield f"no memory is exported under the name {form.memory}; {_because(addressed)}"
    for kind, names in (
        ("export", {*LEGACY.reallocs, *STANDARD.reallocs}),
        ("import", {*LEGACY.import_reallocs, *STANDARD.import_reallocs}),
    ):
        there = sorted(names & exports.keys())
        placed = next(
            (i for i in called if i.needs_realloc and (i.module is None) == (kind == "export")),
            None,
        )
        if placed and not there:
            yield (
                f"{form.reallocs[0]} is not exported, {_REALLOC}, by which the host gets room for"
                f" what it passes; {_because(placed)}"
            )
        for name in there:
            if exports[name] != _REALLOC:
                yield f"export {name} is {exports[name]}, not {_REALLOC}, which is realloc's"
    for name in (LEGACY.initialize, STANDARD.initialize):
        if name in exports and exports[name] != _BEGIN:
            yield f"export {name} is {exports[name]}; it is called first, as {_BEGIN}"


def _because(item: Lowered) -> str:
    assert item.function
    where = f" of {item.interface.name}" if item.interface.name else ""
    return f"{item.function.name}{where} takes it: {item.function}"


def _asynchronous(name: str) -> str:
    if name.startswith(("[async", "[task", "[stream", "[future", "[waitable", "[subtask")):
        return f"it is {_NO_ASYNC}"
    return ""


def _without_version(name: str) -> str:
    return name.partition("@")[0]


def _named(names: list[str]) -> str:
    return listed([excerpt(name, 80) for name in names], _MOST_NAMED) or "none"
