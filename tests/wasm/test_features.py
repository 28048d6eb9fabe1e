from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.conftest import WASM_TOOLS, assembled

from wasmtrim import wasm
from wasmtrim.errors import ModuleError
from wasmtrim.wasm import features

EMPTY = b"\0asm\1\0\0\0"


def with_features(contents: bytes) -> wasm.Module:
    body = b"\x0ftarget_features" + contents
    return wasm.read(EMPTY + bytes([0, len(body)]) + body)


def test_used_features_are_listed_sorted_and_promised_absences_left_out() -> None:
    module = with_features(b"\3+\x08sign-ext+\x0bbulk-memory-\7atomics")
    assert features.target_features(module) == ("bulk-memory", "sign-ext")


def test_no_section_is_not_the_same_as_no_features() -> None:
    assert features.target_features(wasm.read(EMPTY)) is None
    assert features.target_features(with_features(b"\0")) == ()


def test_a_broken_section_says_where() -> None:
    with pytest.raises(
        ModuleError, match=r"'target_features' at byte 27: 0x3f is not a feature prefix"
    ):
        features.target_features(with_features(b"\1?\7atomics"))


def test_wasm_tools_knows_every_name_of_the_table(tmp_path: Path) -> None:
    empty = tmp_path / "empty.wasm"
    empty.write_bytes(EMPTY)
    value = features.wasm_tools_features(features.FEATURES)
    subprocess.run([WASM_TOOLS, "validate", f"--features={value}", str(empty)], check=True)


def test_only_the_named_features_are_allowed(tmp_path: Path) -> None:
    text = "(module (func (param i32) (result i32) (i32.extend8_s (local.get 0))))"
    module = tmp_path / "sign.wasm"
    module.write_bytes(assembled(text))
    for names, status in ((["sign-ext"], 0), (["bulk-memory"], 1)):
        value = features.wasm_tools_features(names)
        argv = [WASM_TOOLS, "validate", f"--features={value}", str(module)]
        assert subprocess.run(argv, capture_output=True).returncode == status
