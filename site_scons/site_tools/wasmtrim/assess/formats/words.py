"""What the formats for readers have in common: the dimensions' names, findings by rule, a path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wasmtrim.assess.assessment import Assessment, Finding, Frame
from wasmtrim.assess.rules import SEVERITIES, DimensionName, Severity

NAMES: Final[dict[DimensionName, str]] = {
    "io": "I/O",
    "system": "system calls",
    "timing": "timing",
}
_FRAMES: Final = 8  # of a path: the first and the last of them


@dataclass(frozen=True)
class Group:
    """The findings of one rule and severity, in the order of their places."""

    severity: Severity
    rule: str
    findings: tuple[Finding, ...]

    @property
    def title(self) -> str:
        return self.findings[0].title

    @property
    def instead(self) -> str:
        return self.findings[0].instead


def groups(assessment: Assessment) -> Iterator[Group]:
    """The findings by rule, the worst first."""
    found: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in assessment.findings:
        found.setdefault((finding.severity, finding.rule), []).append(finding)
    for (severity, rule), members in sorted(
        found.items(), key=lambda item: (-SEVERITIES.index(item[0][0]), item[0][1])
    ):
        yield Group(severity, rule, tuple(members))


def place(finding: Finding) -> str:
    """Where it is: `cmd/x/main.go:12`, or the package where there is no line."""
    return f"{finding.file}:{finding.line}" if finding.line else finding.file or finding.package


def way(finding: Finding) -> str:
    """The call path in a line: `main.main main.go:9 > x.Read x.go:4`."""
    frames = finding.path
    if len(frames) < 2:
        return ""
    steps = [_step(frame) for frame in frames]
    if len(steps) > _FRAMES:
        left_out = len(steps) - _FRAMES
        half = _FRAMES // 2
        steps = [*steps[:half], f"({left_out} more)", *steps[-half:]]
    return " > ".join(steps)


def _step(frame: Frame) -> str:
    return f"{frame.function} {frame.file}:{frame.line}" if frame.line else frame.function


def files(assessment: Assessment) -> str:
    """What was read, and what was left out: `12 files, 1,204 lines; left out: 3 of tests`."""
    counted = assessment.files
    left_out = [
        f"{number:,} {what}"
        for number, what in (
            (counted.tests, "of tests"),
            (counted.generated, "generated"),
            (counted.other_platform, "of other platforms"),
        )
        if number
    ]
    told = f"{counted.read:,} files, {counted.lines:,} lines"
    library = f", with {counted.library_lines:,} of dependencies and Go's library"
    return told + library + (f"; left out: {', '.join(left_out)}" if left_out else "")
