"""What a search for a recipe tried, in the report of the profile that has the recipe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wasmtrim.report import html, terminal
from wasmtrim.report.pareto import pareto

if TYPE_CHECKING:
    from tests.report.conftest import Dist


def test_the_best_candidates_are_points_of_bytes_and_fuel_with_the_steps_between_them(
    dist: Dist,
) -> None:
    dist.passed("edge")
    dist.tuned("edge", "-Oz")
    [profile] = dist.report("edge").profiles
    assert profile.tuning

    found = pareto(profile.tuning)

    assert found
    assert (found.across, found.up) == (("49,000", "52,000"), ("784", "1,000"))
    assert [(point.x, point.y, point.number) for point in found.best] == [
        (33.33, 46.3, "1"),
        (66.67, 92.59, "2"),
    ]
    assert found.line == "33.33,0 33.33,46.3 66.67,46.3 66.67,92.59 100,92.59"
    assert [point.text for point in found.others] == ["50,500 bytes, 905 fuel: -O2"]
    assert found.outside == 1  # the module as it is
    assert [(row.size, row.fuel, row.recipe, row.chosen) for row in found.rows] == [
        ("50,000", "900", "-Oz", True),
        ("51,000", "800", "-O3 --gufa", False),
    ]


def test_the_page_has_the_picture_and_the_table(dist: Dist) -> None:
    dist.passed("edge")
    dist.tuned("edge", "-Oz")

    page = html.text(dist.report("edge"))

    part = page[page.index("Its recipe") :]
    part = part[: part.index("<h3>")]
    assert "6 candidates, 4 of which did in the smoke run what the module does" in part
    assert 'role="img" aria-label="Fuel against bytes by gzip' in part
    assert part.count("<path ") == 3
    assert re.findall(r"<td class=\"name\"><code>(.*?)</code>(.*?)</td>", part) == [
        ("-Oz", " <strong>this is the recipe</strong>"),
        ("-O3 --gufa", ""),
    ]
    assert "outside the picture: 1 more." in part


def test_the_terminal_has_the_table(dist: Dist) -> None:
    dist.passed("edge")
    dist.tuned("edge", "-Oz")

    lines = terminal.text(dist.report("edge"), width=80).splitlines()

    at = lines.index("  bytes against fuel: no other candidate beats one of these in both")
    assert [line.split() for line in lines[at + 1 : at + 5]] == [
        ["bytes", "fuel", "recipe"],
        ["*", "50,000", "900", "-Oz"],
        ["51,000", "800", "-O3", "--gufa"],
        ["*", "the", "recipe"],
    ]


def test_a_search_that_found_another_recipe_than_the_module_has_is_not_shown(dist: Dist) -> None:
    dist.passed("edge")
    dist.tuned("edge", "--gufa", "-Oz")

    assert dist.report("edge").profiles[0].tuning is None
