"""`wasmtrim assess`: exit status, formats, trial builds and the first profile."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.assess.test_hostile import GO_MOD, write
from tests.stand_ins import tinygo as stand_in

from wasmtrim import profile
from wasmtrim.assess import analysis, first_profile, trial
from wasmtrim.assess.facts import Facts, Main
from wasmtrim.cli.main import main
from wasmtrim.errors import CheckError, UsageError
from wasmtrim.toolchain import Locator, load

HELLO = 'package main\n\nfunc main() { println("hello") }\n'
BROKEN = "package main\n\nfunc main() { missing() }\n"


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, facts: Facts) -> Path:
    """A folder whose facts are those of the module with one of everything."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "code").mkdir()
    monkeypatch.setattr(analysis, "analyze", lambda *_, **__: facts)
    return tmp_path


def test_a_score_below_the_asked_one_ends_with_1(
    known: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assess", "code"]) == 0
    text = capsys.readouterr().out
    assert "not migratable as it is" in text
    assert main(["assess", "code", "--at-least", "10"]) == 0
    assert main(["assess", "code", "--at-least", "99.5"]) == 1


def test_the_weights_of_the_project_change_the_score(
    known: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def score() -> float:
        assert main(["assess", "code", "--format", "json"]) == 0
        found: float = json.loads(capsys.readouterr().out)["score"]
        return found

    before = score()
    write(known, {"config/assess.yaml": "weights: {io: 0, system: 100, timing: 0}\n"})
    assert score() < before - 20


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--at-least", "50"], "--at-least is for Go code, and x.wasm is a module"),
        (["--build"], "--build is for Go code"),
        (["--profile"], "--profile is for Go code"),
        (["--format", "sarif"], "--format sarif is for Go code"),
    ],
)
def test_options_for_code_are_refused_for_a_module(
    capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert main(["assess", "x.wasm", *options]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_a_module_is_assessed_by_its_imports(
    tmp_path: Path,
    assemble: Callable[[str], bytes],
    capsys: pytest.CaptureFixture[str],
    form: str,
) -> None:
    module = tmp_path / "x.wasm"
    module.write_bytes(assemble('(module (import "wasi_snapshot_preview1" "fd_write" (func)))'))
    assert main(["assess", str(module), "--format", form]) == 0
    assert "WASI preview 1" in capsys.readouterr().out


def test_a_browser_has_no_trial(known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess", "code", "--target", "browser", "--build"]) == 2
    assert "leave out --target browser" in capsys.readouterr().err


@pytest.mark.parametrize("score", ["101", "-1", "much", "nan"])
def test_a_score_is_from_0_to_100(capsys: pytest.CaptureFixture[str], score: str) -> None:
    with pytest.raises(SystemExit):
        main(["assess", "x", f"--at-least={score}"])
    assert "a number from 0 to 100" in capsys.readouterr().err


def test_a_main_package_is_built_and_gets_a_profile(tmp_path: Path, locator: Locator) -> None:
    folder = write(
        tmp_path / "code", {"go.mod": GO_MOD, "cmd/good/main.go": HELLO, "cmd/bad/main.go": BROKEN}
    )
    mains = [Main("m/cmd/good", "cmd/good"), Main("m/cmd/bad", "cmd/bad")]
    trials = [t for t in trial.build(folder, mains, locator, tmp_path / "cache")
              if t.build.compiler == "go"]  # fmt: skip
    good, bad = (one.build for one in trials)
    assert good.bytes
    assert bad.bytes is None
    assert [(s.file, s.line, s.message) for s in bad.said] == [
        ("cmd/bad/main.go", 3, "undefined: missing")
    ]

    written = first_profile.write(trials, folder, tmp_path)

    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "config/profiles/good.yaml",
        "SConstruct",
    ]
    loaded = profile.load("good", tmp_path).profile
    assert str(loaded.source) == "code/cmd/good"
    assert loaded.compiler.name == "go"
    assert "wasi_snapshot_preview1.fd_write" in loaded.contract.imports
    assert loaded.contract.exports == {"_start": "func()", "memory": "memory"}
    with pytest.raises(UsageError, match=r"good\.yaml: there already"):
        first_profile.write(trials, folder, tmp_path)


@pytest.mark.long  # a TinyGo has a cache of its own, in which Go's library is compiled again
def test_a_main_package_is_built_by_tinygo_where_it_is_at_hand(tmp_path: Path) -> None:
    program = stand_in.install(tmp_path / "tinygo")
    compilers = Locator(load(), tmp_path, environ={"WASMTRIM_TINYGO": str(program)})
    folder = write(
        tmp_path / "code", {"go.mod": GO_MOD, "cmd/good/main.go": HELLO, "cmd/bad/main.go": BROKEN}
    )
    mains = [Main("m/cmd/good", "cmd/good"), Main("m/cmd/bad", "cmd/bad")]
    trials = trial.build(folder, mains, compilers, tmp_path / "cache")
    builds = [one.build for one in trials]
    assert [(b.package, b.compiler, b.bytes is not None) for b in builds] == [
        ("m/cmd/good", "go", True),
        ("m/cmd/good", "tinygo", True),
        ("m/cmd/bad", "go", False),
        ("m/cmd/bad", "tinygo", False),
    ]
    written = first_profile.write(trials, folder, tmp_path)
    compiler = profile.load(written[0].stem, tmp_path).profile.compiler
    assert (compiler.name, compiler.fallback) == ("tinygo", True)


def test_nothing_built_is_no_profile(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="no main package was built"):
        first_profile.write([], tmp_path, tmp_path)
