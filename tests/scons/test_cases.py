"""A release whose profile has several cases: each stage runs all, and all are shown by name."""

from __future__ import annotations

from collections.abc import Callable

from tests.scons.project import Project

MODULE = """(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\00\\00\\00\\00\\01\\00\\00\\00")
  (func (export "_start")
    (drop (call $args_get (i32.const 32) (i32.const 64)))
    (i32.store (i32.const 0) (i32.load (i32.const 36)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"""
PROFILE = """
module: letter.wasm
contract:
  imports: {"wasi_snapshot_preview1.*": any}
  exports: {_start: "func()", memory: memory}
smoke:
  - {name: small, args: [a], expect: {text: a}}
  - {name: large, args: [z], expect: {text: z}}
"""


def test_all_cases_are_run_and_shown(project: Project, assemble: Callable[[str], bytes]) -> None:
    project.write({"letter.wasm": assemble(MODULE)})
    project.profile("letter", PROFILE)
    project.scons()
    checks = {check["name"]: check["detail"] for check in project.verdict("letter")["checks"]}
    assert {"small: output", "large: output"} < checks.keys()
    assert checks["same at each stage"].endswith("stages give the same in 2 cases")
    report = project.root / "dist" / "report"
    assert 'name="large: output"' in (report / "junit.xml").read_text()
    assert "large: output" in (report / "index.html").read_text()
    assert all(stage["fuel"] for stage in project.sizes("letter")["stages"])
    runs = {path.parent.name for path in project.root.glob("build/runs/*/*/run.json")}
    assert runs == {"case-small", "case-large"}


def test_a_case_that_fails_is_named_and_another_expectation_runs_nothing(
    project: Project, assemble: Callable[[str], bytes]
) -> None:
    project.write({"letter.wasm": assemble(MODULE)})
    project.profile("letter", PROFILE.replace("text: z", "text: y"))
    failed = project.scons(status=2)
    assert 'large: output: line 1 is "z", expected is "y"' in failed.stdout + failed.stderr
    project.profile("letter", PROFILE)
    assert project.scons().did("run") == 0
