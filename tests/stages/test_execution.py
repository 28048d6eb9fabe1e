"""Programs that fail: each told with stage, program and argv, and nothing left of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stages.conftest import Program, Run

from wasmtrim.errors import ToolError
from wasmtrim.process import KEPT_BYTES
from wasmtrim.stages.execution import SHOWN_LINES

MODULE = '(module (func (export "f") (result i32) (i32.const 1)))'
ARGV = "wasm-opt in.wasm --output=out.wasm --mvp-features -Oz"


@pytest.fixture
def module(assemble: Callable[[str], bytes]) -> bytes:
    return assemble(MODULE)


@pytest.fixture
def failure(run: Run, module: bytes, tmp_path: Path) -> Callable[..., str]:
    """Gives the message of a stage that fails; what the stage wrote must be gone."""

    def fail(program: object, **options: object) -> str:
        with pytest.raises(ToolError) as caught:
            run("optimize", module, program=program, **options)
        assert list((tmp_path / "work").iterdir()) == []
        return str(caught.value)

    return fail


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 3", f"optimize: wasm-opt 132: exit status 3\n  {ARGV}\n  | (it printed nothing)"),
        ("echo no >&2; exit 1", f"optimize: wasm-opt 132: exit status 1\n  {ARGV}\n  | no"),
        ("echo no; exit 1", f"optimize: wasm-opt 132: exit status 1\n  {ARGV}\n  | no"),
        ("kill -9 $$", f"optimize: wasm-opt 132: killed by SIGKILL\n  {ARGV}"),
        ("kill -SEGV $$", f"optimize: wasm-opt 132: killed by SIGSEGV\n  {ARGV}"),
        ("exit 0", f"optimize: wasm-opt ended well but wrote no module\n  {ARGV}"),
        (": > out.wasm", f"optimize: wasm-opt ended well but left an empty file\n  {ARGV}"),
        ("mkdir out.wasm", f"optimize: wasm-opt ended well but wrote no module\n  {ARGV}"),
        ("mkfifo out.wasm", f"optimize: wasm-opt ended well but wrote no module\n  {ARGV}"),
        ("head -c 20 in.wasm > out.wasm", "optimize: wasm-opt left a broken module: "),
        ("echo 'no module' > out.wasm", "optimize: wasm-opt left a broken module: "),
        (
            # f now promises an i32 and returns an i64
            r"sed 's/\x41\x01\x0b/\x42\x01\x0b/' in.wasm > out.wasm",
            "optimize: wasm-opt left a module that is not valid with the features (none): ",
        ),
        (
            r"printf '\0asm\1\0\0\0' > out.wasm",
            "optimize: wasm-opt changed the exports: f: func() -> i32",
        ),
    ],
)
def test_a_program_that_fails(
    failure: Callable[..., str], stand_in: Program, script: str, told: str
) -> None:
    assert failure(stand_in(script)).startswith(told)


def test_a_program_that_is_out_of_memory(failure: Callable[..., str], stand_in: Program) -> None:
    hungry = f"ulimit -v 1000000; exec {sys.executable} -c 'bytearray(1 << 40)'"
    told = failure(stand_in(hungry))
    assert told.startswith(f"optimize: wasm-opt 132: exit status 1\n  {ARGV}\n")
    assert "  | MemoryError\n" in told


def test_an_unchanged_module_is_no_failure_but_is_told(
    run: Run, module: bytes, stand_in: Program
) -> None:
    result = run("optimize", module, program=stand_in("cp in.wasm out.wasm"))
    assert result.module == module
    assert result.record.notes == ("changed nothing",)


def test_a_program_without_end_is_ended(failure: Callable[..., str], stand_in: Program) -> None:
    started = time.monotonic()
    told = failure(stand_in("sleep 600"), timeout=0.3)
    assert told.startswith("optimize: wasm-opt 132: no end after 0.3 s: ")
    assert "timeouts.optimize" in told, "the key of the profile that gives it longer"
    assert time.monotonic() - started < 30


def test_a_program_that_does_not_listen_is_ended_too(
    failure: Callable[..., str], stand_in: Program
) -> None:
    deaf = "trap '' TERM INT HUP; while true; do sleep 1; done"
    assert "no end after 0.3 s" in failure(stand_in(deaf), timeout=0.3)


def test_garbage_without_end_is_cut(failure: Callable[..., str], stand_in: Program) -> None:
    endless = failure(stand_in("yes garbage"), timeout=0.5)
    assert "no end after 0.5 s" in endless
    much = failure(stand_in("yes garbage | head -c 10000000 >&2; exit 1"))
    assert len(much) < 2 * KEPT_BYTES
    assert len(much.splitlines()) == SHOWN_LINES + 4
    assert "lines left out]" in much.splitlines()[-2]


def test_one_endless_line_is_cut(failure: Callable[..., str], stand_in: Program) -> None:
    told = failure(stand_in("head -c 10000000 /dev/zero | tr '\\0' x >&2; exit 1"))
    assert len(told) < 2048


def test_control_characters_are_shown_not_sent(
    failure: Callable[..., str], stand_in: Program
) -> None:
    told = failure(stand_in(r"printf '\033[2Jred\007' >&2; exit 1"))
    assert r"| \x1b[2Jred\x07" in told


def test_a_program_that_is_gone(failure: Callable[..., str], stand_in: Program) -> None:
    program = stand_in("exit 0")
    Path(program.argv[0]).unlink()
    told = failure(program)
    assert told == f"optimize: wasm-opt 132: {program.argv[0]}: no such program"


def test_a_program_that_may_not_be_run(failure: Callable[..., str], stand_in: Program) -> None:
    program = stand_in("exit 0")
    Path(program.argv[0]).chmod(0o644)
    told = failure(program)
    assert told.startswith(f"optimize: wasm-opt 132: {program.argv[0]}: not executable")
    assert "chmod +x" in told


def test_a_program_of_another_machine(failure: Callable[..., str], stand_in: Program) -> None:
    program = stand_in("exit 0")
    Path(program.argv[0]).write_bytes(b"\x7fELF\2\1\1" + bytes(100))
    told = failure(program)
    assert told.startswith(f"optimize: wasm-opt 132: {program.argv[0]}: cannot be started: ")


def ends(pid: int) -> bool:
    """Whether a process that was killed is gone, or waits only to be taken note of."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.05)
    return False


def test_children_of_a_program_do_not_outlive_it(
    run: Run, module: bytes, stand_in: Program, tmp_path: Path
) -> None:
    child = tmp_path / "child"
    script = f"sleep 600 & echo $! > {child}; cp in.wasm out.wasm"
    run("optimize", module, program=stand_in(script))
    assert ends(int(child.read_text()))


def test_nothing_of_the_user_s_environment_reaches_a_stage(
    run: Run, module: bytes, stand_in: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINARYEN_PASS_DEBUG", "1")
    seen = tmp_path / "seen"
    run("optimize", module, program=stand_in(f"env > {seen}; cp in.wasm out.wasm"))
    names = {line.split("=")[0] for line in seen.read_text().splitlines()}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PATH", "LC_ALL"}
