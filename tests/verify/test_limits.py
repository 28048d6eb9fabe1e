"""What the host allows, and what is said where only the other compiler has to keep to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.verify import running

from wasmtrim import wasm
from wasmtrim.check import Check, Outcome, failed, held
from wasmtrim.profile import Limits
from wasmtrim.records import FileSize
from wasmtrim.verify import limits, sandbox

Assemble = Callable[..., Path]
SIZE = FileSize(raw=2000, gzip=1000, brotli=900, sha256="")


def sizes(compiler: str | None, **given: Any) -> list[Check]:
    return limits.check_sizes(SIZE, Limits.model_validate(given), compiler)


def test_what_has_no_limit_has_no_check() -> None:
    assert sizes("go") == []


def test_a_limit_holds_up_to_itself() -> None:
    assert sizes("go", raw=2000) == [held("size raw", "2,000 of 2,000 bytes")]
    assert sizes("go", gzip="999 B") == [
        failed("size gzip", "1,000 bytes, 1 more than limits.gzip allows (999)")
    ]


@pytest.mark.parametrize(
    ("compiler", "outcome", "detail"),
    [
        ("tinygo", Outcome.FAILED, "2,000 bytes, 1,000 more than limits.raw allows (1,000)"),
        (
            "go",
            Outcome.NOT_JUDGED,
            "not judged (fallback): 2,000 bytes; tinygo has 1,000 to keep to",
        ),
        (None, Outcome.FAILED, "2,000 bytes, 1,000 more than limits.raw allows (1,000)"),
    ],
    ids=["its own", "the other's", "of a ready module"],
)
def test_a_limit_for_one_compiler(compiler: str | None, outcome: Outcome, detail: str) -> None:
    assert sizes(compiler, raw={"tinygo": 1000}) == [Check("size raw", outcome, detail)]


def test_a_run_may_go_on_beyond_its_fuel_so_that_the_report_can_say_how_far() -> None:
    run = limits.of_run(Limits.model_validate({"fuel": "1 M", "memory": 0}), "go")
    assert (run.fuel, run.memory) == (10_000_000, 0)
    assert limits.of_run(Limits(), None) == sandbox.RunLimits()


def test_memory_is_what_it_asks_for_or_what_it_came_to(module: Assemble, tmp_path: Path) -> None:
    path = module("""(module (memory (export "memory") 1)
      (func (export "_start") (drop (memory.grow (i32.const 2)))))""")
    found = wasm.read(path.read_bytes())
    given = Limits.model_validate({"memory": "1 MiB", "table": 5})
    asked, table = limits.check_memory(found, None, given, "go")
    assert asked.detail == "65,536 of 1,048,576 bytes at the start"
    assert table.detail == "0 of 5 elements at the start"
    run = running.run(path, tmp_path / "run")
    assert run.memory is not None
    room = limits.Room(run.memory, run.elements or 0)
    came, _ = limits.check_memory(found, room, given, "go")
    assert came.detail == "196,608 of 1,048,576 bytes after its run; 65,536 at the start"
