"""What is wrong with a value is told by its place, what was found, and what is allowed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Refuses = Callable[[str], list[str]]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/etc/passwd", "'/etc/passwd' is absolute"),
        ("../x", "'../x' leaves the project"),
        ("a/../../x", "'a/../../x' leaves the project"),
        ("a/..", "'a/..' leaves the project"),
        (".", "found the text '.'"),
        ("''", "found the text ''"),
        ("~/x", "found the text '~/x'"),
        ("'#x'", "found the text '#x'"),
        ("$HOME/x", "found the text '$HOME/x'"),
        ("a\\b", "found the text 'a\\\\b'"),
        ("-x", "found the text '-x'"),
    ],
)
@pytest.mark.parametrize("key", ["source", "module"])
def test_a_path_stays_within_the_project(refuses: Refuses, key: str, path: str, found: str) -> None:
    assert refuses(f"{key}: {path}") == [
        f"1:{len(key) + 3}: {key}: {found}; allowed is a path within the project, relative to its"
        " root, with / between its parts, or null"
    ]


@pytest.mark.parametrize(
    "option",
    [
        "--output=x", "-o", "x.wasm", "--separate-data-segments", "--extra-fuzz-command=sh",
        "--symbolmap=x", "--pass-arg=extract-function@f", "--all-features", "--enable-simd",
        "--no-validation", "--print", "--input-source-map=/etc/passwd", "--partial-inlining-ifs",
        "--partial-inlining-ifs=N", "--converge=1", "--asyncify", "--", "@file", "--shrink-level=٣",
    ],
)  # fmt: skip
def test_an_option_that_does_more_than_optimize_is_refused(refuses: Refuses, option: str) -> None:
    (line,) = refuses(f'source: a\noptimize: {{passes: ["{option}"]}}')
    assert line.startswith(f"2:21: optimize.passes[0]: found the text '{option}'; ")


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_file(refuses: Refuses) -> None:
    lines = refuses("""
        waivers: [{}]
        source: 5
        module: x.wasm
        stages: [prune, prune]
        prun: true
        smoke: {expect: {text: a, json: 1}, exit: 999}
        """)
    assert [line.split(" ")[:2] for line in lines] == [
        ["2:11:", "waivers[0].metric:"],
        ["2:11:", "waivers[0].extra:"],
        ["2:11:", "waivers[0].reason:"],
        ["2:11:", "waivers[0].who:"],
        ["2:11:", "waivers[0].until:"],
        ["3:9:", "source:"],
        ["5:1:", "stages:"],
        ["6:1:", "prun:"],
        ["7:27:", "smoke.expect.json:"],
        ["7:43:", "smoke.exit:"],
    ]


def test_a_list_of_a_hundred_thousand_wrong_names_ends_soon(refuses: Refuses) -> None:
    names = ", ".join(["x"] * 100_000)
    assert len(refuses(f"source: a\noptimize:\n  passes: [{names}]")) == 100


def test_a_waiver_ends_within_a_year(refuses: Refuses) -> None:
    kept = "metric: raw, extra: 1, reason: fmt for errors, who: me"
    (line,) = refuses(f"waivers: [{{{kept}, until: 9999-12-31}}]\nsource: a")
    assert "waivers[0].until: found 9999-12-31; allowed is a day within a year, " in line
