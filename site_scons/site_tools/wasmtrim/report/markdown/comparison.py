"""One comparison: what changed, why it grew, and whether the budgets allow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wasmtrim.records import Change, Comparison, Names
from wasmtrim.records.regression import Cause
from wasmtrim.regression import causes
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import LARGEST, formatting
from wasmtrim.report.markdown.failures import advice, failure, failure_table
from wasmtrim.report.markdown.markup import (
    MARKS,
    code,
    counted_notes,
    details,
    fitted,
    table,
    tagged,
)
from wasmtrim.report.model import Verdict
from wasmtrim.wording import plural


def of_result(judged: RegressionResult, top: int = LARGEST) -> str:
    """Return one comparison alone, with what was found about its budgets.

    Of each kind of change the `top` largest are shown.
    """
    changes = judged.comparison
    told = formatting.changed(changes, code) if changes else "no base"
    what = f"{tagged(judged.profile)}: " if judged.profile else ""
    # Without a budget nothing was judged: there is nothing to be green or red about.
    verdict = Verdict.PASSED if judged.ok else Verdict.FAILED
    mark = f"{MARKS[verdict]} " if any(finding.judged for finding in judged.findings) else ""
    parts = [f"### {mark}{what}{told}\n\n"]
    over = [failure("", finding) for finding in judged.findings if not finding.ok]
    if over:
        parts.append(failure_table(over) + advice([judged]) + "\n")
    parts.append(f"{formatting.outcome(judged)}; base: {code(judged.base)}\n")
    if changes and not changes.identical:
        parts += ["\n", _metrics(changes)]
    notes = tool_change_lines(changes)
    notes += [
        f"- {finding.word}: {code(finding.name)}: {code(finding.detail)}\n"
        for finding in judged.findings
        if finding.ok and finding.word != "held"
    ]
    folded = [counted_notes(notes)] if notes else []
    if changes and not changes.identical:
        folded += folded_changes(changes, "", top)
    held = [f"- {code(f.name)}: {code(f.detail)}\n" for f in judged.findings if f.word == "held"]
    if held:
        folded.append(details("what holds", "".join(held)))
    return fitted(parts, folded)


def folded_changes(changes: Comparison, prefix: str, top: int) -> Iterator[str]:
    """Yield what changed, a folded part a kind; `prefix` begins the summary of each.

    Of each kind of change the `top` largest are shown.
    """
    for what, names in (("imports", changes.imports), ("exports", changes.exports)):
        if names.added or names.removed or names.changed:
            yield details(f"{prefix}{what} that came and went", _names(names))
    if changes.causes and top:
        yield details(f"{prefix}why it grew", _causes(causes.cut(changes.causes, top)))
    for what, found in (
        ("package", changes.packages),
        ("function", changes.functions),
        ("section", changes.sections),
    ):
        if found and top:
            title = f"{prefix}{plural(len(found), what)} changed"
            which = "the largest change" if top == 1 else f"the {top} largest changes"
            largest = f", {which}" if len(found) > top else ""
            about = any(change.approximate for change in found[:top])
            note = f"\n{formatting.APPROXIMATE}.\n" if about else ""
            yield details(title + largest, _largest(found[:top]) + note)


def _causes(found: Sequence[Cause]) -> str:
    return table(
        "why it grew | what came with it | bytes",
        (
            [
                code(cause.what),
                code(cause.below) if cause.below else "",
                formatting.signed(cause.amount),
            ]
            for cause in found
        ),
        text_columns=2,
    )


def _largest(changes: Sequence[Change]) -> str:
    return table(
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
    return table(
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


def tool_change_lines(changes: Comparison | None) -> list[str]:
    """Return a line of a list for each tool, flag or compressor that differs."""
    found = changes.tool_changes if changes else ()
    return [f"- tool change: {code(difference)}\n" for difference in found]
