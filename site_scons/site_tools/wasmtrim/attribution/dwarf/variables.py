"""The variables that debug information declares: where they are in memory, and their names.

DWARF 5, sections 4.1 and 5: a variable has the location `DW_OP_addr ADDRESS` and a type, whose size
is its own or follows from what it is made of. A string without a name has the line that it is on.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from wasmtrim.attribution.dwarf.units import declared, path, text

if TYPE_CHECKING:
    from elftools.dwarf.compileunit import CompileUnit
    from elftools.dwarf.die import DIE

_ADDR = 0x03  # DW_OP_addr
_POINTER = 4  # bytes
_DEEPEST = 32  # types within types, scopes within scopes
_DIMENSIONS = 16  # of an array
TEXT = "string, "  # before the line of a text
_LONGEST = 500  # bytes of a name
_SCOPES = frozenset(
    (
        *("DW_TAG_namespace", "DW_TAG_class_type", "DW_TAG_structure_type", "DW_TAG_union_type"),
        *("DW_TAG_subprogram", "DW_TAG_module"),
    )
)
_POINTERS = frozenset(
    ("DW_TAG_pointer_type", "DW_TAG_reference_type", "DW_TAG_rvalue_reference_type")
)


class Variable(NamedTuple):
    """The addresses `start..end` of memory 0. `name` is as its linker knows it, or readable; `file`
    is where it is declared. `scoped` has one whose name begins with a namespace or a type."""

    start: int
    end: int
    name: str
    file: str
    scoped: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it is a text without a name."""
        return self.name.startswith(TEXT)


def variables(unit: CompileUnit, *, linked: bool) -> Iterator[Variable]:
    """Those of one unit that have a place and a size.

    With `linked` a variable is called by its symbol, else by the scopes that it is declared in.
    """
    known: dict[int, int] = {}
    for die in unit.iter_DIEs():
        if die.tag != "DW_TAG_variable" or "DW_AT_location" not in die.attributes:
            continue
        with suppress(Exception):  # whatever is broken: the others hold
            place = die.attributes["DW_AT_location"].value
            if len(place) != 5 or place[0] != _ADDR:
                continue
            start = int.from_bytes(bytes(place[1:]), "little")
            size = _size(die, known)
            told = declared(die).attributes.get("DW_AT_decl_file")
            file = path(unit, told.value) if told else ""
            name = _name(die, linked=linked) or _line(die, file)
            if size and name:
                scopes = _scopes(die)
                scoped = bool(scopes) and scopes[-1].tag != "DW_TAG_subprogram"
                yield Variable(start, start + size, name, file, scoped)


def _size(die: DIE, known: dict[int, int], depth: int = 0) -> int:
    """The bytes of a variable or type; 0 where they aren't told. `known` has those of types."""
    if "DW_AT_byte_size" in die.attributes:
        return int(die.attributes["DW_AT_byte_size"].value)
    if die.tag in _POINTERS:
        return _POINTER
    told = declared(die)
    if depth > _DEEPEST or "DW_AT_type" not in told.attributes:
        return 0
    kind = told.get_DIE_from_attribute("DW_AT_type")
    if kind.offset not in known:
        known[kind.offset] = 0  # where it is made of itself
        known[kind.offset] = _size(kind, known, depth + 1)
    bounds = die.iter_children() if die.tag == "DW_TAG_array_type" else ()
    return known[kind.offset] * prod(map(_elements, islice(bounds, _DIMENSIONS)))


def _elements(bound: DIE) -> int:
    if "DW_AT_count" in bound.attributes:
        return int(bound.attributes["DW_AT_count"].value)
    if "DW_AT_upper_bound" in bound.attributes:
        return int(bound.attributes["DW_AT_upper_bound"].value) + 1
    return 0


def _name(die: DIE, *, linked: bool) -> str:
    told = declared(die)
    if linked:
        for each in (die, told):
            if "DW_AT_linkage_name" in each.attributes:
                return _text(each, "DW_AT_linkage_name")
    name = _text(told, "DW_AT_name")
    if not name:
        return ""
    scopes = [_text(scope, "DW_AT_name") or "(anonymous namespace)" for scope in _scopes(die)]
    return "::".join(reversed([name, *scopes]))


def _scopes(die: DIE) -> list[DIE]:
    """What a variable is declared in, from inside to outside."""
    scopes: list[DIE] = []
    above = declared(die).get_parent()
    while above is not None and above.tag in _SCOPES and len(scopes) < _DEEPEST:
        scopes.append(declared(above))
        above = scopes[-1].get_parent()
    return scopes


def _line(die: DIE, file: str) -> str:
    """A text without a name: `string, shop.cpp:39`."""
    line = die.attributes.get("DW_AT_decl_line")
    return f"{TEXT}{posixpath.basename(file)}:{line.value}" if file and line else ""


def _text(die: DIE, attribute: str) -> str:
    found = die.attributes.get(attribute)
    return text(found.value[:_LONGEST]) if found else ""
