"""The features of a module: what it says itself, else what it isn't valid without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim import wasm
from wasmtrim.errors import CheckError, ToolError
from wasmtrim.stages import features
from wasmtrim.toolchain import Locator

Of = Callable[[str], tuple[str, ...]]


@pytest.fixture
def features_of(assemble: Callable[[str], bytes], locator: Locator, tmp_path: Path) -> Of:
    def of(text: str) -> tuple[str, ...]:
        path = tmp_path / "module.wasm"
        path.write_bytes(assemble(text))
        module = wasm.read(path.read_bytes())
        return features.of_module(module, path, locator.find("wasm-tools"))

    return of


def test_a_module_is_taken_at_its_word(features_of: Of) -> None:
    section = '(@custom "target_features" "\\02+\\08sign-ext+\\0bbulk-memory")'
    assert features_of(f"(module {section})") == ("bulk-memory", "sign-ext")


@pytest.mark.parametrize(
    ("body", "needed"),
    [
        ("", ()),
        ("(func (param i32) (drop (i32.extend8_s (local.get 0))))", ("sign-ext",)),
        ("(func (drop (i32.trunc_sat_f32_s (f32.const 0))))", ("nontrapping-fptoint",)),
        ('(global (export "g") (mut i32) (i32.const 0))', ("mutable-globals",)),
        (
            "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
            ("bulk-memory",),
        ),
        ("(func (result i32 i32) (i32.const 1) (i32.const 2))", ("multivalue",)),
        ("(func (drop (v128.const i32x4 0 0 0 0)))", ("simd128",)),
    ],
)
def test_a_module_that_says_nothing_is_tried(
    features_of: Of, body: str, needed: tuple[str, ...]
) -> None:
    assert features_of(f"(module {body})") == needed


def test_an_unknown_feature_is_refused_by_name(features_of: Of) -> None:
    with pytest.raises(ToolError, match=r"names 'time-travel', which this toolchain does not know"):
        features_of('(module (@custom "target_features" "\\01+\\0btime-travel"))')


def test_a_module_that_is_valid_under_no_features_is_refused(
    locator: Locator, tmp_path: Path
) -> None:
    path = tmp_path / "module.wasm"
    # A function that promises an i32 and gives none.
    path.write_bytes(b"\0asm\1\0\0\0\1\5\1\x60\0\1\x7f\3\2\1\0\x0a\4\1\2\0\x0b")
    with pytest.raises(CheckError, match=r"not a valid module: .*func 0 failed to validate"):
        features.of_module(wasm.read(path.read_bytes()), path, locator.find("wasm-tools"))
