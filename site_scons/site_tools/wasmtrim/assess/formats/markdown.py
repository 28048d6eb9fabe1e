"""An assessment as Markdown, for an issue or a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from wasmtrim.assess.assessment import VERDICTS, Assessment
from wasmtrim.assess.formats import words
from wasmtrim.assess.rules import DIMENSIONS, SEVERITIES

_PLACES = 50  # of a rule
_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>#|~&@"})


def text(assessment: Assessment) -> str:
    """The assessment as a Markdown document."""
    return "\n".join(_parts(assessment)).rstrip("\n") + "\n"


def _parts(assessment: Assessment) -> Iterator[str]:
    yield f"# {plain(assessment.module)}: {VERDICTS[assessment.verdict]}\n"
    yield (
        f"For `{assessment.target}`: **{assessment.score:.1f} of 100**;"
        f" {words.files(assessment)}.\n"
    )
    worst_first = SEVERITIES[::-1]
    yield f"| dimension | weight | of 100 | {' | '.join(worst_first)} |"
    yield f"|{' --- |' * (3 + len(worst_first))}"
    for name in DIMENSIONS:
        counts = " | ".join(str(assessment.of(name, severity)) for severity in worst_first)
        of_100 = f"{assessment.weights[name]:.0f} % | {assessment.dimensions[name]:.1f}"
        yield f"| {words.NAMES[name]} | {of_100} | {counts} |"
    yield ""
    for group in words.groups(assessment):
        if group.severity == "works":
            continue
        yield f"## {group.severity}: {plain(group.title)}\n"
        yield f"Rule `{group.rule}`. Instead: {plain(group.instead)}.\n"
        for finding in group.findings[:_PLACES]:
            way = words.way(finding)
            by = f", by {plain(way)}" if way else ""
            yield f"- {plain(words.place(finding))}: {plain(finding.symbol)}{by}"
        if len(group.findings) > _PLACES:
            yield f"- and {len(group.findings) - _PLACES:,} more"
        yield ""
    if assessment.builds:
        yield "## By trial\n"
        for build in assessment.builds:
            told = "does not compile" if build.bytes is None else f"{build.bytes:,} bytes"
            yield f"- {plain(build.package)} by {build.compiler} {build.version}: {told}"
            for said in build.said:
                place = f"{said.file}:{said.line}: " if said.line else ""
                yield f"  - {plain(place + said.message)}"
        yield ""
    yield from (f"Note: {plain(note)}.\n" for note in assessment.notes)


def plain(foreign: str) -> str:
    """A text that Markdown takes as it is."""
    return foreign.translate(_SPECIAL)
