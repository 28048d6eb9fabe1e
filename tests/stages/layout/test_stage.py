"""Layout as a stage of a chain: run as a command in a child, and checked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wasmtrim import wasm
from wasmtrim.errors import ToolError
from wasmtrim.profile import Profile
from wasmtrim.stages import layout
from wasmtrim.stages.registry import of

if TYPE_CHECKING:
    from tests.stages.conftest import Run

TWO = '(module (memory 1) (data (i32.const 8) "one") (data (i32.const 11) "two"))'


def test_a_profile_with_a_metric_has_the_stage_after_optimize() -> None:
    names = [stage.NAME for stage in of(Profile(metric="gzip"))]
    assert names[-2:] == ["optimize", "layout"]
    assert "layout" not in [stage.NAME for stage in of(Profile())]


def test_the_record_has_a_command_that_anyone_can_run(
    run: Run, assemble: Callable[[str], bytes]
) -> None:
    result = run("layout", assemble(TWO), metric="gzip")
    assert len(wasm.read(result.module).segments) == 1
    assert result.record.argv == (
        "wasmtrim",
        "layout",
        "in.wasm",
        "--out=out.wasm",
        "--metric=gzip",
    )
    assert result.record.notes == (
        "data segments: 1 in place of 2",
        "exact: undone, it is the input byte for byte; memories and tables are the same",
    )


def test_what_cannot_be_moved_runs_nothing(run: Run, assemble: Callable[[str], bytes]) -> None:
    data = assemble('(module (@custom "linking" "\\02"))')
    result = run("layout", data, metric="raw")
    assert result.module == data
    assert result.record.argv == ()
    assert result.record.notes == (
        "the custom section 'linking' may hold indices or offsets; unchanged",
    )


def test_another_memory_is_refused(assemble: Callable[[str], bytes]) -> None:
    before, after = (wasm.read(assemble(text)) for text in (TWO, TWO.replace("two", "too")))
    with pytest.raises(ToolError, match="the memories differ"):
        layout.check(layout.Settings(), before, after)


def test_the_check_loads_no_numpy(assemble: Callable[[str], bytes], tmp_path: Path) -> None:
    """A release checks in its own process, which needs numpy for nothing else."""
    before = assemble(TWO)
    made = layout.arrange(before, "gzip")
    assert isinstance(made, layout.Arranged)
    for name, data in (("before", before), ("after", made.module)):
        (tmp_path / name).write_bytes(data)
    code = """if True:
        import pathlib, sys
        from wasmtrim import wasm
        from wasmtrim.stages import layout
        read = [wasm.read(pathlib.Path(name).read_bytes()) for name in ("before", "after")]
        print(layout.check(layout.Settings(), *read)[0], "numpy" in sys.modules)
    """
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout == "data segments: 1 in place of 2 False\n"
