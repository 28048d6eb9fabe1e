from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from wasmtrim.check import failed, held, not_judged
from wasmtrim.records import Change, Entry, Names
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import terminal
from wasmtrim.report.model import read

if TYPE_CHECKING:
    from tests.report.conftest import Dist


def test_each_stage_shows_what_it_took_away_from_the_one_before(dist: Dist) -> None:
    dist.passed("edge")

    text = terminal.text(read(dist.path, ["edge"], {}))

    assert text.splitlines() == [
        "edge  tinygo 0.41.1",
        "  stage       bytes     delta        %     gzip   brotli       fuel  seconds",
        "  link      455,638                     151,879  113,909  1,077,184      1.2",
        "  compile   235,700  -219,938  -48.3 %   78,566   58,925  1,077,184      1.2",
        "  strip     214,717   -20,983   -8.9 %   71,572   53,679  1,077,184      1.2",
        "  optimize  197,210   -17,507   -8.2 %   65,736   49,302  1,077,184      1.2",
        "  passed: 197,210 bytes, gzip 65,736, brotli 49,302; 2 checks hold",
        "",
    ]


def test_the_size_that_counts_comes_first(dist: Dist) -> None:
    dist.sizes("edge", metric="gzip")

    lines = terminal.text(read(dist.path, ["edge"], {})).splitlines()

    assert lines[1] == (
        "  stage        gzip    bytes     delta        %   brotli       fuel  seconds"
    )
    narrow = terminal.text(read(dist.path, ["edge"], {}), width=40).splitlines()
    assert narrow[1].split() == ["stage", "gzip", "bytes", "delta"]


def test_a_fallback_a_note_and_a_failed_check_are_said(dist: Dist) -> None:
    dist.sizes(
        "edge",
        compiler={"name": "go", "version": "1.26.8", "fallback": True},
        notes=["compile: standard Go stands in for TinyGo 0.41.1"],
        fuel=None,
    )
    dist.verification("edge", failed("imports", "env.now_ms: not allowed"), held("raw", ""))

    lines = terminal.text(read(dist.path, ["edge"], {})).splitlines()

    assert lines[0] == "edge  go 1.26.8 (fallback)"
    assert "fuel" not in lines[1]
    assert lines[-4:] == [
        "  note: compile: standard Go stands in for TinyGo 0.41.1",
        "  imports: env.now_ms: not allowed",
        "  failed: 1 of 2 checks: imports",
        "",
    ]


def test_five_profiles_fit_on_sixty_lines(dist: Dist) -> None:
    names = ["edge", "edge-strict", "plugin", "server", "min"]
    for name in names:
        dist.sizes(name, notes=["one"])
        dist.verification(name, failed("imports", "no"), failed("exports", "no"))

    lines = terminal.text(read(dist.path, names, {})).splitlines()

    assert len(lines) <= 60
    assert lines[-1].startswith("5 profiles: 5 failed (edge, edge-strict, plugin, server, min)")


def test_a_narrow_terminal_loses_columns_and_never_wraps_a_row(dist: Dist) -> None:
    dist.failed("edge", "a word " * 30)
    report = read(dist.path, ["edge"], {})

    for width in range(30, 100):
        assert all(len(line) <= width for line in terminal.text(report, width=width).splitlines())
    assert "seconds" not in terminal.text(report, width=70)


def test_what_came_out_of_a_module_steers_no_terminal(dist: Dist) -> None:
    dist.failed("edge", "\x1b[2J\x9b31m\u202egnp.exe [red]x[/red]")
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    terminal.show(read(dist.path, ["edge"], {}), file)

    file.seek(0)
    assert r"imports: \x1b[2J\x9b31m\u202egnp.exe [red]x[/red]" in file.read()


