"""How many planted faults the guest's cases find, of those that generated inputs show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.guest.programs import Build
from tests.verify.mutants.planting import planted

from wasmtrim import profile, records, wasm
from wasmtrim.verify import equivalence, mutants, run_smoke
from wasmtrim.verify.mutants.trials import Found
from wasmtrim.verify.run import Run

ROOT = Path(__file__).parents[2]
COMMITTED = sorted((ROOT / records.STRENGTH_FOLDER).glob("*.json"))


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_the_committed_cases_find_nearly_all_faults_that_any_input_shows(path: Path) -> None:
    found = records.STRENGTH.read(path)
    assert found.mutants >= 200
    assert found.found_by_cases >= 0.95 * found.shown
    assert profile.load(path.stem, ROOT).profile.smoke


@pytest.mark.long
def test_what_is_found_is_what_shows_in_mutants_of_their_own(
    build: Callable[..., Build], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    loaded = profile.load("gif-edge-strict", ROOT).profile
    path = build("gif", "small").path
    run_smoke(path, loaded, "go", ROOT, tmp_path)
    found = mutants.measure(path, loaded, "go", tmp_path, ROOT, count=18, seed=1, name_of=str)
    module = wasm.read(path.read_bytes())
    for number, (fault, how) in enumerate(found.faults):
        mutant, into = tmp_path / f"{number}.wasm", tmp_path / str(number)
        mutant.write_bytes(planted(module, fault))
        run_smoke(mutant, loaded, "go", ROOT, into)
        folders = [(tmp_path / case.folder, into / case.folder) for case in loaded.smoke]
        changed = any(
            equivalence.difference(Run.read(old), old, Run.read(new), new) for old, new in folders
        )
        assert changed == (how is Found.CASES), fault
    assert found.count(Found.CASES)
    # Nothing is planted where the cases do not come.
    assert {fault.function for fault, _ in found.faults} - {None} <= found.coverage.entered
    assert found.coverage.functions < found.coverage.all_functions
