"""What a body refers to is what wasm-tools prints of it, for every valid module."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable

import pytest
from tests.conftest import WASM_TOOLS

from wasmtrim import wasm
from wasmtrim.errors import ModuleError
from wasmtrim.wasm import bodies, leb128

FEATURES = (
    *("bulk-memory", "compact-imports", "custom-descriptors", "custom-page-sizes", "exceptions"),
    *("extended-const", "gc", "memory64", "multi-value", "reference-types", "relaxed-simd"),
    *("shared-everything-threads", "simd", "tail-call", "threads", "wide-arithmetic"),
)


def printed(data: bytes) -> dict[int, tuple[set[int], set[int]]]:
    """By function: what it calls, and what it refers to, out of the text format."""
    argv = [WASM_TOOLS, "print", "-"]
    text = subprocess.run(argv, input=data, check=True, capture_output=True).stdout.decode()
    found: dict[int, tuple[set[int], set[int]]] = {}
    current: tuple[set[int], set[int]] | None = None
    for line in text.splitlines():
        start = re.match(r"  \(func \(;(\d+);\)", line)
        if start:
            current = found[int(start[1])] = (set(), set())
        elif re.match(r"  \(", line):
            current = None
        elif current is not None:
            for call in re.findall(r"\b(?:return_)?call (\d+)", line):
                current[0].add(int(call))
            for taken in re.findall(r"\bref\.func (\d+)", line):
                current[1].add(int(taken))
    return found


def check(data: bytes) -> int:
    module = wasm.read(data)
    expected = printed(data)
    for index in range(module.imported_functions, len(module.functions)):
        assert bodies.references(module, index) == expected[index]
        assert [*bodies.values(module, index)] == values(module, index)
    return len(expected)


def values(module: wasm.Module, index: int) -> list[tuple[int, int, int | None]]:
    """The constants, and the globals with their numbers, by a look at each instruction."""
    found: list[tuple[int, int, int | None]] = []
    for start, end in bodies.instructions(module, index):
        code = module.data[start:end]
        if code[0] in (0x23, 0x24):
            found.append((start, end, leb128.number(code[1:])))
        elif code[0] in (0x41, 0x42, 0x43, 0x44) or code.startswith(b"\xfd\x0c"):
            found.append((start, end, None))
    return found


def smith(seed: int) -> bytes:
    source = random.Random(seed).randbytes(6_000)
    shape = ["--max-instructions=2000", "--min-funcs=3", "--max-memories=3"]
    switches = [f"--{feature}-enabled=true" for feature in FEATURES]
    argv = [WASM_TOOLS, "smith", "--generate-custom-sections=false", *shape, *switches]
    return subprocess.run(argv, input=source, check=True, capture_output=True).stdout


WANTED = (rb"\x40", rb"\xfc[\x08-\x11]|\x40", rb"\x10|\x11", rb"[\x20-\xff]")


@pytest.mark.parametrize("wanted", WANTED)
def test_selected_instructions_are_those_of_all_that_match(wanted: bytes) -> None:
    pattern, count = re.compile(wanted), 0
    for module in map(wasm.read, map(smith, range(20))):
        for index in range(module.imported_functions, len(module.functions)):
            each = [*bodies.instructions(module, index)]
            found = [*bodies.selected(module, index, pattern)]
            assert found == [span for span in each if pattern.match(module.data, *span)]
            assert not found or index in bodies.matching(module, pattern)
            count += len(found)
    assert count > 10


def test_references_are_those_that_wasm_tools_prints() -> None:
    assert sum(check(smith(seed)) for seed in range(60)) > 100


@pytest.mark.long
def test_references_of_a_thousand_modules() -> None:
    for seed in range(1_000, 2_000):
        check(smith(seed))


VECTORS = """
(module
  (type $f (func)) (tag $t) (type $k (cont $f))
  (func $a)
  (func
    (block $one (block $two (br_table $one $two $one (i32.const 16))))
    (drop (select (result funcref) (ref.func $a) (ref.null func) (i32.const 1)))
    (block $caught (try_table (catch $t $caught) (catch_all $caught) call $a))
    (drop (v128.const i32x4 16 16 16 16))
    (drop (f64.const 16))
    return_call $a)
  (elem declare func $a))
