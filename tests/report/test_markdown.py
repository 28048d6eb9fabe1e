from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.report.conftest import HOSTILE

from wasmtrim.check import Outcome, failed, held, not_judged
from wasmtrim.regression.budget_result import BudgetResult, Measured
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import markdown

if TYPE_CHECKING:
    from tests.report.conftest import Dist


def test_the_verdict_comes_first_then_the_sizes(dist: Dist) -> None:
    dist.passed("edge")
    dist.failed("min")

    lines = markdown.text(dist.report("edge", "min")).splitlines()

    assert lines[0] == "### ❌ wasmtrim: 2 profiles: 1 passed, 1 failed (`min`)"
    assert lines[4] == (
        "| `edge` | ✅ passed | 197,210 | no base | 65,736 | 49,302 | 1,077,184 | `tinygo 0.41.1` |"
    )


def test_what_fails_is_said_unfolded_what_holds_is_folded(dist: Dist) -> None:
    dist.failed("edge")

    text = markdown.text(dist.report("edge"))

    unfolded = text.partition("<details>")[0]
    table = "| profile | what fails | why |\n| --- | --- | --- |\n"
    assert f"{table}| `edge` | `imports` | `env.now_ms: not allowed` |" in unfolded
    assert "fits" not in unfolded
    assert "- `raw`: `fits`" in text


def test_growth_waivers_and_the_base_are_shown(dist: Dist, grown: RegressionResult) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)

    text = markdown.text(dist.report("edge"))

    assert "| +61,204 (+31.0 %) |" in text
    unfolded = text.partition("<details>")[0]
    assert (
        "| profile | what fails | base | now | allowed | over by | why |\n"
        "| --- | --- | ---: | ---: | ---: | ---: | --- |\n"
        "| `edge` | `budget raw growth` | 197,210 | 258,414 | 198,234 | 60,180 |"
        " `main.render -> fmt.Sprintf` +60,004<br>`section data` +900<br>`all else` -724 |\n"
    ) in unfolded
    assert "To let it pass: <code>accept it&#58; run &#96;scons baseline&#96;</code>" in unfolded
    assert "- `edge`: `waived: budget gzip growth: waived: 9 more until 2026-12-31: why`" in text
    assert "- `edge`: `not judged: budget fuel growth: no base`" in text
    assert "| added | `fmt.Sprintf` |  | 9,000 | +9,000 |" in text
    assert "- added `wasi_snapshot_preview1.fd_write: func(i32) -> i32`" in text


def test_what_passes_is_said_by_one_table_in_fifteen_lines(dist: Dist) -> None:
    for name in (names := [f"gif-{n}" for n in range(7)]):
        dist.sizes(name, notes=[f"{name}: go 1.27 is not the pinned version", "a fallback"])
        dist.verification(name, held("imports", "16 allowed"))

    text = markdown.text(dist.report(*names))

    assert len(seen(text)) <= 15
    assert seen(text)[-1] == "<details><summary>notes and details</summary>"
    assert text.count("a fallback") == 1


def seen(text: str) -> list[str]:
    """What a reader sees before anything is unfolded."""
    depth, lines = 0, []
    for line in text.splitlines():
        if depth == 0 and line:
            lines.append(line)
        depth += line.count("<details>") - line.count("</details>")
    assert depth == 0
    return lines


def test_a_comparison_that_passes_is_said_in_fifteen_lines_too(grown: RegressionResult) -> None:
    assert grown.comparison
    held = tuple(finding for finding in grown.findings if finding.ok) * 5
    changes = replace(grown.comparison, tool_changes=("gzip: 1 => 2", "brotli: 1 => 2"))

    lines = seen(markdown.of_result(replace(grown, comparison=changes, findings=held)))

    assert len(lines) <= 15
    assert lines[-1] == "<details><summary>notes and details</summary>"


def test_a_row_of_what_fails_has_no_advice_in_it_and_says_what_is_waived(
    grown: RegressionResult,
) -> None:
    over = BudgetResult(
        "budget raw growth of function main.run",
        Outcome.FAILED,
        "6 => 80 (+74), allowed is +4; 9 more are waived, which isn't enough; raise the budget",
        offer="raise the budget",
        measured=Measured(6, 80, 10, "raw", "function main.run", waived=9),
    )

    text = markdown.of_result(replace(grown, findings=(over,)))

    row = next(line for line in text.splitlines() if "main.run` |" in line)
    assert "| 6 | 80 | 10 + 9 waived | 61 |" in row
    assert "raise the budget" not in row
    assert text.count("raise the budget") == 1


