"""Constants that a module repeats, each written once: as a global that nothing sets.

An address takes four or five bytes as `i32.const`, and each `f64.const` takes nine. `global.get`
takes two bytes for the first 128 globals and three for those after them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wasmtrim import wasm
from wasmtrim.errors import ToolError
from wasmtrim.stages.layout import customs
from wasmtrim.wasm import Module, bodies, leb128, rewriting, sections

# The types of constants by their opcodes: i32, i64, f32 and f64; v128 has a prefix.
_TYPES = {0x41: 0x7F, 0x42: 0x7E, 0x43: 0x7D, 0x44: 0x7C}
_V128 = 0x7B
_GET, _END = 0x23, b"\x0b"
_NEAR, _FAR = 2, 3  # bytes of global.get, by the number of the global
_BOUNDS = (1 << 7, 1 << 14)
_ORDER = list(sections.NAMES)


@dataclass(frozen=True)
class Pooled:
    """The module with `count` globals more, which are read in `uses` places."""

    module: bytes
    count: int
    uses: int


def pool(module: Module) -> Pooled | None:
    """Write each constant once for which that takes fewer bytes.

    None where there is none, and where functions have branch hints, sizes that are longer than
    they must be, or name a global that does not exist. The result is proven.
    """
    first = len(module.globals)
    if module.custom(customs.HINTS) or _written(module, {}, _entries(module)) != module.data:
        return None
    uses: Counter[bytes] = Counter()
    places: dict[int, list[tuple[int, int, bytes]]] = {}
    for function in _defined(module):
        found = places[function] = []
        for start, end, number in bodies.values(module, function):
            if number is None:
                found.append((start, end, module.data[start:end]))
            elif number >= first:
                return None
        uses.update(constant for _, _, constant in found)
    chosen = _cheapest(uses, first)
    if not chosen:
        return None
    gets = {c: bytes([_GET]) + leb128.unsigned(first + at) for at, c in enumerate(chosen)}
    changed = {}
    for function, found in places.items():
        pooled = ((start, end, gets[one]) for start, end, one in found if one in gets)
        changed[function] = _replaced(module, function, pooled)
    entries = [*_entries(module), *map(_entry, chosen)]
    after = _written(module, changed, entries)
    if len(after) >= len(module.data):
        return None
    prove(module, after)
    return Pooled(after, len(chosen), sum(uses[constant] for constant in chosen))


def prove(before: Module, after: bytes) -> None:
    """Hold that `after` is `before`, byte for byte, where each global that it adds is written out.

    Raises ToolError where it isn't.
    """
    module = wasm.read(after)
    first = len(before.globals)
    entries = _entries(module)
    kept = len(_entries(before))
    constants = {at: entry[2:-1] for at, entry in enumerate(entries[kept:], first)}
    fits = all(_entry(constants[at]) == entry for at, entry in enumerate(entries[kept:], first))
    undone = {}
    for function in _defined(module):
        found = (
            (start, end, constants[number])
            for start, end, number in bodies.values(module, function)
            if number is not None and number in constants
        )
        undone[function] = _replaced(module, function, found)
    if not fits or _written(module, undone, entries[:kept]) != before.data:
        raise ToolError(
            "layout: writing the constants back does not give the input: this is a bug of"
            " wasmtrim; leave the stage out and report the module"
        )


def _cheapest(uses: Mapping[bytes, int], globals_: int) -> list[bytes]:
    """The constants to pool, for which the numbers after `globals_` are free.

    First those that gain most by a number of one byte, then whatever gains by one of two.
    """
    near, far = (max(0, bound - globals_) for bound in _BOUNDS)

    def gain(constant: bytes, get: int) -> int:
        return max(0, uses[constant] * (len(constant) - get) - len(_entry(constant)))

    def by_near(constant: bytes) -> tuple[int, int, bytes]:
        return gain(constant, _FAR) - gain(constant, _NEAR), -uses[constant], constant

    ranked = sorted((constant for constant in uses if gain(constant, _NEAR)), key=by_near)
    others = [constant for constant in ranked[near:] if gain(constant, _FAR)]
    return [*ranked[:near], *others][:far]


def _entry(constant: bytes) -> bytes:
    """A global that nothing sets, as it is written (specification 3.0, section 5.5.9)."""
    return bytes([_TYPES.get(constant[0], _V128), 0]) + constant + _END


def _defined(module: Module) -> range:
    return range(module.imported_functions, len(module.functions))


def _entries(module: Module) -> list[bytes]:
    """The globals that the module defines, as they are written."""
    section = module.section(sections.GLOBAL)
    if section is None:
        return []
    starts = [*module.starts[sections.GLOBAL], section.end]
    return [module.data[start:end] for start, end in pairwise(starts)]


def _replaced(module: Module, function: int, found: Iterator[tuple[int, int, bytes]]) -> bytes:
    """A body with other bytes in the places that were found."""
    at, last = module.body(function)
    parts = []
    for start, end, other in found:
        parts += [module.data[at:start], other]
        at = end
    return b"".join([*parts, module.data[at:last]])


def _written(module: Module, changed: Mapping[int, bytes], globals_: Sequence[bytes]) -> bytes:
    """The module with other bodies and globals; a section of globals only where it has any."""
    out = [module.data[: sections.HEADER_BYTES]]
    due = bool(globals_)
    for section in module.sections:
        known = section.id != sections.CUSTOM
        if due and known and _ORDER.index(section.id) >= _ORDER.index(sections.GLOBAL):
            content = leb128.unsigned(len(globals_)) + b"".join(globals_)
            out.append(rewriting.section_of(sections.GLOBAL, content))
            due = False
        if section.id == sections.CODE:
            out.append(rewriting.section_of(section.id, rewriting.code_of(module, changed)))
        elif section.id != sections.GLOBAL:
            out.append(module.data[section.offset : section.end])
    return b"".join(out)
