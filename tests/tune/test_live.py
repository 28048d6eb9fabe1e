"""What a search shows while it runs: a line that fits a terminal, and what is new in a pipe."""

from __future__ import annotations

import pytest

from wasmtrim.tune import live
from wasmtrim.tune.bench import Progress
from wasmtrim.tune.live import Shown

SO_FAR = [
    Progress(0, 60, None, None, 0, 0.0, doing="measuring -Oz"),
    Progress(1, 60, 2000, 2000, 2, 10.0),
    Progress(2, 60, 2000, 2000, 3, 15.0),
    Progress(3, 60, 1900, 2000, 4, 20.0),
    Progress(3, 60, 1900, 2000, 4, 20.0, doing="stopped: proving it"),
]


def test_in_a_pipe_there_is_a_line_for_what_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    with Shown(quiet=False) as shown:
        for progress in SO_FAR:
            shown.tell(progress)
    assert capsys.readouterr().err.splitlines() == [
        "tried 0 of 60, measuring -Oz",
        "tried 1 of 60, best 2,000 bytes, +0.00 % to -Oz, about 5 min left",
        "tried 3 of 60, best 1,900 bytes, -5.00 % to -Oz, about 5 min left",
        "tried 3 of 60, best 1,900 bytes, -5.00 % to -Oz, stopped: proving it",
    ]


@pytest.mark.parametrize("doing", ["", "proving it", "stopped: proving it"])
def test_the_line_fits_80_columns(doing: str) -> None:
    long = Progress(998, 1000, 12_345_678, 14_000_000, 1, 43_000.0, doing)
    assert len(live._line(long)) <= 80


def test_nothing_is_shown_where_a_program_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    with Shown(quiet=True) as shown:
        shown.tell(SO_FAR[1])
    assert capsys.readouterr().err == ""