def test_one_change_of_many_is_the_largest_and_none_is_no_table(grown: RegressionResult) -> None:
    text = markdown.of_result(grown, 1)

    assert "3 functions changed, the largest change" in text
    assert "| `main.render -> fmt.Sprintf` |" in text
    assert "| `all else` |  | +1,200 |" in text, "the causes add up"
    assert "| change |" not in markdown.of_result(grown, 0)


def test_without_a_profile_nothing_is_green() -> None:
    judged = RegressionResult("", "", "old", None, ())

    text = markdown.of_result(judged)

    assert text.startswith("### no base\n")
    assert "not judged: there is no profile to judge by; base: `old`" in text


def test_a_profile_of_which_no_budget_was_judged_is_not_green() -> None:
    unjudged = BudgetResult("budget raw growth", Outcome.NOT_JUDGED, "now 9; no base")

    text = markdown.of_result(RegressionResult("edge", "", "none", None, (unjudged,)))

    assert text.startswith("### <code>edge</code>: no base\n")
    assert "not judged: no budget was judged" in text


def test_only_the_ten_largest_changes_are_shown() -> None:
    from tests.regression.conftest import function, snapshot

    from wasmtrim.regression.compare import compare
    from wasmtrim.regression.difference import Difference

    old = snapshot(1)
    new = snapshot(2, functions=[function(f"main.f{n}x", n + 1) for n in range(30)])
    judged = RegressionResult("", "", "old", compare(Difference(old, new)), ())

    text = markdown.of_result(judged)

    assert "30 functions changed, the 10 largest changes" in text
    assert "main.f20x" in text
    assert "main.f19x" not in text
    assert "main.f19x" in markdown.of_result(judged, 11)
    assert "the 10 largest" not in markdown.of_result(judged, 30)


def test_nothing_that_came_out_of_a_module_is_markup(dist: Dist, grown: RegressionResult) -> None:
    dist.failed("edge", HOSTILE)
    dist.judged("edge", grown)

    text = markdown.text(dist.report("edge"))

    outside = re.sub(r"<code>[^<]*</code>|`[^`\n]*`", "", text)
    for danger in ("script", "everyone", "javascript", "\x1b", "\u202e"):
        assert danger not in outside
    rows = [line for line in text.splitlines() if line.startswith("| grown")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 6 for row in rows)


def test_it_is_never_too_long_for_a_comment(dist: Dist) -> None:
    for name in (names := [f"profile-{n}" for n in range(40)]):
        dist.sizes(name, notes=["n" * 5_000] * 5)
        dist.verification(
            name, *((held if n > 20 else failed)(f"check {n}", "d" * 5_000) for n in range(30))
        )

    text = markdown.text(dist.report(*names))

    assert len(text.encode()) <= 65_000
    assert text.startswith("### ❌ wasmtrim: 40 profiles")
    assert text.endswith("index.html has it._\n")


def test_folded_parts_are_left_out_first(dist: Dist) -> None:
    dist.sizes("edge")
    dist.verification("edge", failed("bad", "no"), *(held(f"ok {n}", "x" * 590) for n in range(99)))
    dist.failed("min")

    text = markdown.text(dist.report("edge", "min"))

    assert len(text.encode()) <= 65_000
    assert "| `edge` | `bad` | `no` |" in text
    assert "<code>min</code>: stages" in text


def test_what_fails_comes_before_the_notes_and_a_shared_one_is_said_once(dist: Dist) -> None:
    for name in ("edge", "min"):
        dist.sizes(name, notes=["standard Go stands in for TinyGo"])
    dist.verification("edge", not_judged("size raw", "not judged (fallback): 9 bytes"))
    dist.verification("min", failed("imports", "env.now_ms: not allowed"))

    text = markdown.text(dist.report("edge", "min"))

    assert "| `edge` | ✅ passed, 1 limit not judged (fallback) |" in text
    assert text.count("stands in for TinyGo") == 1
    note = "- all 2 profiles: `standard Go stands in for TinyGo`"
    assert text.index("env.now_ms: not allowed") < text.index("<details>") < text.index(note)


def test_what_each_was_compared_with_is_told_though_folded(
    dist: Dist, grown: RegressionResult
) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)

    folded = markdown.text(dist.report("edge")).partition("<details>")[2]

    assert "- `edge`: `baseline config/baselines/edge.go.json: the committed one`" in folded
