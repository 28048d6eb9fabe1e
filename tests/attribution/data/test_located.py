"""Data by a debug build: the linker's symbols and the lines of DWARF, where both have the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from wasmtrim import records, wasm
from wasmtrim.attribution import NameSources, breakdown, rows
from wasmtrim.attribution.data import located
from wasmtrim.attribution.dwarf import locations
from wasmtrim.attribution.dwarf.locations import Locations
from wasmtrim.attribution.dwarf.variables import Variable
from wasmtrim.attribution.names import linker_map, sources
from wasmtrim.records import FileSize, StageRecord, ToolUsed
from wasmtrim.records.locations import DataLocation, DataLocations, SourceLocation
from wasmtrim.records.release import of_stages
from wasmtrim.sizes import sha256

Wat = Callable[[str], wasm.Module]

DATA = r"""
  (data (i32.const 1024) "the end of a file" "one|two" "\0a"
    "\01\00\00\00\02\00\00\00" "\28\00\00\00")
"""
LINKED = f"(module (memory 1) (func $_start (drop (i32.load (i32.const 1030)))) {DATA})"
MAP = """\
    Addr      Off     Size Out     In      Symbol
     400       5b       2a .rodata
     400       62       11         lto.tmp:(.rodata.app/fault$string.1)
     400       62       11                 app/fault$string.1
     411       73        7         lto.tmp:(.rodata.main$string)
     411       73        7                 main$string
     418       7a        1         lto.tmp:(.rodata.main$string.2)
     418       7a        1                 main$string.2
     419       7b        8         lto.tmp:(.data.app/shape.corners)
     419       7b        8                 app/shape.corners
     421       83        4         lto.tmp:(.rodata.reflect/types.type:named:app/shape.Corner)
     421       83        4                 reflect/types.type:named:app/shape.Corner
     500        0        4         lto.tmp:(.bss.runtime.heapEnd)
     500        0        4                 runtime.heapEnd
