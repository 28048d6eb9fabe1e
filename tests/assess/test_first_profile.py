"""`wasmtrim init`: what it writes for a ready module and a component, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.assess.test_command import HELLO
from tests.assess.test_hostile import GO_MOD, write

from wasmtrim import profile
from wasmtrim.assess import main_packages
from wasmtrim.assess.facts import Main
from wasmtrim.cli.main import main
from wasmtrim.toolchain import Locator

LIBRARY = """(module (import "env" "log" (func $log (param i32)))
  (memory (export "memory") 1 2)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "odd*name") (call $log (i32.const 1)))
  (func (export "line\\nbreak")))"""
COMPONENT = """(component
  (import "example:shop/cart" (instance))
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func (export "run") (canon lift (core func $i "f"))))"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_ready_module_gets_its_own_contract(
    project: Path, assemble: Callable[[str], bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "lib.wasm").write_bytes(assemble(LIBRARY))

    assert main(["init", "lib.wasm"]) == 0

    assert capsys.readouterr().out == (
        "wrote config/profiles/lib.yaml\nwrote SConstruct\n"
        "next: fill in the smoke run in config/profiles/lib.yaml, then run: scons release\n"
    )
    loaded = profile.load("lib", project).profile
    assert str(loaded.module) == "lib.wasm"
    assert loaded.contract.imports == {"env.log": "func(i32)"}
    assert loaded.contract.exports == {
        "add": "func(i32, i32) -> i32",
        "line*": "any",
        "memory": "memory",
        "odd*": "any",
    }
    assert loaded.contract.features == ()
    assert loaded.limits.raw.go == len((project / "lib.wasm").read_bytes())
    file = project / "config/profiles/lib.yaml"
    text = file.read_text()
    assert 'call: {export: "add"' in text
    assert loaded.metric is None
    file.write_text(text.replace("# metric", "metric"))
    assert profile.load("lib", project).profile.metric == "gzip"


def test_a_component_gets_the_contract_of_its_world(
    project: Path, assemble: Callable[[str], bytes]
) -> None:
    (project / "shop.wasm").write_bytes(assemble(COMPONENT))
    assert main(["init", "shop.wasm"]) == 0
    assert "metric" not in (project / "config/profiles/shop.yaml").read_text()
    contract = profile.load("shop", project).profile.contract
    assert contract.imports == {"example:shop/cart*": "any"}
    assert contract.exports == {"run": "func"}


def test_nothing_is_overwritten(
    project: Path, assemble: Callable[[str], bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "lib.wasm").write_bytes(assemble(LIBRARY))
    write(project, {"SConstruct": "# mine\n"})
    assert main(["init", "lib.wasm"]) == 0
    assert "SConstruct was there already" in capsys.readouterr().out
    assert (project / "SConstruct").read_text() == "# mine\n"
    assert main(["init", "lib.wasm"]) == 2
    assert "lib.yaml: there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("/", "outside of the project"),
        ("none.wasm", "none.wasm: no such file"),
        ("text.wasm", "text.wasm: header at byte 0: not WebAssembly"),
        ("empty", "empty: no Go main package for WASI is there"),
    ],
)
def test_what_has_no_profile_is_said(
    project: Path, capsys: pytest.CaptureFixture[str], subject: str, said: str
) -> None:
    write(project, {"text.wasm": "no module", "empty/go.mod": GO_MOD})
    assert main(["init", subject]) in (1, 2)
    assert said in capsys.readouterr().err


def test_a_go_mod_that_is_newer_than_the_pin_names_the_file_that_pins(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"go.mod": "module a\n\ngo 1.99\n", "main.go": HELLO})
    assert main(["init"]) == 3
    said = capsys.readouterr().err
    assert "go.mod asks for Go 1.99, and Go is 1." in said
    assert "pin 1.99 or newer in config/toolchain.yaml" in said


def test_main_packages_are_found_by_go(project: Path, locator: Locator) -> None:
    write(
        project,
        {"go.mod": GO_MOD, "a/main.go": HELLO, "b/b.go": "package b\n", "c/main_linux.go": HELLO},
    )
    assert main_packages.find(project, project, locator.find("go")) == [
        Main("example.com/strange/a", "a")
    ]


def test_a_module_with_models_gets_their_host_functions(
    project: Path, assemble: Callable[[str], bytes]
) -> None:
    text = '(module (import "wasi_ephemeral_nn" "compute" (func (param i32) (result i32))))'
    (project / "asks.wasm").write_bytes(assemble(text))
    assert main(["init", "asks.wasm"]) == 0
    assert profile.load("asks", project).profile.nn == profile.Nn()
