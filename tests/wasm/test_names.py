from __future__ import annotations

from collections.abc import Callable

from wasmtrim import wasm
from wasmtrim.wasm import names, rewriting

EMPTY = b"\0asm\1\0\0\0"


def named(contents: bytes) -> wasm.Module:
    body = b"\x04name" + contents
    return wasm.read(EMPTY + bytes([0, len(body)]) + body)


def test_functions_and_others_have_their_names(wat: Callable[[str], bytes]) -> None:
    module = wasm.read(
        wat("(module $m (memory $heap 1) (func $a) (func) (func $c (local $x i32)))")
    )
    found = names.read(module)
    assert found.module == "m"
    assert found.functions == {0: "a", 2: "c"}
    assert found.others == {"memory": {0: "heap"}}
    assert [part.kind for part in found.subsections] == ["module", "function", "local", "memory"]
    assert found.fault is None


def test_a_module_without_the_section_has_no_names() -> None:
    assert names.read(wasm.read(EMPTY)) == names.Names()


def test_a_broken_section_keeps_what_came_before_and_says_where_it_broke() -> None:
    found = names.read(named(b"\0\2\1m" + b"\1\4\2\0\1a"))
    assert found.module == "m"
    assert str(found.fault) == (
        "name section, function names at byte 21: 2 names do not fit into 3 bytes"
    )


def test_a_name_that_is_not_utf8_is_shown_escaped() -> None:
    assert names.read(named(b"\1\5\1\0\2\xff\x1b")).functions == {0: "\\xff\x1b"}


def test_unknown_subsections_are_kept_as_parts() -> None:
    (part,) = names.read(named(b"\x63\2ab")).subsections
    assert (part.kind, part.end - part.offset) == ("subsection 99", 4)


def test_names_take_the_place_of_a_modules_own(wat: Callable[[str], bytes]) -> None:
    module = wasm.read(wat("(module $m (global $g i32 (i32.const 0)) (func $a) (func $b))"))
    made = rewriting.with_names(module, {"global": ["total"], "function": ["first", "second"]})
    found = names.read(wasm.read(made))
    assert found.functions == {0: "first", 1: "second"}
    assert found.others == {"global": {0: "total"}}
    assert (found.module, found.fault) == (None, None)
    assert names.without(made) == names.without(module.data)