def test_a_comparison_alone_shows_figures_names_changes_and_findings(
    grown: RegressionResult,
) -> None:
    lines = [line.rstrip() for line in terminal.of_result(grown).splitlines()]

    assert lines[:5] == [
        "baseline config/baselines/edge.go.json => dist/edge.sizes.json",
        "  figure        old        new    delta        %",
        "  raw       197,210    258,414  +61,204  +31.0 %",
        "  brotli     60,000     66,000   +6,000  +10.0 %",
        "  fuel    1,078,007  1,077,184     -823   -0.1 %",
    ]
    assert "  import added: wasi_snapshot_preview1.fd_write: func(i32) -> i32" in lines
    assert "  export removed: add: func()" in lines
    assert ["fmt", "60,004", "+60,004", "added"] in [line.split() for line in lines]
    assert "  3 functions of the same size, other bytes" in lines
    assert "  over: budget raw growth: +61,204; by main.render -> fmt.Sprintf +60,004" in lines
    assert lines[-2:] == [
        "  raw +61,204 (+31.0 %), brotli +6,000 (+10.0 %), fuel -823 (-0.1 %)",
        "  failed: 1 of 4, 1 not judged",
    ]
    at = lines.index("  why it grew                    bytes")
    assert lines[at + 1 : at + 3] == [
        "  main.render -> fmt.Sprintf   +60,004",
        "    27 functions: fmt +60,004",
    ]


def test_a_table_of_a_log_has_eighty_columns_whatever_the_names(grown: RegressionResult) -> None:
    assert grown.comparison
    named = Change("std::vector<std::pair<int, std::string>>::push_back" * 3, 1, 2_000_000, "std")
    changes = replace(grown.comparison, functions=(named,), imports=Names(), exports=Names())

    lines = terminal.of_result(replace(grown, comparison=changes, findings=())).splitlines()

    assert max(map(len, lines)) <= 80
    assert lines[-1] == "  not judged: no budget was judged"


def test_as_many_changes_are_shown_as_are_asked_for(grown: RegressionResult) -> None:
    text = terminal.of_result(grown, 1)

    assert "and 2 more functions" in text
    assert "and 3 functions" in terminal.of_result(grown, 0)


def test_of_many_names_that_came_ten_are_shown(grown: RegressionResult) -> None:
    assert grown.comparison
    many = Names(added=tuple(f"env.f{n}: func()" for n in range(40)))
    changes = replace(grown.comparison, imports=many)

    text = terminal.of_result(replace(grown, comparison=changes))

    assert text.count("import added: env.") == 10
    assert "import added: 30 more" in text


def test_what_several_profiles_are_told_is_told_once(dist: Dist) -> None:
    for name in ("edge", "min"):
        dist.sizes(name, notes=["standard Go stands in for TinyGo"])
        dist.verification(name, not_judged("size raw", "not judged (fallback): 9 bytes"))

    text = terminal.text(dist.report("edge", "min"))

    assert text.count("standard Go stands in for TinyGo") == 1
    assert "note for all 2 profiles: standard Go stands in for TinyGo" in text
    assert text.count("0 checks hold, 1 limit not judged (fallback)") == 2


def test_stages_that_could_not_be_compared_are_a_note_and_no_limit(dist: Dist) -> None:
    dist.sizes("edge")
    dist.verification("edge", not_judged("same at each stage", "module could not start here"))

    text = terminal.text(dist.report("edge"))

    assert "note: not judged: same at each stage: module could not start here" in text
    assert "0 checks hold\n" in text


def test_a_share_is_not_torn_from_its_sign(dist: Dist, grown: RegressionResult) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)

    for width in range(40, 140):
        lines = terminal.text(dist.report("edge"), width=width).splitlines()
        assert not [line for line in lines if line.strip().startswith("%)")]


def test_the_notes_of_a_history_come_below_it_where_it_has_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = "2026-01-01T00:00:00Z"
    first = Entry(day, "c" * 40, "edge", "go 1.26.6", 2_070_000, 452_000, 361_000, None, "f")
    entries = [first, replace(first, raw=2_070_900, note="tables of the lzw in one slice")]

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    narrow, log = Terminal(), io.StringIO()
    terminal.show_history("edge", entries, narrow)
    terminal.show_history("edge", entries, log)

    lines = [line.rstrip() for line in narrow.getvalue().splitlines()]
    assert lines == [
        "edge",
        "  date        commit        compiler       bytes  delta     gzip   brotli",
        "  2026-01-01  cccccccccccc  go 1.26.6  2,070,000         452,000  361,000",
        "  2026-01-01  cccccccccccc  go 1.26.6  2,070,900   +900  452,000  361,000",
        "  2026-01-01  tables of the lzw in one slice",
    ]
    assert log.getvalue().splitlines()[-1].endswith("361,000  tables of the lzw in one slice")
