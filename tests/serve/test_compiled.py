"""Compiled modules are machine code: none is read that others could have written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim.serve import compiled

KEY = "0" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "compiled"


def test_what_was_written_is_found_under_its_key(folder: Path) -> None:
    file = compiled.write(folder, KEY, b"code")
    assert compiled.find(folder, KEY) == file
    assert file.read_bytes() == b"code"
    assert file.stat().st_mode & 0o777 == 0o600
    assert compiled.find(folder, "1" * 32) is None


def _link(file: Path) -> None:
    file.rename(file.with_suffix(".elsewhere"))
    file.symlink_to(file.with_suffix(".elsewhere"))


@pytest.mark.parametrize(
    "tamper",
    [
        lambda file: file.write_bytes(b"evil"),
        lambda file: file.chmod(0o620),
        lambda file: file.chmod(0o602),
        lambda file: os.chown(file, 12_345, 12_345),
        _link,
    ],
    ids=["other bytes", "group may write", "all may write", "another owner", "a link"],
)
def test_what_we_did_not_write_goes(folder: Path, tamper: Callable[[Path], None]) -> None:
    file = compiled.write(folder, KEY, b"code")
    if os.geteuid() and "chown" in str(tamper.__code__.co_names):
        pytest.skip("only root may give files away")
    tamper(file)
    assert compiled.find(folder, KEY) is None
    assert not file.exists()


def test_a_folder_that_others_may_write_is_not_used(folder: Path) -> None:
    compiled.write(folder, KEY, b"code")
    folder.chmod(0o777)
    assert compiled.find(folder, KEY) is None
    with pytest.raises(PermissionError):
        compiled.write(folder, KEY, b"code")
    folder.chmod(0o700)
    shutil.rmtree(folder)
    assert compiled.find(folder, KEY) is None


def test_the_key_follows_from_all_that_the_code_does() -> None:
    keys = {
        compiled.key(b"a", "50.0.1", "epochs"),
        compiled.key(b"b", "50.0.1", "epochs"),
        compiled.key(b"a", "50.0.2", "epochs"),
        compiled.key(b"a", "50.0.1", "fuel"),
    }
    assert len(keys) == 4
