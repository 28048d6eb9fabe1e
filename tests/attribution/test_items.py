from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from wasmtrim import wasm
from wasmtrim.attribution import Items, owners

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
    return [(item.kind, item.section, item.name, item.bytes) for item in Items(owners(module))]


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
    items = list(Items(owners(module)))
    assert sum(item.bytes for item in items) == len(module.data)
    assert items[0].offset == 0
    assert all(one.offset + one.bytes == next_.offset for one, next_ in pairwise(items))


def test_real_modules_add_up(
    tinygo_module: wasm.Module, go_modules: dict[str, wasm.Module]
) -> None:
    for module in (tinygo_module, *go_modules.values()):
        check_sums(module)
        assert not any(item.kind == "gap" for item in Items(owners(module)))
