from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wasmtrim.errors import DamagedRecord, UsageError
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report.model import Verdict, read

if TYPE_CHECKING:
    from tests.report.conftest import Dist


def test_a_profile_with_both_records_passes_when_every_check_holds(dist: Dist) -> None:
    dist.passed("edge")

    [edge] = read(dist.path, ["edge"], {}).profiles

    assert edge.verdict is Verdict.PASSED
    assert edge.release is not None
    assert edge.release.shipped.size.raw == 197_210


def test_a_check_that_does_not_hold_fails_the_profile(dist: Dist) -> None:
    dist.failed("edge")

    [edge] = read(dist.path, ["edge"], {}).profiles

    assert edge.verdict is Verdict.FAILED
    assert [check.name for check in edge.failures] == ["imports"]


def test_what_an_earlier_build_left_is_not_shown_when_a_stage_failed(dist: Dist) -> None:
    dist.passed("edge")

    [edge] = read(dist.path, ["edge"], {"edge": "wasm-opt: exit status 1"}).profiles

    assert (edge.verdict, edge.message) == (Verdict.NOT_BUILT, "wasm-opt: exit status 1")
    assert edge.release is None


def test_a_missing_record_is_told_by_name(dist: Dist) -> None:
    dist.sizes("edge")

    [edge] = read(dist.path, ["edge"], {}).profiles

    assert edge.message == "no edge.verify.json in dist/"
    assert edge.release is not None


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": 2}', '{"schema": 1}', '{"schema": 1, "stages": 3}', "[" * 99_999]
)
def test_a_record_that_cannot_be_read_names_its_file_and_what_to_do(dist: Dist, text: str) -> None:
    dist.passed("edge")
    (dist.path / "edge.sizes.json").write_text(text)

    with pytest.raises(UsageError, match=r"edge\.sizes\.json: not a size record .* `scons"):
        read(dist.path, ["edge"], {})


def test_a_budget_that_is_exceeded_fails_the_profile(dist: Dist, grown: RegressionResult) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)

    [edge] = read(dist.path, ["edge"], {}).profiles

    assert edge.verdict is Verdict.FAILED
    assert [check.name for check in edge.failures] == ["budget raw growth"]


def test_what_was_judged_of_an_earlier_build_is_not_shown(
    dist: Dist, grown: RegressionResult
) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)
    dist.sizes("edge", stages={"optimize": 5})

    [edge] = read(dist.path, ["edge"], {}).profiles

    assert edge.regression is None
    (dist.path / "edge.regression.json").write_text('{"schema": 0}')
    with pytest.raises(DamagedRecord, match="not a regression record that this version"):
        read(dist.path, ["edge"], {})
