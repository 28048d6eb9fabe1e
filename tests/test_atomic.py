"""A file under its final name is always whole, and nothing is left beside it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim import atomic


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_and_the_folders_above_it_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    atomic.write_text(path, "é")
    assert path.read_bytes() == "é".encode()
    assert names(path.parent) == ["file"]


def test_what_stood_there_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old and longer")
    atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_file_gets_the_mode_that_any_new_file_gets(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    atomic.write_bytes(tmp_path / "file", b"")
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_a_failure_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail() -> None:
        with atomic.replacing(path) as fresh:
            fresh.write_bytes(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_a_block_that_writes_nothing_fails(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(FileNotFoundError), atomic.replacing(path):
        pass
    assert names(tmp_path) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from wasmtrim import atomic

with atomic.replacing(Path(sys.argv[1])) as fresh:
    fresh.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_failure_names_the_file_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(prefix: str, dir: Path) -> str:  # noqa: A002 # as on a disk that is read only
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), f"{dir}/{prefix}x1")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(OSError, match=f"Read-only file system: '{tmp_path}/file'$"):
        atomic.write_text(tmp_path / "file", "text")


def test_the_next_run_clears_what_a_killed_one_left(tmp_path: Path) -> None:
    path = tmp_path / "file"
    ended = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not path.exists()
    assert len(names(tmp_path)) == 1, "what the killed run left"
    atomic.write_bytes(path, b"whole")
    assert names(tmp_path) == ["file"]


def test_all_below_a_folder_can_be_cleared(tmp_path: Path) -> None:
    kept, left = tmp_path / "a" / "kept", tmp_path / "a" / "b" / "left"
    for path in (kept, left):
        subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    with atomic.replacing(kept) as fresh:
        fresh.write_bytes(b"")
        atomic.clear(tmp_path)
        assert fresh.exists(), "it is in use"
    assert names(tmp_path / "a") == ["b", "kept"]
    assert names(tmp_path / "a" / "b") == []


def test_a_folder_that_is_in_use_is_not_cleared(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with atomic.replacing(path) as fresh:
        fresh.write_bytes(b"first")
        atomic.write_bytes(path, b"second")
    assert path.read_bytes() == b"first"


def test_a_folder_of_the_user_s_is_not_ours_to_clear(tmp_path: Path) -> None:
    (tmp_path / ".file.backup").mkdir()
    (tmp_path / ".other.part-1").mkdir()
    atomic.write_bytes(tmp_path / "file", b"")
    assert names(tmp_path) == [".file.backup", ".other.part-1", "file"]


@given(st.binary())
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "written" / "file"
    atomic.write_bytes(path, data)
    assert path.read_bytes() == data


def test_a_folder_that_goes_away_is_told(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "file"

    def fail() -> None:
        with atomic.replacing(path) as fresh:
            fresh.write_bytes(b"")
            shutil.rmtree(path.parent)

    with pytest.raises(FileNotFoundError):
        fail()


def test_many_threads_clear_none_of_each_other_s_folders(tmp_path: Path) -> None:
    def use(number: int) -> bool:
        with atomic.folder(tmp_path, "work") as folder:
            (folder / "file").write_text(str(number))
            return (folder / "file").read_text() == str(number)

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(use, range(1000)))
    assert names(tmp_path) == []
