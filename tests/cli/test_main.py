"""The command as a whole: its exit statuses, its help, and that no failure shows a traceback."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim import __version__, cli
from wasmtrim.cli.main import COMMANDS, main, parser
from wasmtrim.errors import CheckError, ConfigError, Problem, ToolError, UsageError

WASMTRIM = str(Path(sys.executable).with_name("wasmtrim"))
MODULE = '(module (memory (export "memory") 1) (func (export "_start")) (func $idle))'

Fails = Callable[[BaseException], int]


@pytest.fixture
def module(assemble: Callable[[str], bytes]) -> bytes:
    return assemble(MODULE)


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Fails:
    """Runs a command that ends with the exception; gives the exit status."""

    def ended(error: BaseException) -> int:
        def run(args: argparse.Namespace) -> int:
            raise error

        monkeypatch.setattr("wasmtrim.cli.doctor.run", run)
        return main(["doctor"])

    return ended


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (CheckError("too big"), 1, "wasmtrim: too big\n"),
        (UsageError("no such profile"), 2, "wasmtrim: no such profile\n"),
        (
            ConfigError([Problem(Path("a.yaml"), 3, 1, "limits.raw", "found a list", "a size")]),
            2,
            "wasmtrim: a.yaml:3:1: limits.raw: found a list; a size\n",
        ),
        (ToolError("wasm-opt: killed by SIGSEGV"), 3, "wasmtrim: wasm-opt: killed by SIGSEGV\n"),
        (
            FileNotFoundError(2, "No such file or directory", "x.wasm"),
            2,
            "wasmtrim: x.wasm: No such file or directory\n",
        ),
        (
            IsADirectoryError(21, "Is a directory", ".out.part-x", None, "out"),
            2,
            "wasmtrim: out: Is a directory\n",
        ),
        (OSError("the disk is gone"), 2, "wasmtrim: the disk is gone\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_failure_is_a_line_and_a_status(
    fails: Fails,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    said: str,
) -> None:
    assert fails(error) == status
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    ("name", "hint"), [("sises", "did you mean 'sizes'? commands are"), ("optimum", "commands are")]
)
def test_an_unknown_command_is_told_with_the_nearest(
    capsys: pytest.CaptureFixture[str], name: str, hint: str
) -> None:
    assert main([name, "x.wasm"]) == 2
    commands = ", ".join(COMMANDS)
    assert capsys.readouterr().err == f"wasmtrim: unknown command {name!r}; {hint} {commands}\n"


def test_no_command_at_all_is_told_where_they_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err == "wasmtrim: name a command; `wasmtrim -h` lists them\n"


@pytest.mark.parametrize("argv", [["sizes"], ["sizes", "a", "b"], ["sizes", "--jsn", "a"]])
def test_a_wrong_argument_ends_with_2(capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: wasmtrim")


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"wasmtrim {__version__}\n"


def test_every_module_of_the_folder_is_a_command() -> None:
    files = {file.stem.replace("_", "-") for file in Path(cli.__path__[0]).glob("*.py")}
    parts = {"--init--", "main", "operand", "owners", "rewriting", "why-text"}
    assert files - parts == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_how_it_is_used(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: wasmtrim {name}" in capsys.readouterr().out


@pytest.mark.parametrize("columns", [80, 120])
def test_the_help_has_a_row_for_each_command(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = parser().format_help().splitlines()
    rows = lines[lines.index("  COMMAND") + 1 :]
    texts = {line.split()[0]: line.split(maxsplit=1)[1] for line in rows if line[4:5].strip()}
    assert tuple(texts)[: len(COMMANDS)] == COMMANDS
    at = {
        line.index(texts[name]) for name in COMMANDS for line in rows if line.split()[:1] == [name]
    }
    assert len(at) == 1, "one column"


@pytest.mark.parametrize(
    ("argv", "answer"),
    [
        (["sizes", "-"], "in all"),
        (["sizes", "-", "--json"], '"schema":1'),
        (["why", "-", "0"], "the module exports"),
        (["compare", "-", "same.wasm"], "the same bytes"),
        (["verify", "-", "--profile", "it"], "it: all hold"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_module_may_come_by_standard_input(
    tmp_path: Path, module: bytes, argv: list[str], answer: str
) -> None:
    (tmp_path / "same.wasm").write_bytes(module)
    profiles = tmp_path / "config" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "it.yaml").write_text("module: same.wasm\ncontract: {exports: {_start: func()}}")
    done = subprocess.run([WASMTRIM, *argv], cwd=tmp_path, input=module, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert answer in done.stdout.decode()


def test_a_reader_that_goes_away_ends_it_quietly(module: bytes) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        argv = [WASMTRIM, "sizes", "-"]
        done = subprocess.run(argv, input=module, stdout=closed, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["^C", "SIGTERM"]
)
def test_a_signal_ends_it_without_a_word(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = subprocess.Popen(
        [WASMTRIM, "sizes", pipe],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in background
    )
    with pipe.open("wb"):  # from here on the command waits for a module
        child.send_signal(number)
        _, said = child.communicate(timeout=60)
    assert (child.returncode, said) == (status, b"")


def test_what_the_terminal_cannot_show_is_escaped(
    assemble: Callable[[str], bytes],
) -> None:
    module = assemble('(module (func $"größer") (export "f" (func 0)))')
    done = subprocess.run(
        [WASMTRIM, "why", "-", "0"],
        input=module,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"gr\\xf6\\xdfer" in done.stdout


def test_a_comparison_that_nobody_reads_to_its_end_ends_as_it_would(
    tmp_path: Path, module: bytes
) -> None:
    (tmp_path / "a.wasm").write_bytes(module)

    command = f"{WASMTRIM} compare a.wasm a.wasm | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True)

    assert (ran.stdout, ran.stderr) == ("0\n", "")


def test_compare_measures_no_brotli_and_shows_as_many_changes_as_are_asked_for(
    tmp_path: Path, module: bytes, assemble: Callable[[str], bytes]
) -> None:
    (tmp_path / "a.wasm").write_bytes(module)
    (tmp_path / "b.wasm").write_bytes(assemble(MODULE.replace("$idle", "$other (nop) (nop)")))

    argv = [WASMTRIM, "compare", "--no-brotli", "--top=0", "a.wasm", "b.wasm"]
    ran = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
    assert "gzip" in ran.stdout
    assert "brotli" not in ran.stdout
    assert "  and 2 functions" in ran.stdout
    assert ran.stdout.endswith("  not judged: there is no profile to judge by\n")


def test_what_may_be_left_out_is_not_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["hotspots"])
    assert capsys.readouterr().err.endswith("arguments are required: PROFILE|MODULE\n")
