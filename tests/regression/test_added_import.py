"""A change that adds fmt to a Go program: caught, and named with its cost in every format."""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
SCONSTRUCT = """import wasmtrim
env = Environment(tools=["default", wasmtrim.generate])
env.WasmRelease("config/profiles")
Default("release")
"""
PROFILE = """source: app
compiler: {name: %s}
stages: %s
contract: {imports: {"wasi_snapshot_preview1.*": any}, exports: {_start: any, memory: any}}
budget:
  - {metric: raw, growth: 10 kB}
  - {metric: raw, scope: package fmt, at_most: 0}
"""
PLAIN = """package main

func main() { report(7) }

//go:noinline
func report(number int) { println(number) }
"""
WITH_FMT = PLAIN.replace("package main\n", 'package main\n\nimport "fmt"\n').replace(
    "println(number)", "fmt.Println(number)"
)


def run(cwd: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environ = os.environ | {"PATH": path}
    return subprocess.run(argv, cwd=cwd, env=environ, capture_output=True, text=True)


# Standard Go as it links; TinyGo through all stages, of which the last leaves no names.
STAGES = {"go": "[compile]", "tinygo": "[compile, prune, strip, optimize]"}


@pytest.fixture(scope="module", params=["go", "tinygo"])
def compiler(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "tinygo" and "WASMTRIM_TINYGO" not in os.environ:
        pytest.skip("no TinyGo: name one by WASMTRIM_TINYGO, and by WASMTRIM_GO a Go that fits it")
    return name


@pytest.fixture(scope="module")
def project(compiler: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after the change, built; its baseline is of the commit before."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("app", "config/profiles"):
        (root / folder).mkdir(parents=True)
    (root / "SConstruct").write_text(SCONSTRUCT)
    (root / "config/profiles/app.yaml").write_text(PROFILE % (compiler, STAGES[compiler]))
    (root / "app/go.mod").write_text("module example.com/app\n\ngo 1.22\n")
    (root / "app/main.go").write_text(PLAIN)
    (root / ".gitignore").write_text("build/\ndist/\n.sconsign*\n")
    script = (
        "git init -q && git config user.name A && git config user.email a@example.com"
        " && git add -A && git commit -qm plain && scons -s baseline"
        " && git add -A && git commit -qm baseline"
    )
    made = run(root, "sh", "-c", script)
    assert made.returncode == 0, made.stderr
    assert f"config/baselines/app.{compiler}.json: new: raw" in made.stdout
    (root / "app/main.go").write_text(WITH_FMT)
    released = run(root, "scons", "release")
    assert released.returncode == 2
    (root / "terminal.txt").write_text(released.stdout + released.stderr)
    return root


def told(project: Path, name: str) -> str:
    return (project / "dist" / "report" / name).read_text()


def failure(project: Path) -> str:
    report = json.loads(told(project, "report.json"))
    findings = report["profiles"][0]["regression"]["findings"]
    assert [finding["outcome"] for finding in findings] == ["over", "over"]
    detail: str = findings[0]["detail"]
    return detail


# Of TinyGo's module wasm-opt has put main.main and main.report into the goroutine that it starts.
FIRST_CALL = {"go": "main.report -> fmt.Fprintln +", "tinygo": "(gowrapper) -> fmt."}


def test_it_is_named_by_the_first_call_with_the_bytes_below_it(
    project: Path, compiler: str
) -> None:
    detail = failure(project)

    assert "section data +" in detail
    assert "fmt +" in detail
    largest = detail.partition("; by ")[2].partition(",")[0]
    assert FIRST_CALL[compiler] in largest
    assert "accept it: run `scons baseline` and commit what it writes" in detail


def test_every_format_tells_it(project: Path, compiler: str) -> None:
    detail = failure(project)

    assert detail in (project / "terminal.txt").read_text()
    assert detail in html.unescape(told(project, "index.html"))
    assert FIRST_CALL[compiler].removesuffix(" +") in html.unescape(told(project, "report.md"))
    cases = ET.fromstring(told(project, "junit.xml")).iter("failure")
    assert detail in [case.text for case in cases]


def test_the_base_rebuilt_in_another_folder_is_the_baseline_to_the_byte(
    project: Path, compiler: str
) -> None:
    ran = run(project, "wasmtrim", "compare", "--base", "HEAD", "--profile", "app")

    assert ran.returncode == 1, ran.stderr
    assert "over: budget raw at most of package fmt" in ran.stdout
    [rebuilt] = (project / "build/wasmtrim/base").glob("*/dist/app.sizes.json")
    baseline = json.loads((project / f"config/baselines/app.{compiler}.json").read_text())
    assert (
        json.loads(rebuilt.read_text())["stages"][-1]["sha256"]
        == (baseline["stages"][-1]["sha256"])
    )
