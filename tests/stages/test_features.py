"""The features of a module: what it says itself, else what it isn't valid without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim import wasm
from wasmtrim.errors import CheckError, ToolError
from wasmtrim.stages import features
from wasmtrim.toolchain import Locator
from wasmtrim.toolchain.locate import Tool

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


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    (tmp_path / "m.wasm").write_bytes(b"\0asm\1\0\0\0")
    return tmp_path / "m.wasm"


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[[str], Tool]:
    """Gives a program in wasm-tools' place, which does what the script says."""

    def make(script: str) -> Tool:
        program = tmp_path / "wasm-tools"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return Tool("wasm-tools", (str(program),), "1", True, "a test", "")

    return make


def test_validation_is_by_the_named_features_alone(
    empty: Path, stand_in: Callable[[str], Tool]
) -> None:
    said = features.invalid(empty, ["sign-ext"], stand_in('echo "error: $*"; exit 1'))
    assert said == f"validate --features=mvp,sign-extension {empty}"
    empty.write_bytes(b"\0asm\x0d\0\1\0")
    said = features.invalid(empty, ["sign-ext"], stand_in('echo "error: $*"; exit 1'))
    assert said == f"validate --features=mvp,sign-extension,component-model {empty}"


def test_a_fault_is_told_in_a_line_with_its_cause(
    empty: Path, stand_in: Callable[[str], Tool]
) -> None:
    words = r"printf 'error: func 0 fails\n\nCaused by:\n    0: type mismatch\n'; exit 1"
    assert features.invalid(empty, [], stand_in(words)) == "func 0 fails: type mismatch"


def test_a_validator_that_fails_says_nothing_about_the_module(
    empty: Path,
    stand_in: Callable[[str], Tool],
) -> None:
    with pytest.raises(ToolError, match=r"m\.wasm: exit status 127: not today"):
        features.invalid(empty, [], stand_in("echo not today >&2; exit 127"))


def test_a_module_that_takes_for_ever_to_validate_is_not_valid(
    empty: Path, stand_in: Callable[[str], Tool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "TIMEOUT_SECONDS", 0.2)
    said = features.invalid(empty, [], stand_in("sleep 60"))
    assert said == "validating it takes more than 0.2 s"