"""


def test_vectors_of_immediates_are_passed_over(wat: Callable[[str], bytes]) -> None:
    module = wasm.read(wat(VECTORS))
    assert bodies.references(module, 1) == ({0}, {0})


def test_a_table_of_many_branches_is_passed_over(wat: Callable[[str], bytes]) -> None:
    branches = " ".join(["0", "1"] * 60)
    text = f"(module (func) (func (block (block (br_table {branches} (i32.const 9)))) call 0))"
    data = wat(text)
    assert bodies.references(wasm.read(data), 1) == ({0}, set())
    at = data.index(b"\x0e\x77") + 2 + 40  # 119 and the default; in the middle of a run
    broken = wasm.read(data[:at] + b"\xff" * 6 + data[at + 6 :])
    with pytest.raises(ModuleError, match=f"at byte {at}: no branches as they should be"):
        bodies.references(broken, 1)


def test_a_body_that_is_cut_off_says_where(wat: Callable[[str], bytes]) -> None:
    data = wat("(module (func (drop (i64.const 99999999))))")
    at = data.index(b"\x42\xff") + 1
    broken = wasm.read(data[:at] + b"\xff" * 6 + data[at + 6 :])
    with pytest.raises(ModuleError, match="code section, function 0 at byte"):
        bodies.references(broken, 0)
    with pytest.raises(ModuleError, match="code section, function 0 at byte"):
        bodies.shortest(broken, 0)


LONG = b"\xc0\x80\x80\x80"  # 64, in as many bytes as a linker leaves room for


@pytest.mark.parametrize(
    ("body", "shortest"),
    [
        (b"\x00\x41" + LONG + b"\x00\x1a\x0b", b"\x00\x41\xc0\x00\x1a\x0b"),  # a sign needs its bit
        (b"\x00\x41\xff\xff\xff\xff\x7f\x1a\x0b", b"\x00\x41\x7f\x1a\x0b"),
        (b"\x00\x42" + LONG + b"\x80\x00\x1a\x0b", b"\x00\x42\xc0\x00\x1a\x0b"),
        (b"\x00\x10\x80\x80\x80\x80\x00\x0b", b"\x00\x10\x00\x0b"),
        (b"\x00\x23\x80\x80\x80\x80\x00\x1a\x0b", b"\x00\x23\x00\x1a\x0b"),
        (b"\x00\x41\x00\x28\x02" + LONG + b"\x00\x1a\x0b", b"\x00\x41\x00\x28\x02\x40\x1a\x0b"),
        (b"\x00\x43\xc0\x80\x80\x00\x1a\x0b", b"\x00\x43\xc0\x80\x80\x00\x1a\x0b"),  # no integer
    ],
)
def test_a_linker_s_long_integers_are_made_short(body: bytes, shortest: bytes) -> None:
    size = len(body)
    head = b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\5\3\1\0\1\6\6\1\x7f\0\x41\0\x0b"
    module = wasm.read(head + bytes([10, size + 2, 1, size]) + body)
    assert bodies.shortest(module, 0) == shortest


def test_what_is_short_already_stays(wat: Callable[[str], bytes]) -> None:
    """For every instruction of every proposal that wasm-tools makes."""
    for seed in range(40):
        module = wasm.read(smith(seed))
        for index in range(module.imported_functions, len(module.functions)):
            start, end = module.body(index)
            assert bodies.shortest(module, index) == module.data[start:end]


def test_data_segments_that_code_names_are_found(wat: Callable[[str], bytes]) -> None:
    module = wasm.read(
        wat("""(module (memory 1) (type $bytes (array i8))
          (data "a") (data "b") (data "c") (data "d")
          (func (memory.init 1 (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop 1))
          (func (drop (array.new_data $bytes 3 (i32.const 0) (i32.const 1))))
          (func (drop (i32.const 0x47c))))""")  # the constant is written as memory.init begins
    )
    assert module.data.count(b"\xfc\x08") == 2
    assert bodies.segments(module) == {1, 3}