"""
VARIABLES = (
    Variable(1024, 1041, "string, fault.go:5", "/src/app/fault/fault.go"),
    Variable(1041, 1048, "string, main.go:7", "/src/app/cmd/main.go"),
    Variable(1048, 1049, "string, fault.go:9", "/src/app/fault/fault.go"),
    Variable(1048, 1049, "string, main.go:9", "/src/app/cmd/main.go"),
    Variable(1057, 1061, "type app/shape.Corner", "<Go type>"),
    Variable(1280, 1284, "runtime.heapEnd", "/opt/tinygo/src/runtime/heap.go"),
)
ROOTS = {"": Path("/src"), "$TINYGOROOT": Path("/opt/tinygo")}
FOLDERS = {"/src/app/fault": "app/fault", "/src/app/cmd": "main"}


def told(
    module: wasm.Module, variables: tuple[Variable, ...] = VARIABLES, text: str = MAP
) -> DataLocations | None:
    """What a debug build with the same memory tells of it, portable."""
    found = located.proven(module, module, variables, linker_map.parse(text))
    return locations.portable(Locations(data=found, folders=FOLDERS), ROOTS).data


def test_a_text_has_the_line_that_it_is_on_and_the_package_of_its_file(wat: Wat) -> None:
    """What two packages have alike is of neither."""
    found = told(wat(LINKED))
    assert found
    assert found.places == (
        DataLocation(1024, 1041, "string, fault.go:5", "app/fault/fault.go", "app/fault"),
        DataLocation(1041, 1048, "string, main.go:7", "app/cmd/main.go", "main"),
        DataLocation(1048, 1049, "string, fault.go:9", "app/fault/fault.go", ""),
        DataLocation(1049, 1057, "app/shape.corners", "", "app/shape"),
        DataLocation(1057, 1061, "type app/shape.Corner", "", "app/shape"),
    )


def test_a_map_alone_and_lines_alone_name_the_packages_too(wat: Wat) -> None:
    by_map, by_lines = told(wat(LINKED), ()), told(wat(LINKED), text="")
    assert by_map
    assert by_lines
    assert [place[2:] for place in by_map.places[:2]] == [
        ("app/fault$string.1", "", "app/fault"),
        ("main$string", "", "main"),
    ]
    assert by_map.places[4].package == "app/shape"
    assert [place.package for place in by_lines.places] == ["app/fault", "main", "", "app/shape"]


@pytest.mark.parametrize(
    "debug",
    [
        LINKED.replace("1024", "1028"),
        LINKED.replace("one|two", "one|tow"),
        LINKED.replace("one|two", "one|two|three"),
        "(module)",
    ],
)
def test_a_debug_build_with_other_data_says_nothing(wat: Wat, debug: str) -> None:
    assert located.proven(wat(LINKED), wat(debug), VARIABLES, linker_map.parse(MAP)) is None


def test_segments_far_apart_are_not_read(wat: Wat) -> None:
    far = wat('(module (memory 9) (data (i32.const 0) "a") (data (i32.const 500000) "b"))')
    assert located.proven(far, far, (), None) is None


def released(module: wasm.Module, shipped: wasm.Module, folder: Path) -> NameSources:
    """What lies beside a module in dist/; `module` is what its linker left."""
    path = folder / "app.wasm"
    path.write_bytes(shipped.data)
    size = FileSize(len(shipped.data), 0, 0, sha256(shipped.data))
    linked = replace(size, sha256=sha256(module.data))
    stage = StageRecord("compile", ToolUsed("tinygo", "0.41.1", True), (), 1.0, linked=linked)
    record = of_stages("app", None, [], {}, [(stage, size, None)])
    records.SIZES.write(path.with_suffix(".sizes.json"), record)
    start = {"_start": SourceLocation("app/cmd/main.go", 3, (), "runtime")}
    known = Locations(start, told(module))
    locations.write(path.with_suffix(".locations.json"), module.data, known)
    return sources.beside(path, shipped.data)


def charged(sources: NameSources, data: bytes) -> dict[str, tuple[int, str]]:
    found = rows(sources.owners(data), open_data=True)
    assert sum(item.bytes for item in found) == found.size
    return {item.name: (item.bytes, item.package) for item in found if item.kind == "data"}


def test_the_data_that_ships_is_named_by_the_record_beside_it(wat: Wat, tmp_path: Path) -> None:
    """Its segments may be cut otherwise: the same bytes are at the same addresses."""
    module = wat(LINKED)
    cut = DATA.replace('"one|two"', ') (data (i32.const 1041) "one|two"').replace(
        r'"\01', r') (data (i32.const 1049) "\01'
    )
    shipped = wat(LINKED.replace(DATA, cut))
    assert len(shipped.segments) == 3
    sources = released(module, shipped, tmp_path)
    assert charged(sources, shipped.data) == {
        "string, fault.go:5": (17, "app/fault"),
        "string, main.go:7": (7, "main"),
        "string, fault.go:9": (1, ""),
        "app/shape.corners": (8, "app/shape"),
        "type descriptor: app/shape.Corner": (4, "app/shape"),
    }
    held = breakdown.of_module(shipped.data, sources).rest
    assert {name: size.bytes for name, size in held.items() if name.startswith("data: ")} == {
        "data: segment headers": held["data: segment headers"].bytes,
        "data: of app/fault": 17,
        "data: of main": 7,
        "data: of several packages or none": 1,
        "data: app/shape.corners": 8,
        "data: type descriptors": 4,
    }


def test_data_that_a_stage_changed_has_no_names(wat: Wat, tmp_path: Path) -> None:
    shipped = wat(LINKED.replace("one|two", "one|tow"))
    found = charged(released(wat(LINKED), shipped, tmp_path), shipped.data)
    assert not any(name.startswith(("string", "app/")) for name in found)


def test_what_lies_behind_known_data_is_not_of_the_code_that_refers_to_it(wat: Wat) -> None:
    module = wat(LINKED.replace("$_start", "$app/draw.line"))
    known = told(module)
    assert known
    first = replace(known, places=known.places[:1])
    assert charged(NameSources(data=first), module.data) == {
        "string, fault.go:5": (17, "app/fault"),
        "data at 0x411: 6f 6e 65 7c 74 77 6f 0a ...": (20, ""),
    }


def test_a_record_without_data_is_one_of_an_earlier_version(wat: Wat, tmp_path: Path) -> None:
    module = wat(LINKED)
    released(module, module, tmp_path)
    path = tmp_path / "app.locations.json"
    record = json.loads(path.read_text())
    assert len(record.pop("data")["places"]) == 5
    path.write_text(json.dumps(record))
    found = locations.read(path, sha256(module.data))
    assert found.data is None
    assert found.functions.keys() == {"_start"}


def test_a_record_whose_ranges_lie_anywhere_fails_nothing(wat: Wat) -> None:
    module = wat(LINKED)
    known = told(module)
    assert known
    wild = (DataLocation(0, 1 << 62, "all", "", "a"), DataLocation(1050, 1030, "none", "", "b"))
    sources = NameSources(data=replace(known, places=(*wild, *known.places)))
    assert sum(size for size, _ in charged(sources, module.data).values()) == 37
    assert located.of(module, replace(known, end=1 << 62)) == ()
