from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from wasmtrim import wasm
from wasmtrim.attribution import Items, origins

EVERYTHING = """
(module
  (import "env" "log" (func $log (param i32)))
  (memory 1)
  (global $depth (mut i32) (i32.const 0))
  (func $helper (result i32) i32.const 1)
  (func (export "run") (result i32) call $helper)
  (func (param i64))
  (elem declare func $helper)
  (data $greeting (i32.const 8) "hello")
  (@custom "notes" "abc"))
"""


def rows(module: wasm.Module) -> list[tuple[str, str, str, int]]:
    return [(item.kind, item.section, item.name, item.bytes) for item in Items(origins(module))]


def test_every_part_is_a_row(wat: Callable[[str], wasm.Module]) -> None:
    assert rows(wat(EVERYTHING)) == [
        ("header", "header", "magic and version", 8),
        ("framing", "type", "type framing", 3),
        ("type", "type", "type 0: func(i32)", 4),
        ("type", "type", "type 1: func() -> i32", 4),
        ("type", "type", "type 2: func(i64)", 4),
        ("framing", "import", "import framing", 3),
        ("import", "import", "env.log", 10),
        ("framing", "function", "function framing", 2),
        ("contents", "function", "function", 4),
        ("framing", "memory", "memory framing", 3),
        ("memory", "memory", "memory 0: memory(1.. pages)", 2),
        ("framing", "global", "global framing", 3),
        ("global", "global", "depth", 5),
        ("framing", "export", "export framing", 3),
        ("export", "export", "run", 6),
        ("framing", "element", "element framing", 3),
        ("element", "element", "element 0", 4),
        ("framing", "code", "code framing", 3),
        ("function", "code", "helper", 5),
        ("function", "code", "run", 5),
        ("function", "code", "function 3: func(i64)", 3),
        ("framing", "data", "data framing", 3),
        ("data", "data", "greeting", 10),
        ("framing", "notes", "notes framing", 8),
        ("contents", "notes", "notes", 3),
        ("framing", "name", "name framing", 7),
        ("names", "name", "function names", 16),
        ("names", "name", "global names", 10),
        ("names", "name", "data names", 13),
    ]


def test_a_broken_name_section_is_a_gap_not_an_error() -> None:
    contents = b"\x04name\0\2\1m\xff\xff\xff"
    module = wasm.read(b"\0asm\1\0\0\0" + bytes([0, len(contents)]) + contents)
    assert rows(module)[1:] == [
        ("framing", "name", "name framing", 7),
        ("names", "name", "module names", 4),
        ("gap", "name", "unknown", 3),
    ]


def check_sums(module: wasm.Module) -> None:
    items = list(Items(origins(module)))
    assert sum(item.bytes for item in items) == len(module.data)
    assert items[0].offset == 0
    assert all(one.offset + one.bytes == next_.offset for one, next_ in pairwise(items))


def test_real_modules_add_up(
    tinygo_module: wasm.Module, go_modules: dict[str, wasm.Module]
) -> None:
    for module in (tinygo_module, *go_modules.values()):
        check_sums(module)
        assert not any(item.kind == "gap" for item in Items(origins(module)))


MEASURE = """
import sys
from wasmtrim.cli.main import main
status = main(["sizes", sys.argv[1]])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(status, int(peak.split()[1]) * 1024, file=sys.stderr)
"""


def number(value: int) -> bytes:
    return bytes([value >> 7 * place & 0x7F | 0x80 for place in range(4)] + [value >> 28])


def sized(contents: bytes) -> bytes:
    return number(len(contents)) + contents


def many(entry: bytes, count: int) -> bytes:
    return sized(number(count) + entry * count)


def functions(count: int) -> bytes:
    return EMPTY + TYPES + b"\3" + many(b"\0", count) + b"\x0a" + many(b"\2\0\x0b", count)


def names(count: int) -> bytes:
    """As short as names can be that still have a package."""
    entries = b"".join(number(index) + b"\3a.b" for index in range(count))
    return b"\0" + sized(b"\4name\1" + sized(number(count) + entries))


EMPTY = b"\0asm\1\0\0\0"
TYPES = b"\1\4\1\x60\0\0"
MILLION = 1_000_000
HOSTILE = {
    "functions": functions(MILLION),
    "names": functions(300_000) + names(300_000),
    "custom sections": functions(300_000) + b"\0\1\0" * 99_000,
    "name sections": functions(300_000) + b"\0\x06\4name\xff" * 99_000,
    "subsections": EMPTY + b"\0" + sized(b"\4name" + b"\x63\0" * MILLION),
    "types": EMPTY + b"\1" + many(b"\x60\0\0", MILLION),
    "globals": EMPTY + b"\6" + many(b"\x7f\0\x41\0\x0b", MILLION),
    "imports": EMPTY + b"\2" + many(b"\0\0\3\x7f\0", MILLION),
    "function imports": EMPTY + TYPES + b"\2" + many(b"\0\0\0\0", MILLION),
    "exports": EMPTY
    + TYPES
    + b"\3\2\1\0\7"
    + sized(number(500_000) + b"".join(b"\5%05x\0\0" % index for index in range(500_000)))
    + b"\x0a\4\1\2\0\x0b",
    "elements": EMPTY + b"\x09" + many(b"\1\0\0", MILLION),
    "data": EMPTY + b"\x0b" + many(b"\1\0", 100_000),
}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("name", HOSTILE)
def test_memory_is_bounded_by_the_file(name: str, tmp_path: Path) -> None:
    """100 MB and 50 times the file, whatever it is full of."""
    path = tmp_path / f"{name}.wasm"
    path.write_bytes(HOSTILE[name])
    done = subprocess.run([sys.executable, "-c", MEASURE, path], check=True, capture_output=True)
    status, memory = map(int, done.stderr.split())
    assert status == 0
    assert memory <= 100_000_000 + 50 * len(HOSTILE[name])
