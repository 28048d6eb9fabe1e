"""The report as Markdown, for a comment on a pull request: the verdict first, the rest folded.

Foreign text stands in code spans: nothing in it is markup, a mention or a link there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Final

from wasmtrim.escaping import printable
from wasmtrim.records import Change, Comparison, Names
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import formatting
from wasmtrim.report.model import ProfileReport, Report, Verdict
from wasmtrim.report.stages import rows

MOST_BYTES: Final = 65_000  # GitHub refuses a comment of more than 65,536 characters
_LARGEST: Final = 10  # changes
_LONGEST: Final = 600  # characters of a detail
_MARKS: Final = {Verdict.PASSED: "✅", Verdict.FAILED: "❌", Verdict.NOT_BUILT: "❌"}
_LEFT_OUT: Final = "\n_Left out here, as it would be too long for a comment; index.html has it._\n"


def text(report: Report) -> str:
    """Give the file's content: at most MOST_BYTES, the folded parts left out first."""
    head = f"### {_MARKS[_worst(report)]} wasmtrim: {formatting.summary(report, code)}\n\n"
    parts = [head, _overview(report.profiles)]
    parts += [_failed(profile) for profile in report.profiles]
    parts.append(_shared(report))
    parts += [_said(profile, report.own_remarks(profile)) for profile in report.profiles]
    folded = [_bases(report.profiles)]
    for profile in report.profiles:
        folded += _folded(profile)
    return fitted(parts, folded)


def of_result(judged: RegressionResult) -> str:
    """Give one comparison alone, with what was found about its budgets."""
    changes = judged.comparison
    verdict = Verdict.PASSED if judged.ok else Verdict.FAILED
    what = f"{_tagged(judged.profile)}: " if judged.profile else ""
    told = formatting.changed(changes, code) if changes else "no base"
    head = f"### {_MARKS[verdict]} {what}{told}\n\n- base: {code(judged.base)}\n"
    lines = _tool_change_lines(changes) if changes else []
    lines += [
        f"- {finding.word}: **{code(finding.name)}**: {code(finding.detail)}"
        for finding in judged.findings
    ]
    said = "".join(f"{line}\n" for line in lines)
    if not changes or changes.identical:
        return fitted([head, said], [])
    return fitted([head, said, "\n", _metrics(changes)], [*_changes(changes, "")])


def fitted(parts: Sequence[str], folded: Sequence[str]) -> str:
    """Put the parts together, and of the folded ones as many as there is room for."""
    whole = "".join(part for part in parts if part)
    room = MOST_BYTES - len(_LEFT_OUT.encode())
    left_out = ""
    for part in folded:
        if len(whole.encode()) + len(part.encode()) <= room:
            whole += part
        else:
            left_out = _LEFT_OUT
    if len(whole.encode()) > room:
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
    escaped = re.sub(r"[`|\\*_\[\]~:@#]", lambda found: f"&#{ord(found[0])};", html.escape(text))
    return f"<code>{escaped}</code>"


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


def _shared(report: Report) -> str:
    lines = [
        f"- note for {_names_of(names, report)}: {code(remark)}\n"
        for remark, names in report.shared.items()
    ]
    return "\n" + "".join(lines) if lines else ""


def _names_of(names: Sequence[str], report: Report) -> str:
    if len(names) == len(report.profiles):
        return formatting.about(names, report)
    return ", ".join(map(code, names))


def _failed(profile: ProfileReport) -> str:
    """What fails in a profile, and what it was compared with."""
    lines = [f"- **{code(check.name)}**: {code(check.detail)}" for check in profile.failures]
    if profile.verdict is Verdict.NOT_BUILT:
        lines.insert(0, f"- not built: {code(profile.message)}")
    if lines and profile.regression:
        lines.append(f"- base: {code(profile.regression.base)}")
    return _about(profile, lines)


def _said(profile: ProfileReport, remarks: Sequence[str]) -> str:
    """What has to be known of a profile; nothing for one of which there is no more."""
    changes = profile.regression.comparison if profile.regression else None
    lines = [f"- note: {code(remark)}" for remark in remarks]
    return _about(profile, [*lines, *(_tool_change_lines(changes) if changes else ())])


def _about(profile: ProfileReport, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    return f"\n**{code(profile.name)}**\n\n" + "\n".join(lines) + "\n"


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
    if changes:
        yield from _changes(changes, f"{name}: ")
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


def _changes(changes: Comparison, prefix: str) -> Iterator[str]:
    for what, names in (("imports", changes.imports), ("exports", changes.exports)):
        if names.added or names.removed:
            yield _details(f"{prefix}{what} that came and went", _names(names))
    for what, found in (
        ("packages", changes.packages),
        ("functions", changes.functions),
        ("sections", changes.sections),
    ):
        if found:
            title = f"{prefix}{formatting.plural(len(found), what[:-1])} changed"
            largest = f", the {_LARGEST} largest changes" if len(found) > _LARGEST else ""
            yield _details(title + largest, _largest(found))


def _largest(changes: Sequence[Change]) -> str:
    return _table(
        "change | name | old | new | delta",
        (
            [
                change.word,
                code(change.name) + (f" (was {code(change.was)})" if change.was else ""),
                "" if change.old is None else formatting.count(change.old),
                "" if change.new is None else formatting.count(change.new),
                formatting.signed(change.delta),
            ]
            for change in changes[:_LARGEST]
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
    lines = [f"- added {code(name)}" for name in names.added]
    lines += [f"- removed {code(name)}" for name in names.removed]
    more = len(lines) - 50
    return "\n".join(lines[:50] + ([f"- and {more} more"] if more > 0 else [])) + "\n"


def _tool_change_lines(changes: Comparison) -> list[str]:
    return [f"- measured otherwise: {code(difference)}" for difference in changes.tool_changes]


def _table(head: str, lines: Iterable[Sequence[str]], text_columns: int = 1) -> str:
    columns = head.split(" | ")
    rules = ["---"] * text_columns + ["---:"] * (len(columns) - text_columns)
    rows = [f"| {' | '.join(cells)} |" for cells in (columns, rules, *lines)]
    return "\n".join(rows) + "\n"


def _details(summary: str, content: str) -> str:
    return f"\n<details><summary>{summary}</summary>\n\n{content}\n</details>\n"
