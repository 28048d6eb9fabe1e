"""Real modules from the Go module proxy: each has the verdict that was written down before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.assess.conftest import analyze
from tests.assess.real_modules import MODULES, RealModule

from wasmtrim.assess import rules, scoring, tinygo_support
from wasmtrim.toolchain import Locator


def fetched(module: RealModule, into: Path, locator: Locator) -> Path:
    """A copy of the module that can be written to, as a checkout is."""
    go = locator.find("go")
    environment = {**os.environ, **go.env, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
    argv = [*go.argv, "mod", "download", "-json", f"{module.path}@{module.version}"]
    done = subprocess.run(argv, cwd=into, env=environment, capture_output=True, text=True)
    answer = json.loads(done.stdout)
    if "Error" in answer:
        pytest.skip(f"the module proxy has it not: {answer['Error'][:200]}")
    folder = into / "module"
    shutil.copytree(answer["Dir"], folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
    return folder


@pytest.mark.long
@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.path)
def test_a_real_module_has_the_expected_verdict(
    tmp_path: Path, locator: Locator, module: RealModule
) -> None:
    facts = analyze(fetched(module, tmp_path, locator), locator)
    known = rules.load()
    support = tinygo_support.load("0.41.1")
    assessment = scoring.assess(facts, known, known.weights, "wasip1", support)
    assert assessment.verdict == module.verdict
    assert bool(module.told) == bool(module.why), "a disagreement is explained"
