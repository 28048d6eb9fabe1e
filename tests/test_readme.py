"""The README's first command installs all that the release of this repository needs."""

from __future__ import annotations

import re
from pathlib import Path

from wasmtrim import profile

ROOT = Path(__file__).parents[1]


def test_the_first_command_installs_the_extras_of_the_profiles() -> None:
    first = re.search(r"pip install -e '\.\[(.+?)\]' && \.venv/bin/scons release",
                      (ROOT / "README.md").read_text())  # fmt: skip
    assert first
    loaded = [profile.load(name, ROOT).profile for name in profile.names(ROOT)]
    extras = {"toolchain"} | ({"nn"} if any(each.nn for each in loaded) else set())
    assert extras <= set(first[1].split(","))
