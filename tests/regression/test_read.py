from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.regression.conftest import read_file

from wasmtrim import records
from wasmtrim.errors import CheckError, UsageError
from wasmtrim.records import StageRecord, ToolUsed
from wasmtrim.records.release import of_stages
from wasmtrim.regression.read import of_bytes
from wasmtrim.sizes import measure

EMPTY = b"\0asm\1\0\0\0"


@pytest.fixture
def dist(tmp_path: Path, assemble: Callable[[str], bytes]) -> Path:
    module = assemble("(module (func $main.run))")
    (tmp_path / "edge.wasm").write_bytes(module)
    stage = StageRecord("compile", ToolUsed("go", "1.26.6", True), (), 3.5)
    record = of_stages("edge", None, [], {}, [(stage, measure(module), None)])
    records.SIZES.write(tmp_path / "edge.sizes.json", record)
    return tmp_path


def test_a_module_from_anywhere_is_weighed_and_taken_apart(tmp_path: Path) -> None:
    (tmp_path / "any.wasm").write_bytes(EMPTY)

    found = read_file(tmp_path / "any.wasm")

    assert asdict(found.size) == asdict(measure(EMPTY))
    assert found.release is None
    assert found.inventory
    assert found.inventory.sections == {"header": 8}


def test_a_module_in_dist_knows_its_stages(dist: Path) -> None:
    release = read_file(dist / "edge.wasm").release

    assert release
    assert [stage.name for stage in release.stages] == ["compile"]


def test_a_size_record_knows_what_is_in_the_module_beside_it(dist: Path) -> None:
    found = read_file(dist / "edge.sizes.json").inventory

    assert found
    assert [function.name for function in found.functions] == ["main.run"]


def test_a_record_and_a_module_that_isnt_its_own_are_kept_apart(dist: Path) -> None:
    (dist / "edge.wasm").write_bytes(EMPTY)

    assert read_file(dist / "edge.sizes.json").inventory is None
    assert read_file(dist / "edge.wasm").release is None


def test_bytes_that_are_no_file_have_nothing_beside_them() -> None:
    found = of_bytes(EMPTY, "standard input", None)

    assert (found.label, found.size.raw, found.release) == ("standard input", 8, None)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "neither a WebAssembly module nor a size record nor a baseline"),
        (b"\xff\xfe", "neither a WebAssembly module nor a size record nor a baseline"),
        (b"null", "not a size record"),
        (b'{"schema": 1, "stages": []}', "not a size record"),
        (b"{" * 100_000, "neither a WebAssembly module nor a size record nor a baseline"),
    ],
)
def test_what_is_nothing_of_that_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "x").write_bytes(data)

    with pytest.raises(UsageError, match=message):
        read_file(tmp_path / "x")


def test_a_broken_module_says_where(tmp_path: Path) -> None:
    (tmp_path / "x.wasm").write_bytes(EMPTY + b"\x01\x05")

    with pytest.raises(CheckError, match=r"x\.wasm: .* at byte"):
        read_file(tmp_path / "x.wasm")


def test_the_unstripped_build_beside_a_module_tells_its_names(
    tmp_path: Path, assemble: Callable[[str], bytes]
) -> None:
    (tmp_path / "edge.wasm").write_bytes(assemble("(module (func))"))
    (tmp_path / "edge.unstripped.wasm").write_bytes(assemble("(module (func $main.run))"))

    found = read_file(tmp_path / "edge.wasm").inventory

    assert found
    assert [function.name for function in found.functions] == ["main.run"]
