"""How many planted faults the guest's case finds, of those that generated inputs show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.guest.programs import Build

from wasmtrim import profile
from wasmtrim.verify import mutants, run_smoke
from wasmtrim.verify.mutants.strength import Found

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_the_guests_case_finds_planted_faults(
    build: Callable[..., Build], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    loaded = profile.load("gif-edge-strict", ROOT).profile
    module = build("gif", "small").path
    run_smoke(module, loaded, "go", ROOT, tmp_path)
    found = mutants.measure(module, loaded, "go", tmp_path, ROOT, count=18, seed=1)
    assert sum(found.count(how) for how in Found) == 18
    assert found.count(Found.CASES)
    # Nothing is planted where the case does not come.
    planted = {fault.function for fault, _ in found.faults} - {None}
    assert planted <= found.coverage.entered
    assert found.coverage.functions < found.coverage.all_functions
