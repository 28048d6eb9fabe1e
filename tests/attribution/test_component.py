"""A component is accounted for as a module is: each byte once, the program's functions by name."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.attribution.sums import check_sums
from tests.conftest import WASM_TOOLS, assembled

from wasmtrim import wasm
from wasmtrim.attribution import NameSources, breakdown, rows
from wasmtrim.attribution.compressed import gzip_shares
from wasmtrim.cli.main import main
from wasmtrim.regression import inventory

TEXT = """
(component
  (core module $program
    (func $own (export "run") (call $deep))
    (func $deep)
    (memory (export "memory") 1)
    (data (i32.const 8) "some data"))
  (core module $shim (func $other (export "0")) (func))
  (component $inner (core module (func $third)) (type (func)))
  (core instance $made (instantiate $program))
  (func $run (canon lift (core func $made "run")))
  (export "run" (func $run))
  (@custom "note" "hello"))
"""


@pytest.fixture(scope="module")
def named() -> bytes:
    return assembled(TEXT)


@pytest.fixture(scope="module")
def shipped(named: bytes) -> bytes:
    argv = [WASM_TOOLS, "strip", "--delete=^name$", "-"]
    return subprocess.run(argv, input=named, check=True, capture_output=True).stdout


def test_each_byte_is_in_one_row(named: bytes) -> None:
    at = 0
    for item in rows(NameSources().owners(named)):
        assert item.offset == at
        at += item.bytes
    assert at == len(named)


def test_rows_that_say_the_same_are_one_in_the_sums(named: bytes) -> None:
    check_sums(rows(NameSources().owners(named), open_data=True))


def test_what_is_of_the_program_has_its_own_sections(named: bytes) -> None:
    found = rows(NameSources().owners(named))
    sections = {item.section for item in found}
    assert {"code", "data", "code of module 1", "code of module 2", "note"} <= sections
    assert {"component header", "component type", "component core module"} <= sections
    functions = [item for item in found if item.kind == "function"]
    assert [(item.name, item.number) for item in functions] == [
        ("own", 0),
        ("deep", 1),
        ("other", None),
        ("function 1: func()", None),
        ("third", None),
    ]
    shares = gzip_shares(named, found.bounds)
    assert len(shares.rows) == len(found)


def test_an_unstripped_build_names_the_program(named: bytes, shipped: bytes) -> None:
    assert len(shipped) < len(named)
    name_sources = NameSources(named)
    assert name_sources.owners(shipped).name_sources[0] == "unstripped build"
    names = [item.name for item in rows(name_sources.owners(shipped)) if item.number is not None]
    assert {"own", "deep"} <= set(names)


def test_the_regression_check_sees_the_program_and_the_components_face(named: bytes) -> None:
    found = inventory.of_module(named)
    assert sum(found.sections.values()) == len(named)
    assert [function.name for function in found.functions] == ["own", "deep"]
    assert found.exports == ("run: func",)
    for metric in ("gzip", "brotli"):
        costs = found.costs(metric)
        assert costs is not None
        assert set(costs.sections) == set(found.sections)


def test_the_page_shows_its_parts(named: bytes) -> None:
    found = breakdown.of_module(named)
    rest = sum(size.bytes for size in found.rest.values())
    assert rest + sum(part.bytes for part in found.functions) == len(named)
    assert sum(found.sections.values()) == len(named)
    assert found.functions[0].retained > found.functions[0].bytes, "what only it calls is with it"


def test_a_component_without_a_module(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "empty.wasm"
    path.write_bytes(assembled("(component)"))
    assert main(["sizes", str(path), "--json"]) == 0
    [item] = json.loads(capsys.readouterr().out)["items"]
    assert (item["kind"], item["section"]) == ("header", "component header")
    assert (item["name"], item["offset"], item["bytes"]) == ("magic and version", 0, 8)
    assert main(["sizes", str(path)]) == 0
    assert isinstance(wasm.read_binary(path.read_bytes()), wasm.Component)


def test_why_asks_the_program(
    named: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "it.wasm").write_bytes(named)
    assert main(["why", str(tmp_path / "it.wasm"), "deep"]) == 0
    assert "the module exports run" in capsys.readouterr().out
