"""The names of parts in the page's map, by the script that the page holds, run by Node.js."""

from __future__ import annotations

import json
import subprocess
from importlib import resources
from typing import Final

import pytest

from wasmtrim.toolchain import Locator

SCRIPT: Final = resources.files("wasmtrim").joinpath("report/page/parts.js")


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"name": "main.run", "package": "main", "group": "own"}, "run"),
        ({"name": "function 12: func() -> i32", "package": "(unknown)", "group": "unknown"}, "#12"),
        ({"name": "section code", "package": "", "group": "section"}, "code"),
    ],
    ids=["within its package", "without a name", "a section"],
)
def test_a_tile_has_the_name_that_tells_it_from_those_beside_it(
    row: dict[str, str], shown: str, locator: Locator
) -> None:
    script = f"{SCRIPT.read_text()}; console.log(short({json.dumps(row)}))"

    argv = [*locator.find("node").argv, "--eval", script]
    assert subprocess.check_output(argv, text=True).strip() == shown
