"""What the data of a module is, and whose."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.attribution.sums import check_sums

from wasmtrim import wasm
from wasmtrim.attribution import Item, breakdown, owners, rows
from wasmtrim.attribution.data import Region, regions
from wasmtrim.attribution.data.pieces import first_bytes
from wasmtrim.attribution.data.references import References
from wasmtrim.attribution.data.region import disjoint
from wasmtrim.attribution.reachability.graph import Graph
from wasmtrim.cli.main import main
from wasmtrim.errors import ModuleError
from wasmtrim.records.locations import SourceLocation
from wasmtrim.wasm import leb128

Wat = Callable[[str], wasm.Module]

# A text that a.one alone refers to, one that both do, and one that only the first one points to.
SHARED = r"""(module (memory 1)
  (data (i32.const 1024) "only of a\00\00\00\1c\04\00\00both have it")
  (data (i32.const 1052) "behind a pointer")
  (data "passive")
  (func $a.one (export "one") (drop (i32.const 1024)) (drop (i32.load offset=1040 (i32.const 0))))
  (func $b.two (export "two") (drop (i64.const 1040))))"""


def data_of(module: wasm.Module) -> list[Item]:
    found = rows(owners(module), open_data=True)
    assert sum(item.bytes for item in found) == found.size
    return [item for item in found if item.kind in ("data", "segment header")]


def test_data_is_of_the_package_that_alone_refers_to_it(wat: Wat) -> None:
    found = [(item.name, item.package, item.bytes) for item in data_of(wat(SHARED))]
    assert found == [
        ("segment header", "", 6),
        ("data at 0x400: 6f 6e 6c 79 20 6f 66 20 ...", "a", 16),
        ('data at 0x410: "both have it"', "", 12),
        ("segment header", "", 6),
        ('data at 0x41c: "behind a pointer"', "a", 16),
        ("segment header", "", 2),
        ('data 2: "passive"', "", 7),
    ]


def test_data_of_another_memory_says_so(wat: Wat) -> None:
    found = data_of(wat('(module (memory 1) (memory 1) (data (memory 1) (i32.const 8) "text"))'))
    assert [item.name for item in found] == ["segment header", 'data at 0x8 of memory 1: "text"']


def test_a_package_says_what_data_is_charged_to_it(
    wat: Wat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "shared.wasm"
    path.write_bytes(wat(SHARED).data)
    assert main(["sizes", str(path)]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^ +\d+ +[\d.]+% +32  a  \[own\?\]$", out, re.MULTILINE)
    assert re.search(r"^ +\d+ +[\d.]+% +0  b  \[own\?\]$", out, re.MULTILINE)
    assert "segment header  (3 ranges)\n" in out


def test_the_tables_of_standard_go_are_charged_to_the_packages_that_they_describe(
    retained_module: wasm.Module,
) -> None:
    found = data_of(retained_module)
    size = Counter[str]()
    whose: dict[str, Counter[str]] = {}
    for item in found:
        size[item.name if not item.name.startswith("data at") else "by place"] += item.bytes
        whose.setdefault(item.name, Counter())[item.package] += item.bytes
    total = size.total()
    assert 0.2 < size["segment header"] / total < 0.3
    assert size["by place"] / total < 0.12
    tables = ("function names", "functions", "lines and stacks", "index by address", "file names")
    for table in tables:
        name = f"pclntab: {table}"
        assert max(whose[name], key=whose[name].__getitem__) == "runtime"
        assert size[name] > 1_000
    assert whose["pclntab: functions"]["strings"] > 500
    assert whose["pclntab: function names"]["main"] > 20
    assert whose["stack maps and inline trees"]["strings"] > 500
    assert whose["type descriptors"]["strings"] > 500
    assert whose["type descriptors"]["main"] > 50
    assert whose["itabs"]["main"] >= 2 * 16
    packages = {"io", "io/fs", "unsafe", *Graph(owners(retained_module)).packages}
    assert set(whose["type descriptors"]) <= {"", *packages}


def test_the_names_in_pclntab_are_as_long_as_their_rows(retained_module: wasm.Module) -> None:
    """The row of main's names holds them and nothing else."""
    found = [r for r in regions(owners(retained_module)) if r.name == "pclntab: function names"]
    texts = {r.package: wasm.image.read(retained_module, r.start, r.end) for r in found}
    assert texts["main"].startswith(b"main.")
    assert all(name.startswith(b"main.") for name in texts["main"].split(b"\0")[:-1])


