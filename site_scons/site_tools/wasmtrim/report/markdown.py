"""The report as Markdown, for a comment on a pull request: the verdict first, the rest folded.

Foreign text stands in code spans: nothing in it is markup, a mention or a link there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from operator import attrgetter
from typing import Final

from wasmtrim.check import Check
from wasmtrim.escaping import printable
from wasmtrim.records import Change, Comparison, Names
from wasmtrim.regression import causes
from wasmtrim.regression.budget_result import BudgetResult
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import LARGEST, formatting
from wasmtrim.report.model import ProfileReport, Report, Verdict
from wasmtrim.report.stages import rows
from wasmtrim.wording import plural

MOST_BYTES: Final = 65_000  # GitHub refuses a comment of more than 65,536 characters
_LONGEST: Final = 600  # characters of a detail
_MARKS: Final = {Verdict.PASSED: "✅", Verdict.FAILED: "❌", Verdict.NOT_BUILT: "❌"}
_LEFT_OUT: Final = "\n_Left out here, as it would be too long for a comment; index.html has it._\n"


def text(report: Report) -> str:
    """Return the file's content: at most MOST_BYTES, the folded parts left out first.

    What passes is said by one table. What fails is a table below it, all else is folded.
    """
    head = f"### {_MARKS[_worst(report)]} wasmtrim: {formatting.summary(report, code)}\n\n"
    parts = [head, _overview(report.profiles), _failures(report.profiles)]
    folded = [_notes(report), _bases(report.profiles)]
    for profile in report.profiles:
        folded += _folded(profile)
    return fitted(parts, [part for part in folded if part], "notes and details")


def of_result(judged: RegressionResult, top: int = LARGEST) -> str:
    """Return one comparison alone, with what was found about its budgets.

    Of each kind of change the `top` largest are shown.
    """
    changes = judged.comparison
    told = formatting.changed(changes, code) if changes else "no base"
    what = f"{_tagged(judged.profile)}: " if judged.profile else ""
    # Without a budget nothing was judged: there is nothing to be green or red about.
    verdict = Verdict.PASSED if judged.ok else Verdict.FAILED
    mark = f"{_MARKS[verdict]} " if any(finding.judged for finding in judged.findings) else ""
    parts = [f"### {mark}{what}{told}\n\n"]
    over = [_failure("", finding) for finding in judged.findings if not finding.ok]
    if over:
        parts.append(_failure_table(over) + _advice([judged]) + "\n")
    parts.append(f"{formatting.outcome(judged)}; base: {code(judged.base)}\n")
    if changes and not changes.identical:
        parts += ["\n", _metrics(changes)]
    notes = _tool_change_lines(changes)
    notes += [
        f"- {finding.word}: {code(finding.name)}: {code(finding.detail)}\n"
        for finding in judged.findings
        if finding.ok and finding.word != "held"
    ]
    folded = [_counted_notes(notes)] if notes else []
    if changes and not changes.identical:
        folded += _changes(changes, "", top)
    held = [f"- {code(f.name)}: {code(f.detail)}\n" for f in judged.findings if f.word == "held"]
    if held:
        folded.append(_details("what holds", "".join(held)))
    return fitted(parts, folded, "notes and details")


def fitted(parts: Sequence[str], folded: Sequence[str], summary: str) -> str:
    """Put the parts together, and of the folded ones as many as there is room for.

    These are folded once more, all together, below the summary.
    """
    whole = "".join(part for part in parts if part)
    opening, closing = f"\n<details><summary>{summary}</summary>\n", "\n</details>\n"
    room = MOST_BYTES - len((_LEFT_OUT + opening + closing).encode())
    left_out = ""
    inner = ""
    used = len(whole.encode())
    for part in folded:
        size = len(part.encode())
        if used + size <= room:
            inner += part
            used += size
        else:
            left_out = _LEFT_OUT
    if inner:
        whole += opening + inner + closing
    elif len(whole.encode()) > room:
        lines = whole.encode()[:room].decode(errors="ignore").rsplit("\n", 1)
        whole, left_out = f"{lines[0]}\n", _LEFT_OUT
    return whole + left_out


def code(text: str) -> str:
    """Foreign text as a code span, in which nothing is markup; fit for a cell of a table."""
    text = formatting.shortened(printable(text), _LONGEST)
    if text.strip() == text and text and not re.search(r"[`|\\]", text):
        return f"`{text}`"
    return _tagged(text)


def _tagged(text: str) -> str:
    """A code span as HTML: within HTML, and for what a span of backticks can't hold."""
    return f"<code>{_escaped(text)}</code>"


