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
  const [values, box, least] = JSON.parse(line);
  console.log(JSON.stringify(least ? squarifyWithRest(values, box, least) : squarify(values, box)));
});"""

Box = dict[str, float]
LEAST: Final = {"width": 4, "height": 4}
Squarify = Callable[..., Any]


@pytest.fixture(scope="module")
def squarify(locator: Locator) -> Iterator[Squarify]:
    """The functions of the page: a line to Node.js and one back for each call."""
    argv = [*locator.find("node").argv, "--eval", SCRIPT.read_text() + ANSWER]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True) as node:

        def call(values: list[float], box: Box, least: Box | None = None) -> Any:
            assert node.stdin
            assert node.stdout
            print(json.dumps([values, box, least]), file=node.stdin, flush=True)
            return json.loads(node.stdout.readline())

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


def test_values_too_small_for_a_tile_share_one(squarify: Squarify) -> None:
    values = [600, 300, *[1] * 60]

    found = squarify(values, {"x": 0, "y": 0, "width": 96, "height": 10}, LEAST)

    assert found["kept"] == 2
    assert [round(tile["width"] * tile["height"]) for tile in found["tiles"]] == [600, 300, 60]


def test_values_that_are_all_too_small_do_not_fit(squarify: Squarify) -> None:
    box = {"x": 0, "y": 0, "width": 10, "height": 10}

    assert not squarify([1] * 60, box, LEAST)["fits"]
    assert squarify([1] * 4, box, LEAST)["fits"]


def test_a_rest_that_is_too_small_gets_room_and_hides_no_larger_value(squarify: Squarify) -> None:
    values = [150_000, 5_000, 20, 10]

    found = squarify(values, {"x": 0, "y": 0, "width": 1000, "height": 400}, LEAST)

    assert found["kept"] == 2
    assert all(tile["width"] >= 4 and tile["height"] >= 4 for tile in found["tiles"])


def test_many_small_values_have_a_tile_each_as_long_as_there_is_room(squarify: Squarify) -> None:
    values = [round(100_000 / n) for n in range(1, 1301)]

    found = squarify(values, {"x": 0, "y": 0, "width": 200, "height": 150}, LEAST)

    assert 150 < found["kept"] < 250
    assert all(tile["width"] >= 4 and tile["height"] >= 4 for tile in found["tiles"])


@given(st.lists(sizes, min_size=1, max_size=60), sides, sides)
def test_with_a_rest_every_tile_is_large_enough_or_every_value_has_one(
    squarify: Squarify, values: list[float], width: float, height: float
) -> None:
    values.sort(reverse=True)

    found = squarify(values, {"x": 0, "y": 0, "width": width, "height": height}, LEAST)

    kept, tiles = found["kept"], found["tiles"]
    if kept == len(values):
        assert len(tiles) == kept
    else:
        assert len(tiles) == kept + 1
        assert all(tile["width"] >= 4 and tile["height"] >= 4 for tile in tiles)
    assert sum(tile["width"] * tile["height"] for tile in tiles) == pytest.approx(width * height)
