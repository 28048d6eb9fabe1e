"""The smaller of a stage's module and the one before goes on, by what the profile limits."""

from __future__ import annotations

import pytest

from wasmtrim import sizes
from wasmtrim.profile import Metric, Profile
from wasmtrim.records import StageRecord, ToolUsed
from wasmtrim.stages import smaller
from wasmtrim.stages.execution import StageResult

RECORD = StageRecord("optimize", ToolUsed("wasm-opt", "132", True), ("wasm-opt",), 1.0, ("a note",))


def as_it_is(module: bytes) -> bytes:
    return module


def profile(**keys: object) -> Profile:
    return Profile.model_validate({"module": "a.wasm", **keys})


@pytest.mark.parametrize(
    ("keys", "metric"),
    [
        ({}, "raw"),
        ({"limits": {"gzip": 100}}, "gzip"),
        ({"limits": {"brotli": {"go": 100}}}, "brotli"),
        ({"limits": {"raw": 100}, "budget": [{"metric": "gzip", "growth": 0}]}, "gzip"),
        (
            {"budget": [{"metric": "fuel", "growth": 0}, {"metric": "brotli", "growth": 0}]},
            "brotli",
        ),
        ({"budget": [{"metric": "gzip", "scope": "package fmt", "growth": 0}]}, "raw"),
        ({"metric": "brotli", "budget": [{"metric": "gzip", "growth": 0}]}, "brotli"),
    ],
)
def test_what_a_profile_limits(keys: dict[str, object], metric: Metric) -> None:
    assert profile(**keys).limiting == metric
    assert smaller.metric_of("optimize", profile(**keys)) == metric


@pytest.mark.parametrize("stage", ["snip", "strip", "positions", "layout", "embed", "trim"])
def test_other_stages_are_taken_as_they_are(stage: str) -> None:
    assert smaller.metric_of(stage, profile()) is None


def test_prune_is_taken_where_the_contract_refuses_other_exports() -> None:
    assert smaller.metric_of("prune", profile()) == "raw"
    assert smaller.metric_of("prune", profile(contract={"other_exports": "refuse"})) is None


def test_keep_always_takes_all() -> None:
    assert smaller.metric_of("optimize", profile(keep="always")) is None


def test_raw_and_gzip_may_disagree() -> None:
    before, after = b"a" * 500, bytes(range(256))
    made = StageResult(after, RECORD)
    assert smaller.of_both(before, made, "raw", sizes.weigh, as_it_is) is made
    kept = smaller.of_both(before, made, "gzip", sizes.weigh, as_it_is)
    assert kept.module == before
    assert kept.record.undone
    (note,) = kept.record.notes
    assert note.startswith("gzip 26 becomes 279 (+973.1%); 279 after all stages, 26 without")


def test_a_stage_that_makes_room_for_a_later_one_is_taken() -> None:
    before, bigger = b"a" * 10, b"ab" * 10
    made = StageResult(bigger, RECORD)

    def without_b(module: bytes) -> bytes:
        return b"" if b"b" in module else module

    taken = smaller.of_both(before, made, "raw", sizes.weigh, without_b)
    assert taken.module == bigger
    assert taken.record.notes == (
        "a note",
        "raw 10 becomes 20 (+100.0%), but 0 after all stages, 10 without this one",
    )
