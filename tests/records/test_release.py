"""What the size record says of a release and its stages."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wasmtrim import records
from wasmtrim.records import CompilerUsed, FileSize, StageRecord, ToolUsed
from wasmtrim.records.release import of_stages

OPT = ToolUsed("wasm-opt", "132", pinned=True)
GO = ToolUsed("go", "1.26.6", pinned=True)
LIGHT = FileSize(raw=10, gzip=8, brotli=6, sha256="0" * 64)
HEAVY = FileSize(raw=100, gzip=80, brotli=60, sha256="f" * 64)


def test_a_stage_record_outlives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "x.stage.json"
    for linked in (None, HEAVY):
        record = StageRecord("compile", GO, ("go", "build"), 1.5, ("a note",), linked)
        records.STAGE.write(path, record)
        assert records.STAGE.read(path) == record


def record(
    *stages: tuple[StageRecord, FileSize, int | None], remarks: Sequence[str] = ()
) -> dict[str, Any]:
    compiler = CompilerUsed("go", "1.26.6", fallback=True)
    release = of_stages("edge", compiler, ["sign-ext"], {}, stages, remarks)
    content: dict[str, Any] = json.loads(records.SIZES.text(release))
    return content


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
            "sha256": "f" * 64,
            "env": {},
            "brotli_exact": True,
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
            "sha256": "0" * 64,
            "env": {},
            "brotli_exact": True,
        },
    ]


def test_what_the_linker_made_is_a_row_before_the_compiler_s() -> None:
    compiled = StageRecord("compile", GO, ("tinygo", "build"), 2.0, linked=HEAVY)
    rows = record((compiled, LIGHT, None))["stages"]
    assert [(row["name"], row["raw"], row["seconds"]) for row in rows] == [
        ("link", 100, 0.0),
        ("compile", 10, 2.0),
    ]


def test_notes_say_what_is_not_pinned_and_what_each_stage_remarked() -> None:
    other = ToolUsed("wasm-opt", "108", pinned=False)
    stage = StageRecord("optimize", other, ("wasm-opt",), 1.0, ("changed nothing",))
    assert record((stage, LIGHT, None), remarks=["Go stands in"])["notes"] == [
        "Go stands in",
        "optimize: wasm-opt 108 is not proven to be the pinned one",
        "optimize: changed nothing",
    ]


def test_an_estimate_is_corrected_by_what_ships_and_is_told() -> None:
    """Quality 9 makes the shipped module 66 bytes of 60, so 110 stand for 100."""
    rough = dataclasses.replace(HEAVY, brotli=110, brotli_exact=False, sha256="a" * 64)
    shipped = dataclasses.replace(HEAVY, sha256="b" * 64)
    same = dataclasses.replace(rough, sha256=shipped.sha256)
    tool = ToolUsed("a program", "1", pinned=True)
    sizes = {"compile": rough, "strip": same, "optimize": shipped}
    rows = [(StageRecord(name, tool, (), 0.0), size, None) for name, size in sizes.items()]
    made = of_stages("p", None, (), {}, rows, quick=66)
    assert [(stage.brotli, stage.brotli_exact) for stage in made.stages] == [
        (100, False),
        (60, True),
        (60, True),
    ]
