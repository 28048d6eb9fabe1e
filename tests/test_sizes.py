"""The size record: what a module weighs, the same on every machine, and what it says of a stage."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
from pathlib import Path

import brotli
import deflate
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim import sizes
from wasmtrim.sizes import CompilerUsed, FileSize, StageRecord, ToolUsed

OPT = ToolUsed("wasm-opt", "132", pinned=True)
GO = ToolUsed("go", "1.26.6", pinned=True)
LIGHT = FileSize(raw=10, gzip=8, brotli=6, sha256="00")
HEAVY = FileSize(raw=100, gzip=80, brotli=60, sha256="ff")


def test_a_weight_is_that_of_the_bytes() -> None:
    module = b"\0asm\1\0\0\0" * 100
    size = sizes.measure(module)
    assert size.raw == 800
    assert size.brotli == len(brotli.compress(module, quality=11))
    assert size.sha256 == hashlib.sha256(module).hexdigest()
    assert size.gzip == len(deflate.gzip_compress(module, 9))
    assert gzip.decompress(deflate.gzip_compress(module, 9)) == module


def test_figures_move_only_with_the_libraries() -> None:
    """Where one moves, the compressor's version moved: say so in the change log."""
    module = bytes(range(256)) * 64
    assert sizes.measure(module) == FileSize(
        raw=16384,
        gzip=397,
        brotli=217,
        sha256="a1f259d4365ed4320c377ce26f5c8c56dcdc9a89e7b641bfd8eabfbbeac86654",
    )


@given(st.binary(max_size=2000))
def test_any_bytes_have_a_weight(data: bytes) -> None:
    """The same each time; and none is lighter than its container."""
    size = sizes.measure(data)
    assert size == sizes.measure(data)
    assert size.gzip >= 18
    assert size.brotli >= 1


def test_a_stage_record_outlives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "x.stage.json"
    for linked in (None, HEAVY):
        record = StageRecord("compile", GO, ("go", "build"), 1.5, ("a note",), linked)
        sizes.write_json(path, dataclasses.asdict(record))
        assert sizes.read_stage(path) == record


def record(
    *stages: tuple[StageRecord, FileSize, int | None], **options: object
) -> dict[str, object]:
    compiler = CompilerUsed("go", "1.26.6", fallback=True)
    return sizes.release_record("edge", compiler, ["sign-ext"], stages, **options)  # type: ignore[arg-type]


def test_a_release_lists_its_stages_in_the_order_run() -> None:
    content = record(
        (StageRecord("compile", GO, ("go", "build"), 2.0), HEAVY, 7),
        (StageRecord("optimize", OPT, ("wasm-opt", "-Oz"), 1.0), LIGHT, None),
    )
    assert content["compiler"] == {"name": "go", "version": "1.26.6", "fallback": True}
    assert content["stages"] == [
        {
            "name": "compile",
            "tool": {"name": "go", "version": "1.26.6", "pinned": True},
            "argv": ["go", "build"],
            "raw": 100,
            "gzip": 80,
            "brotli": 60,
            "fuel": 7,
            "seconds": 2.0,
            "sha256": "ff",
        },
        {
            "name": "optimize",
            "tool": {"name": "wasm-opt", "version": "132", "pinned": True},
            "argv": ["wasm-opt", "-Oz"],
            "raw": 10,
            "gzip": 8,
            "brotli": 6,
            "fuel": None,
            "seconds": 1.0,
            "sha256": "00",
        },
    ]


def test_what_the_linker_made_is_a_row_before_the_compiler_s() -> None:
    compiled = StageRecord("compile", GO, ("tinygo", "build"), 2.0, linked=HEAVY)
    rows = record((compiled, LIGHT, None))["stages"]
    assert isinstance(rows, list)
    assert [(row["name"], row["raw"], row["seconds"]) for row in rows] == [
        ("link", 100, 0.0),
        ("compile", 10, 2.0),
    ]


def test_notes_say_what_is_not_pinned_and_what_each_stage_remarked() -> None:
    other = ToolUsed("wasm-opt", "108", pinned=False)
    stage = StageRecord("optimize", other, ("wasm-opt",), 1.0, ("changed nothing",))
    assert record((stage, LIGHT, None), remarks=["Go stands in"])["notes"] == [
        "Go stands in",
        "optimize: wasm-opt 108 is not the pinned version",
        "optimize: changed nothing",
    ]
