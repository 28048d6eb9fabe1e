"""What the units and entries of debug information say of files, functions and languages.

A unit is what a compiler made of one source; an entry (DIE) of it tells of a function or variable
(DWARF 5, sections 2 and 3). Each function may raise anything where the information is broken.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wasmtrim.attribution.symbols.languages import CPP, RUST, C
from wasmtrim.records.locations import SourceLocation

if TYPE_CHECKING:
    from elftools.dwarf.compileunit import CompileUnit
    from elftools.dwarf.die import DIE

# DW_LANG_C89, C, C99, C11, C17; C_plus_plus, and those of 2003, 2011, 2014, 2017, 2020; Rust.
_LANGUAGES = {
    **dict.fromkeys((0x01, 0x02, 0x0C, 0x1D, 0x2C), C),
    **dict.fromkeys((0x04, 0x19, 0x1A, 0x21, 0x2A, 0x2B), CPP),
    0x1C: RUST,
}
_CODEGEN_UNIT = "/@/"  # what rustc writes behind the file of a crate's root
_NOBODY = "<unknown>"  # a unit that TinyGo names by no file


def name(unit: CompileUnit) -> str:
    """The file that a unit is of, or the codegen unit of Rust; "" where it doesn't tell."""
    file = text(_attribute(unit, "DW_AT_name"))
    folder = text(_attribute(unit, "DW_AT_comp_dir"))
    return "" if file in ("", _NOBODY) else posixpath.normpath(posixpath.join(folder, file))


def source(unit: CompileUnit) -> str:
    """The file that a unit is of; of a codegen unit of Rust that of the crate's root."""
    return name(unit).partition(_CODEGEN_UNIT)[0]


def language(unit: CompileUnit) -> str:
    """C, C++ or Rust; "" for any other."""
    return _LANGUAGES.get(_attribute(unit, "DW_AT_language"), "")


def path(unit: CompileUnit, number: int) -> str:
    """A file of the unit's line table, which counts from 0 since DWARF 5, before from 1."""
    program: Any = unit.dwarfinfo.line_program_for_CU(unit)
    header = program.header
    base = 0 if header.version >= 5 else 1
    entry = header.file_entry[number - base]
    directories = header.include_directory
    within = entry.dir_index - base
    folder = text(directories[within]) if within >= 0 else ""
    start = text(_attribute(unit, "DW_AT_comp_dir"))
    return posixpath.normpath(posixpath.join(start, folder, text(entry.name)))


def functions(unit: CompileUnit) -> Iterator[tuple[int, SourceLocation]]:
    """The functions that a unit has code of: the address of each, and where it is."""
    function, inlined = None, dict[str, None]()
    for die in unit.iter_DIEs():
        if die.tag == "DW_TAG_inlined_subroutine":
            inlined[_symbol(declared(die))] = None
        elif die.tag == "DW_TAG_subprogram":
            if function is not None:
                yield _located(unit, function, tuple(inlined))
            function = die if "DW_AT_low_pc" in die.attributes else None
            inlined = {}
    if function is not None:
        yield _located(unit, function, tuple(inlined))


def declarations(unit: CompileUnit) -> Iterator[tuple[str, str]]:
    """The symbol of each function, with or without code, and the file that declares it or ""."""
    for die in unit.iter_DIEs():
        if die.tag == "DW_TAG_subprogram":
            told = declared(die)
            file = told.attributes.get("DW_AT_decl_file")
            yield _symbol(told), path(unit, file.value) if file else ""


def declared(die: DIE) -> DIE:
    """The entry that has the name and line of a function or variable: `die` may be a copy of it."""
    for link in ("DW_AT_abstract_origin", "DW_AT_specification"):
        if link in die.attributes:
            die = die.get_DIE_from_attribute(link)
    return die


def text(value: Any) -> str:
    """An attribute's text; "" where it is none."""
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else ""


def _located(
    unit: CompileUnit, function: DIE, inlined: tuple[str, ...]
) -> tuple[int, SourceLocation]:
    told = declared(function).attributes
    file, line = told.get("DW_AT_decl_file"), told.get("DW_AT_decl_line")
    where = path(unit, file.value) if file else source(unit)
    place = SourceLocation(where, line.value if line else 0, inlined)
    return function.attributes["DW_AT_low_pc"].value, place


def _symbol(die: DIE) -> str:
    names = ("DW_AT_linkage_name", "DW_AT_name")
    return next((text(die.attributes[n].value) for n in names if n in die.attributes), "")


def _attribute(unit: CompileUnit, name: str) -> Any:
    with suppress(Exception):
        return unit.get_top_DIE().attributes[name].value
    return None
