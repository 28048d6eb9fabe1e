"""What lies beside a module and tells whose its functions are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim import records, wasm
from wasmtrim.attribution.names import sources
from wasmtrim.cli.main import main
from wasmtrim.records import FileSize, StageRecord, ToolUsed
from wasmtrim.records.release import of_stages
from wasmtrim.sizes import sha256
from wasmtrim.wasm import names

TEXT = """(module
  (func $github.com/acme/app/shape.Draw (export "_start") call $example.org/dep.Help)
  (func $example.org/dep.Help call $dep.Other)
  (func $dep.Other call $fmt.Println)
  (func $fmt.Println))"""
GROUPS = {
    "github.com/acme/app/shape": "own",
    "example.org/dep": "third party",
    "dep": "third party",
}


@pytest.fixture
def module(wat: Callable[[str], wasm.Module], tmp_path: Path) -> Path:
    path = tmp_path / "app.wasm"
    path.write_bytes(wat(TEXT).data)
    return path


def record(module: Path, groups: object, digest: str = "") -> None:
    size = FileSize(9, 9, 9, digest or sha256(module.read_bytes()))
    stage = StageRecord("compile", ToolUsed("go", "1.26.6", pinned=True), (), 1.0)
    content = json.loads(records.SIZES.text(of_stages("app", None, [], {}, [(stage, size, None)])))
    module.with_suffix(".sizes.json").write_text(json.dumps(content | {"groups": groups}))


def groups(module: Path) -> list[str]:
    data = module.read_bytes()
    found = sources.beside(module, data).owners(data)
    return [found.group(index).name for index in range(4)]


def test_the_size_record_tells_own_from_third_party(
    module: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(module, GROUPS)
    assert groups(module) == ["own", "third party", "third party", "standard library"]
    assert main(["sizes", str(module)]) == 0
    out = capsys.readouterr().out
    assert "github.com/acme/app/shape  [own]\n" in out
    assert out.endswith("own and third party from: go list, when it was built\n")


def test_without_one_the_names_alone_tell_and_that_is_said(
    module: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert groups(module) == ["third party", "third party", "own", "standard library"]
    assert main(["sizes", str(module)]) == 0
    assert capsys.readouterr().out.endswith("with a ?: a guess from the name alone\n")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "7", '{"stages": []}', '{"groups": {"a": "own"}}']
)
def test_a_record_that_is_none_tells_nothing(module: Path, content: str) -> None:
    module.with_suffix(".sizes.json").write_text(content)
    assert sources.beside(module, module.read_bytes()).proof.packages == {}


@pytest.mark.parametrize("odd", [None, [], "own", {"dep": "runtime"}, {"dep": 7}, {"dep": []}])
def test_groups_of_another_form_tell_nothing(module: Path, odd: object) -> None:
    record(module, odd)
    assert sources.beside(module, module.read_bytes()).proof.packages == {}


def test_a_record_of_another_build_tells_nothing(module: Path) -> None:
    record(module, GROUPS, digest="0" * 64)
    assert sources.beside(module, module.read_bytes()).proof.packages == {}


def test_an_unstripped_build_tells_the_names_and_the_record_whose_they_are(module: Path) -> None:
    module.with_suffix(".unstripped.wasm").write_bytes(module.read_bytes())
    module.write_bytes(names.without(module.read_bytes()))
    record(module, GROUPS)
    assert groups(module) == ["own", "third party", "third party", "standard library"]
