"""The verdict: all checks in order, in the same words on every machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wasmtrim import records, sizes
from wasmtrim.engine.private_api import baseline_missing
from wasmtrim.errors import UsageError
from wasmtrim.process import Finished
from wasmtrim.profile import Profile
from wasmtrim.toolchain.locate import Tool
from wasmtrim.verify import Run, StageRun, Verification, child, run_smoke, verify

Assemble = Callable[..., Path]
MODULE = """
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
  (data (i32.const 16) "hello\\n")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
"""
PROFILE = """{
  "module": "module.wasm",
  "contract": {
    "imports": {"wasi_snapshot_preview1.*": "any"},
    "exports": {"_start": "func()", "memory": "memory"}
  },
  "limits": {"raw": 1000, "memory": "1 MiB", "table": 10, "fuel": 100},
  "smoke": {"expect": {"text": "hello\\n"}}
}"""


def profile(**changes: object) -> Profile:
    return Profile.model_validate({**json.loads(PROFILE), **changes})


def judge(own: Profile, modules: list[Path], root: Path, wasm_tools: Tool) -> Verification:
    stages = []
    before = None
    for number, module in enumerate(modules):
        folder = root / "runs" / str(number)
        if own.smoke:
            run_smoke(module, own, None, root, folder, before=before)
        before = (module, folder)
        stages.append(StageRun(f"stage {number}", module, folder if own.smoke else None))
    size = sizes.measure(modules[-1].read_bytes())
    return verify(
        own, None, stages, size, wasm_tools=wasm_tools, root=root, into=root / "differences"
    )


def test_every_check_in_its_order(module: Assemble, tmp_path: Path, wasm_tools: Tool) -> None:
    path = module(MODULE)
    verdict = judge(profile(), [path, path], tmp_path, wasm_tools)
    assert verdict.ok, verdict
    assert [check.name for check in verdict.checks] == [
        "features",
        "imports",
        "exports",
        "size raw",
        "memory",
        "table",
        "run",
        "output",
        "fuel",
        "same at each stage",
    ]


def test_a_verdict_is_the_same_in_every_folder(
    module: Assemble, tmp_path: Path, wasm_tools: Tool
) -> None:
    path = module(MODULE.replace("hello", "hullo"))
    texts = []
    for name in ("one", "another, with a longer name"):
        (tmp_path / name).mkdir()
        verdict = judge(profile(), [path], tmp_path / name, wasm_tools)
        texts.append(records.VERIFICATION.text(verdict.record("sample")))
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["ok"] is False
    assert str(tmp_path) not in texts[0]


def test_a_stage_that_changed_no_code_takes_the_run_over(
    module: Assemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = module(MODULE, "first.wasm")
    named = module(MODULE.replace("(module", '(module (@custom "x" "y")', 1), "named.wasm")
    run_smoke(first, profile(), None, tmp_path, tmp_path / "first")
    monkeypatch.setattr("wasmtrim.verify.sandbox.run", None)
    before = (first, tmp_path / "first")
    run_smoke(named, profile(), None, tmp_path, tmp_path / "named", before=before)
    assert Run.read(tmp_path / "named") == Run.read(tmp_path / "first")
    assert (tmp_path / "named" / "stdout").read_bytes() == b"hello\n"


def compilers(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each child process had a module for the baseline compiler."""
    asked: list[bool] = []
    ask = child.ask

    def kept(script: str, task: dict[str, Any], seconds: float) -> Finished | None:
        asked.append(bool(task["baseline"]))
        return ask(script, task, seconds)

    monkeypatch.setattr(child, "ask", kept)
    return asked


@pytest.mark.skipif(bool(baseline_missing()), reason=baseline_missing())
@pytest.mark.parametrize(
    ("old", "new", "by_baseline"),
    [
        ("(drop (call $fd_write", "(drop (i32.const 1)) (drop (call $fd_write", [False, True]),
        ("hello", "hullo", [False, True, False]),
        ("(func (export", "(func (export", [False]),
    ],
    ids=["the same output", "another output", "the same code"],
)
def test_what_a_stage_changed_is_told_by_one_compiler(
    old: str,
    new: str,
    by_baseline: list[bool],
    module: Assemble,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = compilers(monkeypatch)
    first, second = module(MODULE, "first.wasm"), module(MODULE.replace(old, new), "second.wasm")
    run_smoke(first, profile(), None, tmp_path, tmp_path / "first")
    before = (first, tmp_path / "first")
    run_smoke(second, profile(), None, tmp_path, tmp_path / "second", before=before)
    assert asked == by_baseline


def test_a_module_that_is_not_run_is_judged_all_the_same(
    module: Assemble, tmp_path: Path, wasm_tools: Tool
) -> None:
    verdict = judge(profile(smoke=None), [module(MODULE)], tmp_path, wasm_tools)
    assert verdict.ok
    (run,) = (check for check in verdict.checks if check.name == "run")
    assert not run.judged
    assert run.detail == "nothing was run: the profile has no smoke run"


def test_bytes_that_are_no_module_give_one_check(tmp_path: Path, wasm_tools: Tool) -> None:
    path = tmp_path / "module.wasm"
    path.write_bytes(b"\0asm\x01\0\0\0\x01\x05\x01")
    (check,) = judge(profile(), [path], tmp_path, wasm_tools).checks
    assert (check.name, check.ok) == ("module", False)
    assert check.detail.startswith("type section at byte ")


def test_a_module_too_large_to_read_is_not_read(tmp_path: Path, wasm_tools: Tool) -> None:
    path = tmp_path / "module.wasm"
    with path.open("wb") as file:
        file.truncate(100 << 20)  # a hole: it takes no disk
    size = records.FileSize(0, 0, 0, "")
    stages = [StageRun("module", path, None)]
    (check,) = verify(
        profile(), None, stages, size, wasm_tools=wasm_tools, root=tmp_path, into=tmp_path
    ).checks
    assert check.detail == "104,857,600 bytes; a module of more than 67,108,864 is not judged"


@pytest.mark.parametrize(
    ("smoke", "key"),
    [
        ({"input": "missing.bin"}, "smoke.input"),
        ({"expect": {"picture": "missing.bin"}}, "smoke.expect.picture"),
        ({"expect": {"bytes": "missing.bin"}}, "smoke.expect.bytes"),
    ],
)
def test_a_file_that_the_profile_names_is_missing(
    smoke: object, key: str, module: Assemble, tmp_path: Path, wasm_tools: Tool
) -> None:
    with pytest.raises(UsageError, match=rf"missing\.bin: no such file; {key} names it"):
        judge(profile(smoke=smoke), [module(MODULE)], tmp_path, wasm_tools)


def test_the_manual_lists_every_check(module: Assemble, tmp_path: Path, wasm_tools: Tool) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "verification.md").read_text()
    limits = {"raw": 1000, "gzip": 1000, "brotli": 1000, "memory": 99_999, "table": 1, "fuel": 99}
    path = module(MODULE)
    verdict = judge(profile(limits=limits), [path, path], tmp_path, wasm_tools)
    names = [check.name for check in verdict.checks]
    places = [manual.index(f"`{name}`") for name in names]
    assert places == sorted(places), names
