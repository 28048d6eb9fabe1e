"""An assessment for the terminal: verdict, matrix, findings by rule with what takes their place."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from wasmtrim.assess.assessment import VERDICTS, Assessment, Build
from wasmtrim.assess.formats import words
from wasmtrim.assess.rules import DIMENSIONS, SEVERITIES

_PLACES = 20  # of a rule; --format json has all
_WIDTH = 80


def text(assessment: Assessment) -> str:
    """The assessment as plain text."""
    return "\n".join(_lines(assessment)) + "\n"


def _lines(assessment: Assessment) -> Iterator[str]:
    yield f"{assessment.module}, for {assessment.target}: {VERDICTS[assessment.verdict]}"
    scored = f"{assessment.score:.1f} of 100; {words.files(assessment)}"
    yield from _wrapped(scored, "  ")
    yield ""
    worst_first = SEVERITIES[::-1]
    head = "".join(f"{severity:>11}" for severity in worst_first)
    yield f"{'':14}{'weight':>8}{'of 100':>8}{head}"
    for name in DIMENSIONS:
        counts = "".join(f"{assessment.of(name, severity):>11}" for severity in worst_first)
        weight = f"{assessment.weights[name]:.0f} %"
        yield f"{words.NAMES[name]:14}{weight:>8}{assessment.dimensions[name]:>8.1f}{counts}"
    for group in words.groups(assessment):
        if group.severity == "works":
            continue
        yield ""
        yield f"{group.severity}: {group.title} ({group.rule}, {len(group.findings)})"
        yield from textwrap.wrap(
            f"instead: {group.instead}", _WIDTH, initial_indent="  ", subsequent_indent="    "
        )
        for finding in group.findings[:_PLACES]:
            yield f"  {words.place(finding)}  {finding.symbol}"
            if way := words.way(finding):
                yield from textwrap.wrap(
                    way,
                    _WIDTH,
                    initial_indent="    by ",
                    subsequent_indent="      ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )
        if len(group.findings) > _PLACES:
            yield f"  and {len(group.findings) - _PLACES:,} more; --format json has all"
    works = [f"{g.title} ({len(g.findings)})" for g in words.groups(assessment)
             if g.severity == "works"]  # fmt: skip
    if works:
        yield ""
        yield from textwrap.wrap(f"works as it is: {', '.join(works)}", _WIDTH)
    if assessment.builds:
        yield ""
        for build in assessment.builds:
            yield from _build(build)
    if assessment.notes:
        yield ""
        for note in assessment.notes:
            yield from _wrapped(f"note: {note}", "  ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _build(build: Build) -> Iterator[str]:
    told = "does not compile" if build.bytes is None else f"{build.bytes:,} bytes"
    yield f"built by {build.compiler} {build.version}: {build.package}: {told}"
    for said in build.said:
        place = f"{said.file}:{said.line}: " if said.line else ""
        found = "" if said.finding is None else " (found above)"
        yield f"  {place}{said.message}{found}"
