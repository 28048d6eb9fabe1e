"""The layout of the page's treemap, by the script that the page holds, run by Node.js."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from importlib import resources
from itertools import combinations
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.toolchain import Locator

SCRIPT: Final = resources.files("wasmtrim").joinpath("report/page/squarify.js")
ANSWER: Final = """
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify(squarify(...JSON.parse(line))));
});"""

Box = dict[str, float]
Squarify = Callable[[list[float], Box], list[Box]]


@pytest.fixture(scope="module")
def squarify(locator: Locator) -> Iterator[Squarify]:
    """The function of the page: a line to Node.js and one back for each call."""
    argv = [*locator.find("node").argv, "--eval", SCRIPT.read_text() + ANSWER]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True) as node:

        def call(values: list[float], box: Box) -> list[Box]:
            assert node.stdin
            assert node.stdout
            print(json.dumps([values, box]), file=node.stdin, flush=True)
            tiles: Any = json.loads(node.stdout.readline())
            return list(tiles)

        yield call
        node.terminate()


def test_the_example_of_the_paper(squarify: Squarify) -> None:
    tiles = squarify([6, 6, 4, 3, 2, 2, 1], {"x": 0, "y": 0, "width": 6, "height": 4})

    rounded = [tuple(round(side, 2) for side in tile.values()) for tile in tiles]
    assert rounded == [
        (0, 0, 3, 2),
        (0, 2, 3, 2),
        (3, 0, 1.71, 2.33),
        (4.71, 0, 1.29, 2.33),
        (3, 2.33, 1.2, 1.67),
        (4.2, 2.33, 1.2, 1.67),
        (5.4, 2.33, 0.6, 1.67),
    ]


sizes = st.integers(1, 10_000_000)
sides = st.floats(1, 4000)


@given(st.lists(sizes, min_size=1, max_size=40), sides, sides)
def test_tiles_are_in_proportion_within_the_box_and_apart(
    squarify: Squarify, values: list[float], width: float, height: float
) -> None:
    values.sort(reverse=True)

    tiles = squarify(values, {"x": 10, "y": 20, "width": width, "height": height})

    scale, hair = width * height / sum(values), 1e-6 * max(width, height)
    for value, tile in zip(values, tiles, strict=True):
        assert tile["width"] * tile["height"] == pytest.approx(value * scale, rel=1e-6)
        assert tile["x"] >= 10 - hair
        assert tile["y"] >= 20 - hair
        assert tile["x"] + tile["width"] <= 10 + width + hair
        assert tile["y"] + tile["height"] <= 20 + height + hair
    for one, other in combinations(tiles, 2):
        assert any(
            before[start] + before[side] <= after[start] + hair
            for start, side in (("x", "width"), ("y", "height"))
            for before, after in ((one, other), (other, one))
        )


def test_nothing_has_no_tiles(squarify: Squarify) -> None:
    assert squarify([], {"x": 0, "y": 0, "width": 6, "height": 4}) == []
