"""Files that others may have put there: each kind is named, and none is read without a bound."""

from __future__ import annotations

import os
import resource
import socket
from pathlib import Path

import pytest

from wasmtrim import reading
from wasmtrim.errors import UsageError


def refused(path: Path, most: int = 10) -> str:
    with pytest.raises(UsageError) as error:
        reading.whole(path, "a module", most)
    return str(error.value).removeprefix(f"{path}: ")


def test_a_file_comes_whole(tmp_path: Path) -> None:
    file = tmp_path / "module.wasm"
    file.write_bytes(b"0123456789")
    assert reading.whole(file, "a module", 10) == b"0123456789"


def test_a_file_over_the_limit_is_refused_with_both_sizes(tmp_path: Path) -> None:
    file = tmp_path / "module.wasm"
    file.write_bytes(bytes(11))
    assert refused(file) == "it has 11 bytes; a module may have 10 at most"


def test_a_sparse_file_of_40_gb_takes_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "module.wasm"
    with file.open("wb") as sparse:
        sparse.truncate(40_000_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(file, 1 << 30).startswith("it has 40,000,000,000 bytes; ")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000


def test_what_is_not_a_file_is_called_what_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("loop")
    (tmp_path / "loop").symlink_to("link")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        assert refused(tmp_path / "socket").startswith("it cannot be read: ")
    assert refused(tmp_path / "fifo") == "it is a FIFO; name a file in its place"
    assert refused(tmp_path) == "it is a folder; name a file in its place"
    assert refused(Path("/dev/zero")) == "it is a device; name a file in its place"
    assert refused(tmp_path / "gone") == "no such file"
    assert refused(tmp_path / "loop").startswith("it cannot be read: ")
