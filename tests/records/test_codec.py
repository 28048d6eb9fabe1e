"""What is read of a record, what is refused, and in which words."""

from __future__ import annotations

import json
import re
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wasmtrim import records
from wasmtrim.errors import UsageError
from wasmtrim.records import Codec, Entry, FileSize, StageRecord, ToolUsed
from wasmtrim.records.breakdown import Breakdown, BreakdownRecord, Part, Size
from wasmtrim.records.release import of_stages

GO = ToolUsed("go", "1.26.6", pinned=True)
SIZE = FileSize(10, 8, 6, "f" * 64)
STAGE_RECORD = StageRecord("compile", GO, ("go", "build"), 1.5)
RELEASE = of_stages("edge", None, ["simd"], {}, [(STAGE_RECORD, SIZE, 7)])
GOOD: dict[str, Any] = json.loads(records.SIZES.text(RELEASE))


def changed(**changes: object) -> bytes:
    return json.dumps(GOOD | changes).encode()


def test_a_record_is_read_again_as_it_was_written(tmp_path: Path) -> None:
    records.SIZES.write(tmp_path / "edge.sizes.json", RELEASE)

    assert records.SIZES.read(tmp_path / "edge.sizes.json") == RELEASE


def test_keys_that_a_later_version_adds_are_passed_over() -> None:
    assert records.SIZES.parse(changed(more=[1]), "x") == RELEASE


STAGE: dict[str, Any] = GOOD["stages"][0]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "Expecting value"),
        (changed()[:-9], "Unterminated string"),
        (json.dumps(GOOD).encode("utf-16"), "it is not UTF-8 at byte 0"),
        (json.dumps(GOOD).encode("utf-8-sig"), "it begins with a byte order mark"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"[" * 900 + b"]" * 900, 'no "schema": 1 in it'),
        (b"[]", 'no "schema": 1 in it'),
        (changed(schema=2), 'no "schema": 1 in it'),
        (changed(schema=True), 'no "schema": 1 in it'),
        (b'{"schema": 1, "schema": 1}', 'the key "schema" is there twice'),
        (b'{"a\\u001b[2J": 1, "a\\u001b[2J": 1}', r'the key "a\u001b[2J" is there twice'),
        (b'{"schema": NaN}', "NaN is not JSON"),
        (b'{"schema": 1e999}', "1e999 is too large"),
        (b'{"schema": 1}', "profile: Field required"),
        (changed(profile=1), "profile: Input should be a valid string"),
        (changed(stages=[]), "stages: Tuple should have at least 1 item"),
        (changed(stages=[1]), "stages.0: Input should be an object"),
        (changed(stages=[STAGE | {"raw": True}]), "stages.0.raw: Input should be a valid integer"),
        (changed(stages=[STAGE | {"raw": 1.0}]), "stages.0.raw: Input should be a valid integer"),
        (changed(stages=[STAGE | {"raw": "1"}]), "stages.0.raw: Input should be a valid integer"),
        (changed(stages=[STAGE | {"raw": -1}]), "stages.0.raw: Input should be greater than or"),
        (changed(stages=[STAGE | {"sha256": "../x"}]), "stages.0.sha256: String should match"),
        (changed(compiler={"name": "go"}), "compiler.version: Field required"),
    ],
)
def test_what_is_no_such_record_is_refused_in_a_line(data: bytes, problem: str) -> None:
    told = f"x.json: not a size record that this version of wasmtrim reads: {problem}"
    with pytest.raises(UsageError, match=f"^{re.escape(told)}.*; remove it and run") as refused:
        records.SIZES.parse(data, "x.json")
    assert str(refused.value).isprintable()


def test_a_record_that_is_not_there_or_not_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.json: no such file"):
        records.SIZES.read(tmp_path / "gone.json")
    with pytest.raises(UsageError, match="it is a folder"):
        records.SIZES.read(tmp_path)


def test_where_the_caller_can_do_without_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    assert records.SIZES.find(tmp_path / "x.json") is None
    assert records.SIZES.find(tmp_path / "gone.json") is None


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "x.json").open("wb") as file:
        file.truncate(4 << 30)
    tracemalloc.start()
    with pytest.raises(UsageError, match="a size record may have 16,777,216 at most"):
        records.SIZES.read(tmp_path / "x.json")
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_a_list_of_many_wrong_rows_makes_one_error() -> None:
    with pytest.raises(UsageError, match=r"stages\.0: Input should be an object"):
        records.SIZES.parse(changed(stages=[0] * 100_000), "x")
    with pytest.raises(UsageError, match="2,000 values in it are of another kind"):
        records.SIZES.parse(changed(groups={str(n): n for n in range(2_000)}), "x")


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"date": "yesterday"}, "Invalid isoformat string"),
        ({"date": "2026-01-02"}, "the date has no zone"),
        ({"compiler": " "}, "no compiler"),
    ],
)
def test_an_entry_of_the_history_has_an_instant_and_a_compiler(
    entry: dict[str, str], problem: str
) -> None:
    good = Entry("2026-01-02T10:00:00+00:00", "a", "edge", "go 1.26.6", 9, 5, 4, 7, "f" * 64)
    data = json.dumps(json.loads(records.HISTORY.text(good)) | entry).encode()
    with pytest.raises(UsageError, match=problem):
        records.HISTORY.parse(data, "history.jsonl:1")


@given(st.binary(max_size=60) | st.text('[]{}",:\x1b\u202e10', max_size=60).map(str.encode))
@example(b'{"\x1b": 1}')
def test_any_bytes_are_refused_in_a_line(data: bytes) -> None:
    found = [getattr(records, name) for name in dir(records)]
    codecs: list[Codec[Any]] = [value for value in found if type(value) is Codec]
    assert len(codecs) >= 20
    codecs.remove(records.FEATURES)  # which [] is
    for codec in codecs:
        with pytest.raises(UsageError) as refused:
            codec.parse(data, "x")
        assert str(refused.value).isprintable()


def test_a_row_that_ends_before_an_added_value_has_its_default() -> None:
    size = Size(9, 8, 7)
    part = Part("f", "main", "own", "", 9, 8, 7, 9, "", {})
    found = Breakdown(size, size, (part,), {}, {}, {}, approximate=False)
    content = json.loads(records.BREAKDOWN.text(BreakdownRecord("f" * 64, found)))
    content["breakdown"]["functions"] = [list(part)[:-1]]
    read = records.BREAKDOWN.parse(json.dumps(content).encode(), "x")
    assert read.breakdown is not None
    assert read.breakdown.functions == (part,)
