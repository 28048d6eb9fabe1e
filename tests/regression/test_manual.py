"""The manual's examples are what they say they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from wasmtrim.profile import Profile

MANUAL = (Path(__file__).parents[2] / "docs" / "regression.md").read_text()


def test_the_budgets_and_waivers_shown_are_valid() -> None:
    shown: dict[str, Any] = {}
    for block in re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL):
        shown |= yaml.load(block, yaml.BaseLoader)
    for entry in shown["budget"]:
        for key in ("growth", "growth_percent", "at_most"):
            if key in entry and entry[key].replace(".", "").isdecimal():
                entry[key] = float(entry[key]) if key == "growth_percent" else int(entry[key])

    profile = Profile.model_validate({"source": "x", **shown})

    scopes = [str(budget.scope) for budget in profile.budget]
    assert scopes[2:5] == ["package fmt", "function main.render", "unknown"]
    assert profile.waivers[0].extra == 20 << 10


def test_the_files_that_are_linked_are_there() -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", MANUAL):
        assert (Path(__file__).parents[2] / "docs" / link).exists()
