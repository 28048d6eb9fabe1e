"""Whatever the bytes are, a stage gives a module or a line that says what is wrong with them."""

from __future__ import annotations

import multiprocessing
import resource
import sys
from pathlib import Path

import pytest
from tests.faults.test_hostile import HOSTILE

from wasmtrim.errors import WasmtrimError
from wasmtrim.stages import execution
from wasmtrim.stages.registry import STAGES
from wasmtrim.toolchain import Locator, load


def result(stage: str, data: bytes, folder: Path) -> tuple[str, int]:
    """Run a stage; give its complaint, if any, and the largest memory of a program, in bytes."""
    locator = Locator(load(), folder)
    made, complaint = STAGES[stage], ""
    try:
        execution.run(
            made,
            made.Settings(),
            data,
            ("sign-ext",),
            tool=locator.find(made.PROGRAM),
            wasm_tools=locator.find("wasm-tools"),
            timeout=60,
            folder=folder,
        )
    except WasmtrimError as error:
        complaint = str(error)
    unit = 1 if sys.platform == "darwin" else 1024
    return complaint, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit


SLOW = ("layout", "optimize")  # half a minute each


@pytest.mark.parametrize(
    "stage",
    [pytest.param(name, marks=[pytest.mark.long] * (name in SLOW)) for name in STAGES],
)
def test_hostile_bytes_end_in_a_module_or_a_line(stage: str, tmp_path: Path) -> None:
    # In a process of its own, whose children are this stage's programs and no others.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for kind, data in HOSTILE.items():
            complaint, memory = pool.apply(result, (stage, data, tmp_path))
            first = complaint.partition("\n")[0]
            assert first.isprintable(), kind
            assert not complaint or "byte" in first or first.startswith(f"{stage}: "), kind
            assert memory < 1 << 30, kind
    assert list(tmp_path.iterdir()) == []
