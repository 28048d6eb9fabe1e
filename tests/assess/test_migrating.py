"""docs/migrating.md from start to end: its files are written, and its commands run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "migrating.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", MANUAL, re.MULTILINE | re.DOTALL)


def run(block: str, folder: Path) -> None:
    """Run a block's commands; each line that is shown below is in what they print, in order."""
    command, *shown = block.removeprefix("$ ").splitlines()
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    argv = ["bash", "-c", command]
    done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, timeout=900)
    told = done.stdout + done.stderr
    assert done.returncode in (0, -15), told
    at = 0
    for line in shown:
        found = told.find(line, at)
        assert found >= 0, f"{line!r} is not in\n{told[at:]}"
        at = found + len(line)


@pytest.mark.long  # a release with wasm-opt on a module of 3 MB
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_way_of_the_manual_leads_to_a_served_module(tmp_path: Path) -> None:
    for kind, text in BLOCKS:
        first, _, rest = text.partition("\n")
        if kind == "console":
            run(text, tmp_path)
        elif first.startswith("// "):
            file = tmp_path / first.removeprefix("// ")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text if kind == "go" else rest)
        elif first.startswith("# appended to "):
            with (tmp_path / first.removeprefix("# appended to ")).open("a") as profile:
                profile.write(rest)


def test_the_files_that_are_linked_are_there() -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", MANUAL):
        assert (ROOT / "docs" / link).exists(), link
