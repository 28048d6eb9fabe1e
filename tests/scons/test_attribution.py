"""Whose the functions of a released module are, told the same by every command and report."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.scons.project import SCONSTRUCT, Project, environment

GO = {
    "app/go.mod": "module github.com/acme/app\n\ngo 1.22\n\n"
    "require example.org/dep v1.0.0\n\nreplace example.org/dep => ./dep\n",
    "app/main.go": """\
package main

import (
\t"os"
\t"strconv"

\t"example.org/dep"
\t"github.com/acme/app/shape"
\t"github.com/acme/app/word"
)

func main() {
\tfor _, word := range os.Args { // each call twice: a function with one caller becomes part of it
\t\tprintln(strconv.Quote(shape.Draw(dep.Count(word))))
\t}
\tprintln(strconv.Quote(shape.Draw(dep.Count("again"))), word.Of(len(os.Args)))
}
""",
    "app/shape/shape.go": """\
package shape

//go:noinline
func Draw(n int) string {
\tdrawn := make([]byte, n)
\tfor at := range drawn {
\t\tdrawn[at] = byte('a' + at%26)
\t}
\treturn string(drawn)
}
""",
    "app/word/word.go": """\
package word

func Of(n int) string { // small enough to become part of its caller
\tif n > 3 {
\t\treturn "more words than three"
\t}
\treturn "a few words"
}
""",
    "app/dep/go.mod": "module example.org/dep\n\ngo 1.22\n",
    "app/dep/dep.go": """\
package dep

