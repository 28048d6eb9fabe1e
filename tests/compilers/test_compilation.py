"""Compiling: the same bytes whatever the user's settings, and what each compiler is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.stand_ins import tinygo as stand_in
from tests.stand_ins.tinygo import Settings

from wasmtrim import wasm
from wasmtrim.compilers import compilation
from wasmtrim.compilers.compilation import Programs
from wasmtrim.errors import ToolError
from wasmtrim.profile import Compiler
from wasmtrim.stages.execution import StageResult
from wasmtrim.toolchain import Locator, load

GO = Compiler(name="go")
NAMED = """\
package word

var Name string

func Of() string { return Name }
"""
UNSET = "define: the module does not have the text for "
REFUSED = 'this TinyGo takes no -ldflags "-s -w"'
SMALLEST = {
    "target": "wasip1",
    "gc": "leaking",
    "scheduler": "none",
    "panic": "trap",
    "opt": "z",
    "stack_size": "64 KiB",
    "tags": ["quantize", "other"],
}
Build = Callable[..., StageResult]
WithTinyGo = Callable[..., Programs]


@pytest.fixture
def programs(locator: Locator, tmp_path: Path) -> Programs:
    return Programs(locator.find("go"), locator.find("wasm-tools"), tmp_path / "cache")


@pytest.fixture
def with_tinygo(programs: Programs, tmp_path: Path) -> WithTinyGo:
    """Gives the programs with the TinyGo stand-in of these settings among them."""

    def install(**settings: object) -> Programs:
        path = stand_in.install(tmp_path / "tinygo", Settings(**settings))  # type: ignore[arg-type]
        environ = {"WASMTRIM_TINYGO": str(path)}
        tinygo = Locator(load(), tmp_path, cache=tmp_path / "cache", environ=environ)
        return replace(programs, tinygo=tinygo.find("tinygo"))

    return install


@pytest.fixture
def build(guest: Path, tmp_path: Path) -> Build:
    """Compiles the program cmd/hello with these programs."""

    def run(programs: Programs, timeout: float = 300, **settings: object) -> StageResult:
        name = "tinygo" if programs.tinygo else "go"
        compiled = compilation.with_tinygo if programs.tinygo else compilation.with_go
        chosen = Compiler.model_validate({"name": name, **settings})
        folder = tmp_path / "work"
        result = compiled(chosen, guest / "cmd/hello", programs, timeout=timeout, folder=folder)
        assert [path for path in folder.iterdir() if path.name.startswith(".")] == []
        return result

    return run


def for_another_build(guest: Path) -> None:
    (guest / "cmd/hello/main.go").write_text("//go:build wasip1 && go1.99\n\npackage main\n")
    (guest / "cmd/hello/main_linux.go").write_text("package main\n\nfunc main() {}\n")


class TestGo:
    def test_what_is_asked(self, build: Build, programs: Programs) -> None:
        result = build(programs, tags=["tagged", "other"])
        assert result.record.argv == (
            *("go", "build", "-trimpath", "-buildvcs=false", "-tags=tagged,other"),
            *("-ldflags", "-s -w", "-o", "out.wasm", "."),
        )
        assert result.record.tool.version == "1.26.6"
        exports = {export.name for export in wasm.read(result.module).exports}
        assert exports == {"_start", "memory"}

    def test_a_reactor(self, build: Build, programs: Programs) -> None:
        result = build(programs, buildmode="c-shared")
        exports = {export.name for export in wasm.read(result.module).exports}
        assert "_initialize" in exports

    def test_variables_are_set_by_the_linker(
        self, build: Build, programs: Programs, guest: Path
    ) -> None:
        (guest / "word/word.go").write_text(NAMED)
        texts = {"example.com/guest/word.Name": "it's -s here ", "main.none": 'say "so"'}
        result = build(programs, define=texts)
        at = result.record.argv.index("-ldflags")
        assert result.record.argv[at + 1] == (
            '-s -w -X "example.com/guest/word.Name=it\'s -s here " -X \'main.none=say "so"\''
        )
        assert b"it's -s here " in result.module
        assert result.record.notes == (f"{UNSET}main.none: it is unused or no string variable",)

    def test_an_experiment(self, build: Build, programs: Programs, guest: Path) -> None:
        """It chooses files by a build tag, too."""
        text = "//go:build goexperiment.arenas\n\npackage word\n\nfunc init() { print(`arenas!`) }"
        (guest / "word/arenas.go").write_text(text)
        result = build(programs, experiment=["arenas"])
        assert result.record.env == {"GOEXPERIMENT": "arenas"}
        assert b"arenas!" in result.module
        with pytest.raises(ToolError, match="unknown GOEXPERIMENT wrong"):
            build(programs, experiment=["wrong"])

    def test_no_inlining_and_no_checks_of_bounds_outside_the_runtime(
        self, build: Build, programs: Programs
    ) -> None:
        result = build(programs, inline=False, bounds=False)
        argv = result.record.argv
        at = argv.index("-gcflags=all=-l -B")
        assert argv[at + 1 : at + 3] == ("-gcflags=runtime/...=", "-gcflags=internal/runtime/...=")
        assert result.module != build(programs).module

    def test_a_user_s_settings_a_commit_and_a_dirty_tree_change_no_byte(
        self,
        build: Build,
        programs: Programs,
        guest: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        plain = build(programs).module
        (tmp_path / "goenv").write_text("GOFLAGS=-tags=tagged\nGOEXPERIMENT=greenteagc\n")
        (guest / "go.work").write_text("go 1.24\n\nuse ./nowhere\n")
        for name, value in {
            "GOFLAGS": "-ldflags=-X=main.greeting=other -buildvcs=true",
            "GOENV": str(tmp_path / "goenv"),
            "GOWORK": str(guest / "go.work"),
            "GOEXPERIMENT": "nogreenteagc",
            "GOTOOLCHAIN": "go1.25.0+auto",
            "GOOS": "plan9",
            "GOARCH": "amd64",
            "GOROOT": "/nowhere",
            "GODEBUG": "panicnil=1",
            "GOWASM": "",
            "GO111MODULE": "off",
            "CGO_ENABLED": "1",
            "LC_ALL": "tr_TR.UTF-8",
        }.items():
            monkeypatch.setenv(name, value)
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
        for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
            subprocess.run([*git, *command], cwd=guest, check=True)
        (guest / "notes").write_text("dirty")
        assert build(programs).module == plain

    def test_the_compiler_s_own_words(self, build: Build, programs: Programs, guest: Path) -> None:
        (guest / "word/word.go").write_text("package word\n\nfunc Of() string { return 1 }\n")
        with pytest.raises(ToolError) as caught:
            build(programs)
        told = str(caught.value)
        assert told.startswith("compile: go 1.26.6: exit status 1\n  go build -trimpath")
        assert "| ../../word/word.go:3:27: cannot use 1" in told


class TestTinyGo:
    """With the stand-in: its flags and its words are TinyGo's, its modules are Go's."""

    def test_what_is_asked(self, build: Build, with_tinygo: WithTinyGo) -> None:
        result = build(with_tinygo(takes_s_w=True), **SMALLEST)
        assert result.record.argv == (
            *("tinygo", "build", "-target=wasip1", "-gc=leaking", "-scheduler=none"),
            *("-panic=trap", "-opt=z", "-stack-size=65536B", "-tags=quantize other"),
            *("-no-debug", "-ldflags", "-s -w", "-work", "-o", "out.wasm", "."),
        )
        assert result.record.notes == ()
        assert result.record.linked, "what its linker made, before its own wasm-opt"
        assert result.record.linked.raw > len(result.module)

    def test_a_refusal_of_s_w_is_met_once_for_each_version(
        self, build: Build, with_tinygo: WithTinyGo, tmp_path: Path
    ) -> None:
        programs = with_tinygo()
        assert programs.tinygo
        first = build(programs).record
        assert "-ldflags" not in first.argv
        assert any(note.startswith(REFUSED) for note in first.notes)
        # From now on the same TinyGo fails otherwise when it is asked.
        script = f'case "$*" in *-ldflags*) exit 7;; esac; exec {programs.tinygo.argv[0]} "$@"'
        strict = tmp_path / "strict"
        strict.write_text(f"#!/bin/sh\n{script}\n")
        strict.chmod(0o755)
        second = build(replace(programs, tinygo=replace(programs.tinygo, argv=(str(strict),))))
        assert (second.record.argv, second.record.notes) == (first.argv, first.notes)
        other = replace(programs.tinygo, argv=(str(strict),), digest="of another version")
        with pytest.raises(ToolError, match="exit status 7"):
            build(replace(programs, tinygo=other))

    @pytest.mark.parametrize(("takes_s_w", "before"), [(True, "-s -w "), (False, "")])
    def test_variables_are_set_by_the_linker(
        self, build: Build, with_tinygo: WithTinyGo, guest: Path, takes_s_w: bool, before: str
    ) -> None:
        """Whether it refuses -s -w beside -X or not."""
        (guest / "word/word.go").write_text(NAMED)
        programs = with_tinygo(takes_s_w=takes_s_w)
        result = build(programs, define={"example.com/guest/word.Name": "my own"})
        at = result.record.argv.index("-ldflags")
        assert result.record.argv[at + 1] == f"{before}-X 'example.com/guest/word.Name=my own'"
        assert b"my own" in result.module
        assert UNSET not in str(result.record.notes)

    @pytest.mark.parametrize(("version", "kept"), [("0.41.1", True), ("0.42.0", False)])
    def test_a_variable_with_a_value_that_tinygo_keeps_is_told(
        self, build: Build, with_tinygo: WithTinyGo, guest: Path, version: str, kept: bool
    ) -> None:
        (guest / "word/word.go").write_text(NAMED.replace("string\n", '= "nobody"\n', 1))
        programs = with_tinygo(version=version)
        result = build(programs, define={"example.com/guest/word.Name": "my own"})
        assert (b"my own" not in result.module) == kept
        told = [note for note in result.record.notes if note.startswith(UNSET)]
        assert bool(told) == kept
        assert all("has a value in the source, which TinyGo before 0.42 keeps" in n for n in told)

    def test_another_failure_is_told_in_its_own_words(
        self, build: Build, with_tinygo: WithTinyGo, guest: Path
    ) -> None:
        (guest / "word/word.go").write_text("package word\n\nfunc Of() string { return 1 }\n")
        with pytest.raises(ToolError) as caught:
            build(with_tinygo())
        told = str(caught.value)
        assert told.startswith("compile: tinygo 0.41.1: exit status 1\n  tinygo build -target=")
        assert "cannot use 1" in told
        assert "-s" not in told.split("\n  |", 1)[1]

    def test_a_program_for_another_build_is_told_with_what_it_asks_for(
        self, build: Build, with_tinygo: WithTinyGo, guest: Path
    ) -> None:
        for_another_build(guest)
        with pytest.raises(ToolError) as caught:
            build(with_tinygo(), tags=["small"])
        assert str(caught.value).splitlines() == [
            f"compile: {guest}/cmd/hello: all Go files are for another build",
            "  main.go: wasip1 && go1.99",
            "  main_linux.go: see its name",
            "  this build has: wasip1, the tags small, Go 1.26.6",
        ]

    def test_a_go_that_does_not_fit_is_told_in_one_line(
        self, build: Build, with_tinygo: WithTinyGo
    ) -> None:
        with pytest.raises(ToolError) as caught:
            build(with_tinygo(version="0.40.1", go_to="1.25"))
        (line,) = str(caught.value).splitlines()
        assert line.startswith("compile: TinyGo 0.40.1 accepts Go 1.19 to 1.25, and Go is 1.26")
        assert "pin 1.25.5" in line

    @pytest.mark.parametrize(
        ("ends", "told"),
        [
            ("killed", "compile: tinygo 0.41.1: killed by SIGKILL"),
            ("hangs", "compile: tinygo 0.41.1: no end after 2 s"),
            ("without-file", "compile: tinygo ended well but wrote no module"),
            ("half", "compile: tinygo left a broken module"),
            ("garbage", "compile: tinygo left a broken module"),
        ],
    )
    def test_how_it_may_end(
        self, build: Build, with_tinygo: WithTinyGo, ends: str, told: str
    ) -> None:
        timeout = 2 if ends == "hangs" else 300
        with pytest.raises(ToolError) as caught:
            build(with_tinygo(ends=ends), timeout=timeout)
        assert str(caught.value).startswith(told)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    """The programs with a real TinyGo, from WASMTRIM_TINYGO or PATH."""
    named = os.environ.get("WASMTRIM_TINYGO") or shutil.which("tinygo")
    if not named:
        pytest.skip("no TinyGo: neither WASMTRIM_TINYGO nor PATH has one")
    folder = tmp_path_factory.mktemp("tinygo")
    locator = Locator(load(), folder, environ={**os.environ, "WASMTRIM_TINYGO": named})
    programs = [locator.find(name) for name in ("go", "wasm-tools", "tinygo")]
    return Programs(programs[0], programs[1], folder / "cache", tinygo=programs[2])


class TestRealTinyGo:
    """The same against TinyGo itself, where there is one; name a Go that fits by WASMTRIM_GO."""

    def test_a_small_module_and_all_that_is_noted(self, build: Build, real: Programs) -> None:
        result = build(real, **SMALLEST)
        assert len(result.module) < 50_000
        assert result.record.linked
        assert any(note.startswith(REFUSED) for note in result.record.notes)
        assert build(real, **SMALLEST).module == result.module

    def test_variables_are_set_by_the_linker(
        self, build: Build, real: Programs, guest: Path
    ) -> None:
        """Whether it refuses -s -w beside -X or not."""
        (guest / "word/word.go").write_text(NAMED)
        result = build(real, define={"example.com/guest/word.Name": "my own"})
        at = result.record.argv.index("-ldflags")
        named = "-X 'example.com/guest/word.Name=my own'"
        assert result.record.argv[at + 1] in (named, f"-s -w {named}")
        assert b"my own" in result.module

    def test_a_variable_with_a_value_is_set_or_told(
        self, build: Build, real: Programs, guest: Path
    ) -> None:
        (guest / "word/word.go").write_text(NAMED.replace("string\n", '= "nobody"\n', 1))
        result = build(real, define={"example.com/guest/word.Name": "my own"})
        assert (b"my own" in result.module) != (UNSET in str(result.record.notes))

    def test_another_failure_is_told_in_its_own_words(
        self, build: Build, real: Programs, guest: Path
    ) -> None:
        (guest / "word/word.go").write_text("package word\n\nfunc Of() string { return 1 }\n")
        with pytest.raises(ToolError, match="cannot use 1"):
            build(real)

    def test_a_program_for_another_build_is_told(
        self, build: Build, real: Programs, guest: Path
    ) -> None:
        for_another_build(guest)
        with pytest.raises(ToolError, match="all Go files are for another build"):
            build(real)

    def test_a_go_that_does_not_fit_is_told_in_one_line(
        self, build: Build, real: Programs, locator: Locator
    ) -> None:
        assert real.tinygo
        newer = locator.find("go")
        if newer.version.startswith(real.go.version[:4]):
            pytest.skip("the pinned Go fits")
        with pytest.raises(ToolError) as caught:
            build(replace(real, go=newer))
        assert len(str(caught.value).splitlines()) == 1
        assert "pin " in str(caught.value)


@pytest.mark.parametrize("name", ["wasm-opt", "wasm-tools"])
def test_tinygo_is_lent_what_it_calls(
    programs: Programs, locator: Locator, tmp_path: Path, name: str
) -> None:
    lent = tmp_path / "lent"
    replace(programs, wasm_opt=locator.find("wasm-opt")).lend(lent)
    said = subprocess.run([lent / name, "--version"], capture_output=True, check=True, text=True)
    assert said.stdout.startswith((f"{name} version 132", f"{name} 1."))


def test_a_component_of_tinygo_s_is_made_by_the_wasm_tools_lent(
    build: Build, with_tinygo: WithTinyGo
) -> None:
    """Its target wasip2 calls the first on PATH, and its release brings none."""
    result = build(with_tinygo(), target="wasip2")
    assert isinstance(wasm.read_binary(result.module), wasm.Component)
