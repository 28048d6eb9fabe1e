"""Where in the sources a function is, by the DWARF of a module that has it.

The sections are custom ones, `.debug_info` and so on; an address is an offset into the contents of
the code section ("DWARF for WebAssembly", Yury Delendik). pyelftools reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from wasmtrim.attribution import symbols
from wasmtrim.attribution.dwarf import units
from wasmtrim.attribution.dwarf import variables as dwarf_variables
from wasmtrim.attribution.dwarf.line_rows import LineRows
from wasmtrim.attribution.dwarf.variables import Variable
from wasmtrim.attribution.symbols.languages import CPP, GO, C
from wasmtrim.records.locations import SourceLocation
from wasmtrim.wasm import sections
from wasmtrim.wasm.module import Module

if TYPE_CHECKING:
    from elftools.dwarf.compileunit import CompileUnit
    from elftools.dwarf.dwarfinfo import DWARFInfo


_PREFIX = ".debug_"
SECTION = ".debug_info"  # without it a module has no debug information
# What DWARFInfo reads of it; the rest, such as where variables are, says nothing of functions.
_READ = ("info", "abbrev", "str", "line", "line_str", "ranges", "rnglists", "addr", "str_offsets")
_LEFT = (
    *("debug_aranges_sec", "debug_frame_sec", "eh_frame_sec", "debug_loc_sec"),
    *("debug_pubtypes_sec", "debug_pubnames_sec", "debug_loclists_sec", "debug_sup_sec"),
    *("gnu_debugaltlink_sec", "debug_types_sec"),
)
_LOOKED_THROUGH = 2 << 20  # bytes of .debug_info: 0.4 MB of it takes a second
_LINES_LOOKED_THROUGH = 256 << 10  # bytes of .debug_line, each of which may make a row
_EFFORT = 1_000_000  # ranges read: units may share them, without end


@dataclass(frozen=True, slots=True)
class LazyLocation:
    """A SourceLocation that is looked up when it is asked for: there may be a million."""

    _dwarf: Dwarf
    _index: int

    @property
    def file(self) -> str:
        place = self._dwarf.place(self._index)
        return place.file if place else ""

    @property
    def line(self) -> int:
        place = self._dwarf.place(self._index)
        return place.line if place else 0

    @property
    def inlined(self) -> tuple[str, ...]:
        place = self._dwarf.place(self._index)
        return place.inlined if place else ()

    @property
    def files(self) -> Mapping[str, int]:
        """The bytes of the function's body by the file that they come from."""
        return self._dwarf.files(self._index)

    def file_at(self, offset: int) -> str:
        """The file that the code at an offset of the module comes from; "" where nobody knows."""
        return self._dwarf.file(offset)