def test_a_number_in_the_tables_of_the_runtime_is_no_address(retained_module: wasm.Module) -> None:
    table = owners(retained_module).table
    assert table
    references = References(retained_module, table)
    start, end = table.base + table.at, table.base + table.search_end
    assert end - start > 300_000
    inside = 0
    for place in range(len(references)):
        if start <= references.bounds(place)[0] and references.bounds(place)[1] <= end:
            inside += 1
            assert not references.objects(place)
            assert not references.functions(place)
    assert inside


def test_a_chain_names_the_methods_of_a_type(retained_module: wasm.Module) -> None:
    graph = Graph(owners(retained_module))
    index = next(i for i in graph.owners.entries if graph.owners.name(i) == "main.helper")
    [step] = [step for step in graph.chain([index]) if step.kind == "data"]
    assert step.name.endswith(", the methods of main.loud as main.job")


def test_a_breakdown_opens_the_data(wat: Wat) -> None:
    held = breakdown.of_module(wat(SHARED).data)
    data = {name: size for name, size in held.rest.items() if name.startswith("data")}
    assert {name: size.bytes for name, size in data.items()} == {
        "data": 3,
        "data: segment headers": 14,
        "data: of a": 32,
        "data: of several packages or none": 19,
    }
    assert sum(size.bytes for size in data.values()) == held.sections["data"]
    whole = sum(size.bytes for size in held.rest.values()) + sum(f.bytes for f in held.functions)
    assert whole == held.size.bytes


def test_a_table_that_is_damaged_says_less(retained_module: wasm.Module) -> None:
    draw = random.Random(5)
    starts = [s for s in retained_module.segments if s.end - s.start > 32]
    for _ in range(5):
        data = bytearray(retained_module.data)
        for _ in range(200):
            segment = draw.choice(starts)
            data[draw.randrange(segment.start, segment.end)] = draw.randrange(256)
        try:
            module = wasm.read(bytes(data))
        except ModuleError:
            continue
        data_of(module)


def test_rows_that_say_the_same_are_one_in_the_sums(
    retained_module: wasm.Module, tinygo_module: wasm.Module, wat: Wat
) -> None:
    for module in (retained_module, tinygo_module, wat(SHARED), wat("(module)")):
        for open_data in (True, False):
            check_sums(rows(owners(module), open_data=open_data))
    found = rows(owners(retained_module), open_data=True)
    assert sum(1 for _ in found.summed()) < len(found) / 5


spans = st.tuples(
    st.integers(0, 20), st.integers(0, 20), st.sampled_from("ab"), st.sampled_from("pq")
)


@given(st.lists(spans.map(Region._make), max_size=8))
def test_each_byte_is_of_the_first_region_that_has_it(found: list[Region]) -> None:
    expected: dict[int, tuple[str, str]] = {}
    for start, end, name, package in sorted(found):
        for at in range(start, end):
            expected.setdefault(at, (name, package))
    made = disjoint(found)
    assert {
        at: (name, package) for start, end, name, package in made for at in range(start, end)
    } == expected
    for one, other in pairwise(made):
        assert one.end < other.start or (one.end == other.start and one[2:] != other[2:])


def test_regions_that_overlap_are_cut() -> None:
    found = disjoint(
        [Region(10, 20, "b"), Region(0, 12, "a"), Region(20, 30, "b"), Region(5, 6, "c")]
    )
    assert found == [Region(0, 12, "a"), Region(12, 30, "b")]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"text", '"text"'),
        (b"a text that is longer than what is shown", '"a text that is longer th..."'),
        (b"most\0of\0it", '"most.of.it"'),
        (bytes(range(9)), "00 01 02 03 04 05 06 07 ..."),
        (b"\1", "01"),
    ],
)
def test_data_without_a_name_shows_its_first_bytes(data: bytes, shown: str) -> None:
    assert first_bytes(data, 0, len(data)) == shown


def charged(
    wat: Wat, text: str, locations: Mapping[str, SourceLocation] | None = None
) -> dict[str, str]:
    """The package of each part of the data, by its first bytes."""
    found = rows(owners(wat(text), locations=locations), open_data=True)
    return {i.name.partition('"')[2][:4]: i.package for i in found if i.kind == "data"}


TEXTS = r'(data (i32.const 65536) "one and two"))'