def _escaped(text: str) -> str:
    return re.sub(r"[`|\\*_\[\]~:@#]", lambda found: f"&#{ord(found[0])};", html.escape(text))


def _worst(report: Report) -> Verdict:
    return Verdict.PASSED if report.ok else Verdict.FAILED


def _overview(profiles: Sequence[ProfileReport]) -> str:
    lines = ["| profile | | bytes | since the base | gzip | brotli | fuel | compiler |"]
    lines.append("| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for profile in profiles:
        cells = ["", "", "", "", "", ""]
        if profile.release:
            shipped = profile.release.shipped
            cells = [
                formatting.count(shipped.size.raw),
                formatting.since(profile.regression.comparison if profile.regression else None),
                formatting.count(shipped.size.gzip),
                formatting.count(shipped.size.brotli),
                "" if shipped.fuel is None else formatting.count(shipped.fuel),
                code(formatting.compiler(profile)),
            ]
        told = (profile.verdict.value, formatting.left_unjudged(profile))
        verdict = f"{_MARKS[profile.verdict]} {', '.join(filter(None, told))}"
        lines.append(f"| {code(profile.name)} | {verdict} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _failures(profiles: Sequence[ProfileReport]) -> str:
    """What fails in each profile, as a table, and what can be done about a budget."""
    rows = []
    for profile in profiles:
        if profile.verdict is Verdict.NOT_BUILT:
            why = code(formatting.reason(profile))
            rows.append([code(profile.name), "not built", "", "", "", "", why])
        rows += [_failure(profile.name, check) for check in profile.failures]
    if not rows:
        return ""
    judged = [profile.regression for profile in profiles if profile.regression]
    return "\n" + _failure_table(rows) + _advice(judged)


def _failure_table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as `_failure` gives them: of one profile without its name, with figures if there are."""
    heads = ("profile", "what fails", *formatting.FIGURES, "why")
    shown = [*rows]
    rules = ["---", "---", *["---:"] * len(formatting.FIGURES), "---"]
    figures = any(any(row[2:-1]) for row in shown)
    kept = [any(row[0] for row in shown), True, *[figures] * len(formatting.FIGURES), True]
    lines = (compress(line, kept) for line in (heads, rules, *shown))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _failure(profile: str, check: Check) -> list[str]:
    """A row: the figures and causes of a budget, else what the check found."""
    why = code(check.detail)
    if isinstance(check, BudgetResult):
        told = [f"{code(cause.what)} {formatting.signed(cause.amount)}" for cause in check.causes]
        why = "<br>".join(told) or code(check.plain)
    figures = formatting.figures_of(check)
    return [code(profile) if profile else "", code(check.name), *figures, why]


def _advice(results: Sequence[RegressionResult]) -> str:
    """What can be done about the budgets that are exceeded: each way once."""
    offers = [offer for result in results for offer in result.offers]
    return "".join(f"\nTo let it pass: {code(offer)}\n" for offer in dict.fromkeys(offers))


def _notes(report: Report) -> str:
    """What has to be known of builds, whether they passed or not: each thing once."""
    lines = [
        f"- {formatting.about(names, report, code)}: {code(remark)}\n"
        for remark, names in report.shared.items()
    ]
    for profile in report.profiles:
        changes = profile.regression.comparison if profile.regression else None
        said = [code(remark) for remark in report.own_remarks(profile)]
        lines += [f"- {code(profile.name)}: {each}\n" for each in said]
        lines += [
            f"- {code(profile.name)}: {line.removeprefix('- ')}"
            for line in _tool_change_lines(changes)
        ]
    return _counted_notes(lines) if lines else ""


def _counted_notes(lines: Sequence[str]) -> str:
    return _details(plural(len(lines), "note"), "".join(lines))


def _bases(profiles: Sequence[ProfileReport]) -> str:
    lines = [
        f"- {code(profile.name)}: {code(profile.regression.base)}\n"
        for profile in profiles
        if profile.regression
    ]
    return _details("what each was compared with", "".join(lines)) if lines else ""


def _folded(profile: ProfileReport) -> Iterator[str]:
    name = _tagged(printable(profile.name))
    changes = profile.regression.comparison if profile.regression else None
    said = formatting.said(profile)
    if said:
        text = "\n".join(map(_escaped, said))
        yield _details(f"{name}: why it was not built", f"<pre>{text}</pre>")
    if changes:
        yield from _changes(changes, f"{name}: ", LARGEST)
    if profile.release:
        fields = attrgetter("bytes", "delta", "per_cent", "gzip", "brotli", "fuel", "seconds")
        table = _table(
            "stage | bytes | delta | % | gzip | brotli | fuel | seconds",
            ((code(row.name), *fields(row)) for row in rows(profile.release)),
        )
        yield _details(f"{name}: stages", table)
    if profile.checks:
        held = "".join(f"- {code(c.name)}: {code(c.detail)}\n" for c in profile.checks if c.ok)
        if held:
            yield _details(f"{name}: what holds", held)


def _changes(changes: Comparison, prefix: str, top: int) -> Iterator[str]:
    for what, names in (("imports", changes.imports), ("exports", changes.exports)):
        if names.added or names.removed or names.changed:
            yield _details(f"{prefix}{what} that came and went", _names(names))
    if changes.causes and top:
        table = _table(
            "why it grew | what came with it | bytes",
            (
                [
                    code(cause.what),
                    code(cause.below) if cause.below else "",
                    formatting.signed(cause.amount),
                ]
                for cause in causes.cut(changes.causes, top)
            ),
            text_columns=2,
        )
        yield _details(f"{prefix}why it grew", table)
    for what, found in (
        ("packages", changes.packages),
        ("functions", changes.functions),
        ("sections", changes.sections),
    ):
        if found and top:
            title = f"{prefix}{plural(len(found), what[:-1])} changed"
            which = "the largest change" if top == 1 else f"the {top} largest changes"
            largest = f", {which}" if len(found) > top else ""
            about = any(change.approximate for change in found[:top])
            note = f"\n{formatting.APPROXIMATE}.\n" if about else ""
            yield _details(title + largest, _largest(found[:top]) + note)


def _largest(changes: Sequence[Change]) -> str:
    return _table(
        "change | name | old | new | delta",
        (
            [
                change.word,
                code(change.name)
                + (f" (was {code(change.was)})" if change.was else "")
                + formatting.marked(change),
                "" if change.old is None else formatting.count(change.old),
                "" if change.new is None else formatting.count(change.new),
                formatting.signed(change.delta),
            ]
            for change in changes
        ),
        text_columns=2,
    )


def _metrics(changes: Comparison) -> str:
    return _table(
        "figure | old | new | delta | %",
        (
            [
                code(name),
                formatting.count(change.old or 0),
                formatting.count(change.new or 0),
                formatting.signed(change.delta),
                formatting.per_cent(change.new or 0, change.old or 0),
            ]
            for name, change in changes.metrics.items()
        ),
    )


def _names(names: Names) -> str:
    lines = [
        f"- {outcome} {code(name)}"
        for outcome, found in formatting.came_and_went(names)
        for name in found
    ]
    more = len(lines) - 50
    return "\n".join(lines[:50] + ([f"- and {more} more"] if more > 0 else [])) + "\n"


def _tool_change_lines(changes: Comparison | None) -> list[str]:
    found = changes.tool_changes if changes else ()
    return [f"- tool change: {code(difference)}\n" for difference in found]


def _table(head: str, lines: Iterable[Sequence[str]], text_columns: int = 1) -> str:
    columns = head.split(" | ")
    rules = ["---"] * text_columns + ["---:"] * (len(columns) - text_columns)
    rows = [f"| {' | '.join(cells)} |" for cells in (columns, rules, *lines)]
    return "\n".join(rows) + "\n"


def _details(summary: str, content: str) -> str:
    return f"\n<details><summary>{summary}</summary>\n\n{content}\n</details>\n"