//go:noinline
func Count(word string) int {
\tcount := 0
\tfor _, letter := range word {
\t\tif letter > 'a' {
\t\t\tcount++
\t\t}
\t}
\treturn count
}
""",
}
PROFILE = """\
source: app
compiler: {name: %s, fallback: false}
contract: {imports: {"wasi_snapshot_preview1.*": any}, exports: {_start: func(), memory: memory}}
budget: [{metric: raw, growth: 1 kB}]
"""
NAMED = ("WASMTRIM_TINYGO", "WASMTRIM_GO")  # for a TinyGo, and a Go that fits it
PROGRAMS = {name: os.environ[name] for name in NAMED if name in os.environ}
WASMTRIM = Path(sys.executable).with_name("wasmtrim")


@pytest.fixture(scope="module")
def by_go(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("project"))
    made.write({"SConstruct": SCONSTRUCT, **GO})
    made.profile("app", PROFILE % "go")
    made.scons("release")
    return made


def wasmtrim(project: Project, *words: str) -> str:
    run = subprocess.run(
        [WASMTRIM, *words],
        cwd=project.root,
        env=environment({}),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def groups(project: Project) -> dict[str, str]:
    report = json.loads((project.root / "dist/report/report.json").read_text())
    return {row["name"]: row["group"] for row in report["profiles"][0]["packages"]}


def assert_told(project: Project) -> None:
    """By the report, the command, and the baseline."""
    found = groups(project)
    assert found["github.com/acme/app/shape"] == found.get("main", "own") == "own"
    assert found["example.org/dep"] == "third party"
    assert found["strconv"] == "standard library"
    assert found["runtime"] == "runtime"
    assert project.sizes("app")["groups"] == {
        "example.org/dep": "third party",
        "github.com/acme/app": "own",
        "github.com/acme/app/shape": "own",
        "github.com/acme/app/word": "own",
    }
    breakdown = json.loads((project.root / "dist/app.breakdown.json").read_text())["breakdown"]
    owners = {package: group for _, package, group, *_ in breakdown["functions"]}
    assert owners.items() <= found.items()
    inlined = {package for function in breakdown["functions"] for package in function[9]}
    assert owners.keys() | inlined == found.keys()
    assert owners["github.com/acme/app/shape"] == "own"
    told = wasmtrim(project, "sizes", "dist/app.wasm")
    assert "\nown and third party from: go list, when it was built\n" in told


def test_an_own_module_named_like_any_other_is_own(by_go: Project) -> None:
    assert_told(by_go)
    by_go.scons("baseline", "dirty=1")
    baseline = json.loads((by_go.root / "config/baselines/app.go.json").read_text())
    assert baseline["packages"]["github.com/acme/app/shape"]["group"] == "own"
    assert "groups" not in baseline


def test_why_tells_by_which_imports_a_package_came_in(by_go: Project) -> None:
    """Of a release; its module alone does not know."""
    told = wasmtrim(by_go, "why", "dist/app.wasm", "unicode/utf8")
    assert "\nimports: main > strconv > unicode/utf8\nalso imported by: " in told
    told = wasmtrim(by_go, "why", "dist/app.wasm", "shape.Draw")
    assert "\nimports: main > github.com/acme/app/shape\nkept only by: main.main\n" in told
    assert "\nimports: main\nlargest" in wasmtrim(by_go, "why", "dist/app.wasm", "main")
    answer = json.loads(wasmtrim(by_go, "why", "dist/app.wasm", "dep", "--json"))
    assert answer["imports"] == {"chain": ["main", "example.org/dep"], "by": ["main"]}
    told = wasmtrim(by_go, "why", "dist/app.wasm", "internal/goarch")
    assert told.startswith("internal/goarch: package, 0 functions\nimports: main > ")
    answer = json.loads(wasmtrim(by_go, "why", "dist/app.wasm", "internal/goarch", "--json"))
    assert (answer["bytes"], answer["functions"], answer["chain"]) == (0, [], [])
    alone = by_go.root / "alone.wasm"
    alone.write_bytes((by_go.root / "dist/app.wasm").read_bytes())
    told = wasmtrim(by_go, "why", "alone.wasm", "strconv")
    assert told.count("imports: not known of a module alone") == 1
    assert json.loads(wasmtrim(by_go, "why", "alone.wasm", "strconv", "--json"))["imports"] is None
    by_go.write({"alone.sizes.json": (by_go.root / "dist/app.sizes.json").read_text()})
    record = (by_go.root / "dist/app.imports.json").read_text()
    by_go.write({"alone.imports.json": re.sub(r"[0-9a-f]{64}", "0" * 64, record)})
    assert "not known" in wasmtrim(by_go, "why", "alone.wasm", "strconv")


@pytest.fixture(scope="module")
def by_tinygo(tmp_path_factory: pytest.TempPathFactory) -> Project:
    if "WASMTRIM_TINYGO" not in PROGRAMS:
        pytest.skip("no TinyGo: name one by WASMTRIM_TINYGO")
    made = Project(tmp_path_factory.mktemp("project"))
    made.write({"SConstruct": SCONSTRUCT, **GO})
    made.profile("app", PROFILE % "tinygo")
    made.scons("release", env=PROGRAMS)
    return made


def test_a_build_of_tinygo_tells_the_same(by_tinygo: Project) -> None:
    assert_told(by_tinygo)


def test_a_debug_build_of_tinygo_tells_files_lines_and_what_was_inlined(by_tinygo: Project) -> None:
    told = wasmtrim(by_tinygo, "why", "dist/app.wasm", "shape.Draw")
    assert "\n  app/shape/shape.go:4\n" in told
    told = wasmtrim(by_tinygo, "why", "dist/app.wasm", "_start")
    assert "\n  $TINYGOROOT/src/runtime/runtime_wasmentry.go:" in told
    assert "with the code of runtime.run, " in told
    assert str(by_tinygo.root) not in (by_tinygo.root / "dist/app.locations.json").read_text()


def test_a_debug_build_of_tinygo_tells_whose_texts_are(by_tinygo: Project) -> None:
    """Also those of a package whose functions all became part of others, or of a panic."""
    told = json.loads(wasmtrim(by_tinygo, "sizes", "dist/app.wasm", "--json"))
    data = [item for item in told["items"] if item["kind"] == "data"]
    found = {item["name"]: (item["bytes"], item["package"]) for item in data}
    word = "github.com/acme/app/word"
    assert found["string, word.go:5"] == (len("more words than three"), word)
    assert found["string, word.go:7"] == (len("a few words"), word)
    assert found["string, main.go:16"] == (len("again"), "main")
    assert any(p == "runtime" for name, (_, p) in found.items() if "panic.go:" in name)
    unowned = sum(item["bytes"] for item in data if not item.get("package"))
    assert unowned < 0.05 * sum(item["bytes"] for item in data)


def test_a_module_that_kept_its_dwarf_tells_the_same_alone(by_tinygo: Project) -> None:
    """As TinyGo builds by default: also what was inlined wholly, and what has no file."""
    argv = [PROGRAMS["WASMTRIM_TINYGO"], "build", "-target=wasip1", "-o", "../plain.wasm", "."]
    path = f"{Path(PROGRAMS['WASMTRIM_GO']).parent}{os.pathsep}{os.environ['PATH']}"
    lent = {"PATH": path, "GOTOOLCHAIN": "local"}
    subprocess.run(argv, cwd=by_tinygo.root / "app", env=environment(lent), check=True)
    told = json.loads(wasmtrim(by_tinygo, "sizes", "plain.wasm", "--json"))
    data = [item for item in told["items"] if item["kind"] == "data"]
    found = {item["name"]: item["package"] for item in data}
    word = "github.com/acme/app/word"
    assert found["string, word.go:5"] == found["string, word.go:7"] == word
    split = [item["packages"] for item in told["items"] if "packages" in item]
    assert any(word in packages for packages in split)
    assert not any("<" in name for packages in split for name in packages)


def test_c_functions_of_tinygo_are_summed_up_by_their_files(by_tinygo: Project) -> None:
    """But for what asyncify, a pass of TinyGo's wasm-opt, adds: it has no source."""
    found = groups(by_tinygo)
    assert found["wasi-libc/arc4random"] == "runtime"
    if "(C and compiler runtime)" not in found:
        return  # prune took what asyncify added
    told = wasmtrim(by_tinygo, "why", "dist/app.wasm", "(C and compiler runtime)")
    left = told.partition("largest functions:\n")[2].split()[1::2]
    assert left
    assert all(name.startswith("asyncify_") for name in left)


def test_who_asks_for_a_module_without_budgets_pays_for_no_debug_build(by_tinygo: Project) -> None:
    """A budget tells who made a module grow, so it needs one before the module is delivered."""
    by_tinygo.profile("bare", (PROFILE % "tinygo").partition("budget:")[0])
    by_tinygo.scons("dist/bare.wasm", env=PROGRAMS)
    assert (by_tinygo.root / "dist/bare.wasm").exists()
    assert not (by_tinygo.root / "dist/bare.locations.json").exists()
