"""A release: one table of all profiles, then what fails; the rest is folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from wasmtrim.escaping import printable
from wasmtrim.report import LARGEST, formatting
from wasmtrim.report.markdown.comparison import folded_changes, tool_change_lines
from wasmtrim.report.markdown.failures import advice, failure, failure_table
from wasmtrim.report.markdown.markup import (
    MARKS,
    code,
    counted_notes,
    details,
    escaped,
    fitted,
    table,
    tagged,
)
from wasmtrim.report.model import ProfileReport, Report, Verdict
from wasmtrim.report.stages import rows


def text(report: Report) -> str:
    """Return the file's content: at most MOST_BYTES, the folded parts left out first.

    What passes is said by one table. What fails is a table below it, all else is folded.
    """
    mark = MARKS[Verdict.PASSED if report.ok else Verdict.FAILED]
    head = f"### {mark} wasmtrim: {formatting.summary(report, code)}\n\n"
    parts = [head, _overview(report.profiles), _failures(report.profiles)]
    folded = [_notes(report), _bases(report.profiles)]
    for profile in report.profiles:
        folded += _folded(profile)
    return fitted(parts, [part for part in folded if part])


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
        verdict = f"{MARKS[profile.verdict]} {', '.join(filter(None, told))}"
        lines.append(f"| {code(profile.name)} | {verdict} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _failures(profiles: Sequence[ProfileReport]) -> str:
    """What fails in each profile, as a table, and what can be done about a budget."""
    rows = []
    for profile in profiles:
        if profile.verdict is Verdict.NOT_BUILT:
            why = code(formatting.reason(profile))
            rows.append([code(profile.name), "not built", "", "", "", "", why])
        rows += [failure(profile.name, check) for check in profile.failures]
    if not rows:
        return ""
    judged = [profile.regression for profile in profiles if profile.regression]
    return "\n" + failure_table(rows) + advice(judged)


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
            for line in tool_change_lines(changes)
        ]
    return counted_notes(lines) if lines else ""


def _bases(profiles: Sequence[ProfileReport]) -> str:
    lines = [
        f"- {code(profile.name)}: {code(profile.regression.base)}\n"
        for profile in profiles
        if profile.regression
    ]
    return details("what each was compared with", "".join(lines)) if lines else ""


def _folded(profile: ProfileReport) -> Iterator[str]:
    name = tagged(printable(profile.name))
    changes = profile.regression.comparison if profile.regression else None
    said = formatting.said(profile)
    if said:
        text = "\n".join(map(escaped, said))
        yield details(f"{name}: why it was not built", f"<pre>{text}</pre>")
    if changes:
        yield from folded_changes(changes, f"{name}: ", LARGEST)
    if profile.release:
        fields = attrgetter("bytes", "delta", "per_cent", "gzip", "brotli", "fuel", "seconds")
        stages = table(
            "stage | bytes | delta | % | gzip | brotli | fuel | seconds",
            ((code(row.name), *fields(row)) for row in rows(profile.release)),
        )
        yield details(f"{name}: stages", stages)
    if profile.checks:
        held = "".join(f"- {code(c.name)}: {code(c.detail)}\n" for c in profile.checks if c.ok)
        if held:
            yield details(f"{name}: what holds", held)
