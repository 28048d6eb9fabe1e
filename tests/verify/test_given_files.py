"""A file of a smoke run that isn't one, or is too large, is called what it is."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from wasmtrim.errors import UsageError
from wasmtrim.verify import given_files


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("fifo", "fifo: it is a FIFO; name a file in its place; smoke.input names it"),
        ("folder", "folder: it is a folder; name a file in its place; smoke.input names it"),
        (
            "sparse",
            "sparse: it has 42,949,672,960 bytes; a file of a smoke run may have 67,108,864",
        ),
        ("missing", "missing: no such file; smoke.input names it"),
        ("device", "device: it is a device; name a file in its place; smoke.input names it"),
    ],
)
def test_what_is_no_file_is_called_what_it_is(name: str, says: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "device").symlink_to("/dev/zero")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(40 << 30)
    with pytest.raises(UsageError) as caught:
        given_files.path(tmp_path, PurePosixPath(name), "smoke.input")
    assert says in str(caught.value)
