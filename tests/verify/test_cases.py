"""Cases that share a module share its compilation, and each is judged as if it were alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from wasmtrim import records
from wasmtrim.process import Finished
from wasmtrim.profile import Profile
from wasmtrim.toolchain.locate import Tool
from wasmtrim.verify import StageRun, child, limits, most_fuel, run_smoke, sandbox, verify
from wasmtrim.verify.run import Run
from wasmtrim.verify.sandbox import Given, RunLimits

Assemble = Callable[..., Path]

# The first letter of its argument: p is printed, t traps, l loops, s overflows the stack, m grows.
MODULE = """(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\00\\00\\00\\00\\01\\00\\00\\00")
  (func $deep (param i32) (result i32)
    (i32.add (i32.const 1) (call $deep (i32.add (i32.const 1) (local.get 0)))))
  (func $is (param i32) (result i32)
    (i32.eq (local.get 0) (i32.load8_u (i32.load (i32.const 0)))))
  (func (export "_start")
    (drop (call $args_get (i32.const 32) (i32.const 64)))
    (i32.store (i32.const 0) (i32.load (i32.const 36)))
    (if (call $is (i32.const 0x74)) (then (unreachable)))
    (if (call $is (i32.const 0x6c)) (then (loop (br 0))))
    (if (call $is (i32.const 0x73)) (then (drop (call $deep (i32.const 0)))))
    (if (call $is (i32.const 0x6d)) (then (drop (memory.grow (i32.const 3000)))))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"""


def run(module: Path, folder: Path, letters: str, **settings: Any) -> list[Run]:
    """Run the module on a case a letter."""
    cases = [
        Given(folder / f"{number}", argv=("module", letter))
        for number, letter in enumerate(letters)
    ]
    return sandbox.run(module, cases, **settings)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Gives how many cases each child process was asked for."""
    asked: list[int] = []
    start = child.ask

    def ask(script: str, request: dict[str, Any], seconds: float) -> Finished | None:
        asked.append(len(request["cases"]))
        return start(script, request, seconds)

    monkeypatch.setattr(child, "ask", ask)
    return asked


def test_one_process_runs_all_cases(module: Assemble, tmp_path: Path, children: list[int]) -> None:
    path = module(MODULE)
    together = run(path, tmp_path / "together", "pxtp")
    assert children == [4]
    assert [one.kind for one in together] == ["exit", "exit", "trap", "exit"]
    assert (tmp_path / "together" / "1" / "stdout").read_bytes() == b"x"
    assert Run.read(tmp_path / "together" / "2") == together[2]
    assert together == [run(path, tmp_path / "alone", letter)[0] for letter in "pxtp"]


def test_a_case_that_ends_its_process_ends_no_other(
    module: Assemble, tmp_path: Path, children: list[int]
) -> None:
    settings = RunLimits(seconds=1)
    runs = run(module(MODULE), tmp_path, "plp", run_limits=settings)
    assert [one.kind for one in runs] == ["exit", "time", "exit"]
    assert children == [3, 1]


def test_what_overflows_is_compiled_again_for_the_rest(
    module: Assemble, tmp_path: Path, children: list[int]
) -> None:
    runs = run(module(MODULE), tmp_path, "psp")
    assert [one.kind for one in runs] == ["exit", "stack", "exit"]
    assert "stack overflow" in runs[1].ended
    assert runs[0] == runs[2]
    assert children == [3]


def test_hundreds_of_cases_give_an_answer_each(
    module: Assemble, tmp_path: Path, children: list[int]
) -> None:
    runs = run(module(MODULE), tmp_path, "p" * 600)  # over 64 KiB of answers
    assert [one.ended for one in runs] == ["exit status 0"] * 600
    assert children == [600]


def test_memory_of_one_case_is_not_that_of_the_next(module: Assemble, tmp_path: Path) -> None:
    runs = run(module(MODULE), tmp_path, "mmmmmmp")
    assert [(one.memory or 0) >> 16 for one in runs] == [3001] * 6 + [1]
    assert [one.kind for one in runs] == ["exit"] * 7


@pytest.mark.parametrize("first", [[None, None], [Finished((), -11, b"", b"", 0)]])
def test_a_case_that_kills_its_process_is_named(
    first: Sequence[Finished | None],
    module: Assemble,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process that ends in time tells which case it was; of one that did not, each runs alone."""
    left, start = list(first), child.ask
    monkeypatch.setattr(child, "ask", lambda *of: left.pop(0) if left else start(*of))
    runs = run(module(MODULE), tmp_path, "ppp")
    assert [one.kind for one in runs] == ["crash", "exit", "exit"]


def test_compiling_that_takes_too_long_is_waited_for_once(
    module: Assemble, tmp_path: Path, children: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "COMPILE_SECONDS", 0)
    runs = run(module(MODULE), tmp_path, "ppp")
    assert [one.kind for one in runs] == ["compile"] * 3
    assert len(children) == 1


PROFILE = {
    "module": "module.wasm",
    "contract": {"imports": {"wasi_snapshot_preview1.*": "any"}, "exports": {"_start": "any"}},
    "limits": {"fuel": 1000},
    "smoke": [
        {"name": "short", "args": ["p"], "expect": {"text": "p"}},
        {"name": "long", "args": ["x"], "expect": {"text": "y"}},
    ],
}


def test_checks_say_which_case_they_are_about(
    module: Assemble, tmp_path: Path, wasm_tools: Tool
) -> None:
    path = module(MODULE)
    profile = Profile.model_validate(PROFILE)
    for name in ("compile", "optimize"):
        run_smoke(path, profile, None, tmp_path, tmp_path / name)
    stages = [StageRun(name, path, tmp_path / name) for name in ("compile", "optimize")]
    size = records.FileSize(1, 1, 1, "")
    found = verify(profile, None, stages, size, wasm_tools=wasm_tools, root=tmp_path, into=tmp_path)
    named = {check.name: (check.ok, check.detail) for check in found.checks}
    assert named["short: run"] == named["long: run"] == (True, "exit status 0")
    assert named["short: output"][0]
    assert named["long: output"] == (False, 'line 1 is "x", expected is "y"')
    assert named["same at each stage"] == (True, "2 stages give the same in 2 cases")
    runs = [Run.read(tmp_path / "optimize" / f"case-{name}") for name in ("short", "long")]
    most = max(one.fuel or 0 for one in runs)
    assert most_fuel(tmp_path / "optimize", profile.smoke) == most
    assert named["fuel"] == (True, f"{most} of 1,000 instructions")
    assert limits.check_fuel(None, profile.limits, None) == []
