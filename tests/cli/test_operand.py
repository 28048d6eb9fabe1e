"""A file or standard input, whichever is named: read whole, and never more than is allowed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from wasmtrim.cli import operand
from wasmtrim.cli.main import main
from wasmtrim.errors import CheckError

WASMTRIM = str(Path(sys.executable).with_name("wasmtrim"))
MEBIBYTE = 1 << 20
PROFILE = "module: a\ncontract: {exports: {_start: func()}}"


class Endless:
    """A stream without an end; counts the bytes taken, and the most that were asked for at once."""

    taken = at_once = 0

    def read(self, size: int) -> bytes:
        self.taken += size
        self.at_once = max(self.at_once, size)
        return bytes(size)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Endless:
    """Standard input that has no end."""
    stream = Endless()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
    return stream


def give(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "word"
    file.write_bytes(b"horse")
    assert operand.read(str(file), "a word", 5) == operand.Operand(str(file), file, b"horse")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, b"horse")
    assert operand.read("-", "a word", 5) == operand.Operand("standard input", None, b"horse")


@pytest.mark.parametrize("size", [0, 1, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 3 * MEBIBYTE])
def test_every_byte_comes_through(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = os.urandom(size)
    give(monkeypatch, data)
    assert operand.read("-", "a word", 3 * MEBIBYTE).data == data


def test_one_byte_too_many_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "more than 5 bytes, which is the most that a word may have; give a smaller one$"
    (tmp_path / "word").write_bytes(b"horses")
    with pytest.raises(CheckError, match=rf"word: {said}"):
        operand.read(str(tmp_path / "word"), "a word", 5)
    give(monkeypatch, b"horses")
    with pytest.raises(CheckError, match=f"^standard input: {said}"):
        operand.read("-", "a word", 5)


def test_of_what_has_no_end_one_byte_too_many_is_taken(endless: Endless) -> None:
    with pytest.raises(CheckError):
        operand.read("-", "a word", 5 * MEBIBYTE)
    assert endless.taken == 5 * MEBIBYTE + 1
    assert endless.at_once == MEBIBYTE, "room is made for what comes, not for the most"


@pytest.mark.parametrize(
    ("argv", "limit", "what"),
    [
        (["sizes", "{}"], "wasm.limits.MODULE_BYTES", "a module"),
        (["why", "{}", "fmt"], "wasm.limits.MODULE_BYTES", "a module"),
        (["compare", "{}", "a"], "wasm.limits.MODULE_BYTES", "a module or record"),
        (["compare", "a", "{}"], "wasm.limits.MODULE_BYTES", "a module or record"),
        (["verify", "{}", "--profile", "it"], "verify.MOST_MODULE_BYTES", "a module to verify"),
        (["diff-render", "{}", "a"], "cli.diff_render.MOST_PICTURE_BYTES", "a picture to compare"),
        (["diff-render", "a", "{}"], "cli.diff_render.MOST_PICTURE_BYTES", "a picture to compare"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.parametrize(("name", "label"), [("-", "standard input"), ("/dev/zero", "/dev/zero")])
def test_each_command_has_one_bound_however_its_input_comes(
    argv: list[str],
    limit: str,
    what: str,
    name: str,
    label: str,
    tmp_path: Path,
    endless: Endless,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(f"wasmtrim.{limit}", 1000)
    Path("a").write_bytes(b"\0asm\1\0\0\0")
    Path("config/profiles").mkdir(parents=True)
    Path("config/profiles/it.yaml").write_text(PROFILE)
    assert main([word.format(name) for word in argv]) == 1
    assert capsys.readouterr().err == (
        f"wasmtrim: {label}: more than 1,000 bytes, which is the most that {what} may have;"
        " give a smaller one\n"
    )


def test_standard_input_that_is_closed() -> None:
    done = subprocess.run(f"{WASMTRIM} sizes - <&-", shell=True, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        "wasmtrim: standard input is closed; name a file in place of -\n",
    )


@pytest.mark.parametrize(
    ("command", "names"), [("compare", "OLD and NEW"), ("diff-render", "A and B")]
)
def test_standard_input_is_there_once(
    command: str, names: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "-", "-"]) == 2
    assert capsys.readouterr().err == (
        f"wasmtrim: standard input can be read only once: only one of {names} may be -\n"
    )


@pytest.mark.parametrize(
    "argv",
    [
        ["sizes"],
        ["why", "render"],
        ["layout", "--metric", "raw", "--out", "x.wasm"],
        ["positions", "--out", "x.wasm"],
        ["snip", "main", "--out", "x.wasm"],
        ["assess"],
    ],
    ids=lambda argv: argv[0],
)
def test_a_fault_of_a_module_names_its_file(
    argv: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = tmp_path / "bad.wasm"
    module.write_bytes(b"\0asm\1\0\0\0\1\xff")
    assert main([argv[0], str(module), *argv[1:]]) == 1
    said = capsys.readouterr().err
    assert said == f"wasmtrim: {module}: type section at byte 10: its size is missing, " + (
        "the section ends\n"
    )