class Dwarf:
    """What the debug information of one module says; nothing where it is broken."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._places: dict[int, dict[int, SourceLocation]] = {}

    def place(self, index: int) -> SourceLocation | None:
        """Where the defined function `index` is; by its unit's file alone if that says no more."""
        address = self._address(index)
        unit = self._units.get(index)
        if unit is None:
            few = self._length <= _LOOKED_THROUGH
            return self._everywhere.get(address) if few else None
        small = unit.size <= _LOOKED_THROUGH
        found = self._of_unit(unit).get(address) if small else None
        if found:
            return found
        file = units.source(unit)
        return SourceLocation(file) if file else None

    def source(self, index: int) -> tuple[str, str]:
        """The file that the defined function `index` is of, or the codegen unit of Rust; and its
        language, C, C++ or Rust; "" for each that isn't known."""
        unit = self._units.get(index)
        return (units.name(unit), units.language(unit)) if unit is not None else ("", "")

    @property
    def variables(self) -> Iterator[tuple[Variable, str]]:
        """The variables that have a place in memory, each with its unit's language or "";
        none where there is too much debug information to look through."""
        for unit in self._all if self._length <= _LOOKED_THROUGH else ():
            language = units.language(unit)
            linked = language not in (C, CPP)  # whose scopes are told, and easier to read
            with suppress(Exception):  # whatever is broken: the variables before it hold
                for variable in dwarf_variables.variables(unit, linked=linked):
                    yield variable, language

    @cached_property
    def folders(self) -> dict[str, str]:
        """The Go package of each folder with Go files: the one that most of its functions name.

        A few name another package (`//go:linkname`). Functions that were inlined count as well.
        """
        found: dict[str, Counter[str]] = {}
        for name, file in self._functions:
            symbol = symbols.parse(name)
            if symbol.language == GO and file.endswith(".go"):
                folder = str(PurePosixPath(file).parent)
                found.setdefault(folder, Counter())[symbol.package] += 1
        return {folder: max(sorted(of), key=of.__getitem__) for folder, of in found.items()}

    @property
    def _functions(self) -> Iterator[tuple[str, str]]:
        """The symbol of each declared function, with or without code, and its file."""
        for unit in self._all:
            if unit.size <= _LOOKED_THROUGH:
                with suppress(Exception):  # whatever is broken: the functions before it hold
                    yield from units.declarations(unit)

    def files(self, index: int) -> Mapping[str, int]:
        """The bytes of the body of the defined function `index` by the file they come from."""
        start, end = self._module.body(index)
        address = self._address(index)
        return self._line_rows.files(address, address + end - start)

    def file(self, offset: int) -> str:
        """The file that the code at an offset of the module comes from; "" where nobody knows."""
        code = self._module.section(sections.CODE)
        return self._line_rows.file(offset - code.start) if code else ""

    @cached_property
    def _line_rows(self) -> LineRows:
        section = self._module.custom(f"{_PREFIX}line")
        few = section is not None and section.end - section.start <= _LINES_LOOKED_THROUGH
        return LineRows(self._all if few else ())

    def _address(self, index: int) -> int:
        code = self._module.section(sections.CODE)
        assert code is not None
        return self._module.body(index)[0] - code.start

    @cached_property
    def _info(self) -> DWARFInfo | None:
        from elftools.dwarf.dwarfinfo import DebugSectionDescriptor, DwarfConfig, DWARFInfo

        found: dict[str, Any] = dict.fromkeys(f"debug_{name}_sec" for name in _READ)
        for section in self._module.customs():
            kind = section.name.removeprefix(_PREFIX)
            if section.name.startswith(_PREFIX) and kind in _READ:
                data = self._module.data[section.start : section.end]
                found[f"debug_{kind}_sec"] = DebugSectionDescriptor(
                    BytesIO(data), section.name, section.start, len(data), 0
                )
        if not (found["debug_info_sec"] and found["debug_abbrev_sec"]):
            return None
        config = DwarfConfig(little_endian=True, machine_arch="wasm", default_address_size=4)
        return DWARFInfo(config=config, **found, **dict.fromkeys(_LEFT))

    @property
    def _length(self) -> int:
        section = self._module.custom(SECTION)
        return section.end - section.start if section else 0

    @cached_property
    def _all(self) -> list[CompileUnit]:
        found: list[CompileUnit] = []
        with suppress(Exception):  # whatever is broken: the units before it hold
            found.extend(self._info.iter_CUs() if self._info else ())
        return found

    @cached_property
    def _units(self) -> dict[int, CompileUnit]:
        """The unit of each function, by the ranges that units claim."""
        first, count = self._module.imported_functions, len(self._module.functions)
        starts = [self._address(index) for index in range(first, count)] if self._all else []
        place = {start: at for at, start in enumerate(starts)}
        found: dict[int, CompileUnit] = {}
        effort = 0
        for unit in self._all:
            for start, end in self._ranges(unit):
                at = place.get(start, len(starts))  # what a linker left out begins at no function
                while at < len(starts) and starts[at] < end and effort < _EFFORT:
                    found.setdefault(first + at, unit)
                    at += 1
                    effort += 1
                effort += 1
            if effort >= _EFFORT:
                break
        return found

    def _ranges(self, unit: CompileUnit) -> list[tuple[int, int]]:
        with suppress(Exception):
            top = unit.get_top_DIE().attributes
            if "DW_AT_ranges" in top:
                lists: Any = unit.dwarfinfo.range_lists()
                entries = lists.get_range_list_at_offset(top["DW_AT_ranges"].value, unit)
                return [(e.begin_offset, e.end_offset) for e in entries if hasattr(e, "end_offset")]
            low, high = top["DW_AT_low_pc"], top["DW_AT_high_pc"]
            return [(low.value, high.value + (0 if high.form == "DW_FORM_addr" else low.value))]
        return []

    @cached_property
    def _everywhere(self) -> dict[int, SourceLocation]:
        found: dict[int, SourceLocation] = {}
        for unit in self._all:
            found |= self._of_unit(unit)
        return found

    def _of_unit(self, unit: CompileUnit) -> dict[int, SourceLocation]:
        """The functions of one unit by address."""
        if unit.cu_offset not in self._places:
            found = self._places[unit.cu_offset] = {}
            with suppress(Exception):
                found.update(units.functions(unit))
        return self._places[unit.cu_offset]