def test_a_number_that_is_compared_or_subtracted_is_no_address(wat: Wat) -> None:
    taken = "(drop (i32.add (local.get 0) (i32.const 65536)))"
    for other in ("i32.lt_u", "i32.sub", "i32.and", "i32.mul"):
        code = f"(drop ({other} (local.get 0) (i32.const 65540)))"
        text = f"(module (memory 2) (func $a.one (param i32) {taken} {code}) {TEXTS}"
        assert charged(wat, text) == {"one ": "a"}, other


@pytest.mark.parametrize(("low", "high"), [(0x90, 0x3000), (0x8523, 0x31000)])
def test_every_number_that_may_be_an_address_is_found(low: int, high: int) -> None:
    """In code too long for its instructions to be looked for: 80 kB, mostly of such bytes."""
    dice = random.Random(low)
    body = bytes(
        dice.choices(
            [0x41, 0x42, 0x28, 0x36, 2, 0x80, 0x85, 0x90, 0xFF, 0, 1, 3, 0x6A, 0x45], k=80_000
        )
    )
    begin = len(HEAD) + 1 + 5 + 1 + 5
    code = b"\x01" + leb128.unsigned(len(body), 5) + body
    segments = b"\x02" + b"".join(
        b"\0\x41" + leb128.signed(at) + b"\x0b\x01x" for at in (low, high - 1)
    )
    data = b"".join(
        [
            HEAD,
            b"\x0a",
            leb128.unsigned(len(code), 5),
            code,
            b"\x0b",
            leb128.unsigned(len(segments)),
            segments,
        ]
    )
    least = 2 if low < 1 << 14 else 3
    expected = []
    for place in range(begin, begin + len(body)):
        is_constant = data[place] in (0x41, 0x42)
        first = place + 1 if is_constant else place + 2
        if not is_constant and not (0x28 <= data[place] <= 0x3E and data[place + 1] < 0x40):
            continue
        last = first
        while data[last] & 0x80:
            last += 1
        leb = data[first : last + 1]
        value = leb128.number(leb)
        is_long = least <= len(leb) <= 5 and last < begin + len(body)
        if not is_long or not low <= value < high or value % 1024 == 0:
            continue
        if is_constant and (leb[-1] > 0x3F or data[last + 1] in NOT_OF_ADDRESSES):
            continue
        expected.append((place, value))
    found = References(wasm.read(data), None).in_code
    assert [(n.place, n.address) for n in found if n.address % 1024] == expected
    assert len(expected) > 50


# A type, a function, a memory.
HEAD = b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\5\3\1\0\1"
NOT_OF_ADDRESSES = {*range(0x45, 0x5B), *range(0x6B, 0x79), *range(0x7D, 0x8B)}


def test_bytes_that_look_like_an_address_are_none(wat: Wat) -> None:
    """The end of a constant and the instructions after it: 41 a7 1a, as i32.const 3367 is."""
    code = "(drop (i32.const 3360)) (drop (i32.wrap_i64 (i64.const -8064)))"
    data = '(data (i32.const 3360) "one and two"))'
    assert charged(wat, f"(module (memory 1) (func $a.one {code}) {data}") == {"one ": "a"}


def test_a_round_number_counts_where_code_reads_from_it(wat: Wat) -> None:
    read, passed = "(drop (i32.load8_u (i32.const 65536)))", "(drop (i32.const 65536))"
    text = f"(module (memory 2) (func $a.one {read}) (func $b.two {passed}) {TEXTS}"
    assert charged(wat, text) == {"one ": "a"}
    text = f"(module (memory 2) (func $a.one {read}) (func $b.two {read}) {TEXTS}"
    assert charged(wat, text) == {"one ": ""}
    text = f"(module (memory 2) (func $b.two {passed}) {TEXTS}"
    assert charged(wat, text) == {"one ": "b"}, "nobody reads from it by its number"


def test_data_of_inlined_code_is_of_the_package_that_the_code_came_from(wat: Wat) -> None:
    """By the debug build: of the function itself, or of one that was inlined after it."""
    text = f"(module (memory 2) (func $_start (drop (i32.const 65540))) {TEXTS}"
    own = {"_start": SourceLocation("rt.go", 1, (), "runtime", {}, {"app/fault": (65540,)})}
    assert charged(wat, text, locations=own) == {"one ": "", "and ": "app/fault"}
    other = {"main.fail": SourceLocation("main.go", 1, (), "", {}, {"app/fault": (65540,)})}
    assert charged(wat, text, locations=other)["and "] == "app/fault"
    two = other | {"main.run": SourceLocation("main.go", 1, (), "", {}, {"main": (65540,)})}
    assert charged(wat, text, locations=two)["and "] == ""
