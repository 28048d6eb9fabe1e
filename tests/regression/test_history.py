from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from wasmtrim.errors import UsageError
from wasmtrim.records import Entry
from wasmtrim.regression import history

ENTRY = Entry("2026-01-02T10:00:00+00:00", "a" * 40, "edge", "go 1.26.6", 9, 5, 4, 77, "f" * 64)


def test_an_entry_is_a_line_and_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    later = replace(ENTRY, date="2026-01-03T10:00:00+00:00", raw=12, note="release 1.0")

    history.add(file, [later])
    history.add(file, [ENTRY])

    assert len(file.read_text().splitlines()) == 2
    assert history.read(file) == [ENTRY, later]


def test_what_is_there_already_is_not_added_again(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    history.add(file, [ENTRY])

    assert history.add(file, [ENTRY]) == []
    assert len(file.read_text().splitlines()) == 1


def test_the_lines_of_two_branches_merge_in_any_order_and_once(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    other = replace(ENTRY, date="2026-01-02T09:00:00-05:00", commit="b" * 40)
    history.add(file, [ENTRY, other])
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[1], lines[0], lines[1], "", lines[0]]))

    assert history.read(file) == [ENTRY, other]  # by the instant, whatever the zone
    history.add(file, [replace(ENTRY, raw=1)])
    assert len(history.read(file)) == 3


def test_a_history_that_isnt_there_is_empty(tmp_path: Path) -> None:
    assert history.read(tmp_path / "gone.jsonl") == []


def line(**changed: object) -> str:
    known = {
        "date": ENTRY.date,
        "commit": "a",
        "profile": "edge",
        "compiler": "go 1.26.6",
        "raw": 1,
        "gzip": 1,
        "brotli": 1,
        "fuel": None,
        "sha256": "f" * 64,
    }
    return json.dumps(known | changed)


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< HEAD",
        "{}",
        "[1]",
        line(raw="9"),
        line(date="yesterday"),
        line(date="2026-01-02"),
        line(compiler=""),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "history.jsonl"
    file.write_text(f"{line()}\n{text}\n")

    with pytest.raises(UsageError, match=r"history\.jsonl:2: not an entry of a history"):
        history.read(file)


def test_only_builds_of_one_compiler_are_one_line() -> None:
    newer = replace(ENTRY, compiler="go 1.27.3")
    other = replace(ENTRY, compiler="tinygo 0.41.1")

    assert history.of_profile([ENTRY, newer, other], "edge", "go") == [ENTRY, newer]


def test_a_build_is_added_again_only_with_another_note(tmp_path: Path) -> None:
    noted = replace(ENTRY, note="release 1.0")

    assert history.add(tmp_path / "h", [noted]) == [noted]
    assert history.add(tmp_path / "h", [replace(noted, note="")]) == []
    assert history.add(tmp_path / "h", [replace(noted, note="fmt")]) == [replace(noted, note="fmt")]
