"""What there is to report: each profile with its verdict, read from the records in dist/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final

from wasmtrim import records
from wasmtrim.attribution import breakdown
from wasmtrim.check import Check
from wasmtrim.records import Entry, Release, TuningRecord
from wasmtrim.records.breakdown import Breakdown
from wasmtrim.regression import history, result
from wasmtrim.regression.result import RegressionResult
from wasmtrim.sizes import sha256

OUTPUT: Final = "output"  # the check that judges a smoke run's picture
# The checks of limits: one that is not judged is another compiler's.
LIMITS: Final = ("size raw", "size gzip", "size brotli", "memory", "table", "fuel")
EXPECTED, GOT, DIFFERENCE = "expected", "got", "difference"  # what a picture shows


class Verdict(Enum):
    """How a profile's build ended; the value is its word in every format."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_BUILT = "not built"


@dataclass(frozen=True)
class Picture:
    """A picture of a smoke run: what it shows in a word, its file as it was given, and its case."""

    what: str
    file: Path
    case: str = ""

    @property
    def title(self) -> str:
        """What it shows, and of which case where there are several."""
        return f"{self.case}: {self.what}" if self.case else self.what

    @property
    def sha256(self) -> str:
        """The file's digest."""
        return sha256(self.file.read_bytes())


@dataclass(frozen=True)
class ProfileReport:
    """One profile. `message` says why it is not built; a failed one says it in its checks.

    `release`, `checks`, `regression` and `breakdown` are None where their record isn't there.
    `pictures` are those of the smoke run; `history` are the earlier builds by the same compiler.
    `tuning` is the search that found the module's recipe.
    """

    name: str
    verdict: Verdict
    message: str
    release: Release | None = None
    checks: tuple[Check, ...] | None = None
    regression: RegressionResult | None = None
    breakdown: Breakdown | None = None
    pictures: tuple[Picture, ...] = ()
    history: tuple[Entry, ...] = ()
    tuning: TuningRecord | None = None

    @property
    def all_checks(self) -> tuple[Check, ...]:
        """The checks of the verification, then the budgets and waivers that were judged."""
        found = self.regression.findings if self.regression else ()
        plain = (result for result in found if result.judged and not result.remark)
        return (*(self.checks or ()), *plain)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(check for check in self.all_checks if not check.ok)

    @property
    def not_judged(self) -> tuple[int, int]:
        """How many limits, and how many budgets, there was nothing to judge by."""
        checks = self.checks or ()
        limits = sum(not check.judged and check.name in LIMITS for check in checks)
        findings = self.regression.findings if self.regression else ()
        return limits, sum(found.of_budget and not found.judged for found in findings)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What one has to know even of a build that passed: waivers, what wasn't judged."""
        judged = self.regression.findings if self.regression else ()
        said = [
            f"{finding.word}: {finding.name}: {finding.detail}"
            for finding in judged
            if finding.remark or not finding.judged
        ]
        offers = [f"{each.name}: {each.offer}" for each in judged if each.ok and each.offer]
        apart = [
            f"{check.outcome.value}: {check.name}: {check.detail}"
            for check in self.checks or ()
            if not check.judged and check.name not in LIMITS
        ]
        return (*(self.release.notes if self.release else ()), *apart, *said, *offers)


@dataclass(frozen=True)
class Report:
    """The profiles in the order asked for."""

    profiles: tuple[ProfileReport, ...]

    @cached_property
    def shared(self) -> dict[str, tuple[str, ...]]:
        """The remarks that several profiles have word for word, each with these profiles' names."""
        said: dict[str, list[str]] = {}
        for profile in self.profiles:
            for remark in dict.fromkeys(profile.remarks):
                said.setdefault(remark, []).append(profile.name)
        return {remark: tuple(names) for remark, names in said.items() if len(names) > 1}

    def own_remarks(self, profile: ProfileReport) -> tuple[str, ...]:
        """The remarks that this profile alone has."""
        return tuple(remark for remark in profile.remarks if remark not in self.shared)

    @property
    def ok(self) -> bool:
        """Whether every profile passed."""
        return all(profile.verdict is Verdict.PASSED for profile in self.profiles)


def read(
    dist: Path,
    names: Sequence[str],
    problems: Mapping[str, str],
    past: Sequence[Entry] = (),
    pictures: Mapping[str, Sequence[Picture]] = MappingProxyType({}),
) -> Report:
    """Read what `dist` says about these profiles; `past` is the history, oldest first.

    `pictures` are by profile; a file that isn't there is left out, and of a smoke run that came
    out well there is no difference to show.

    `problems` has a message for each profile of which a stage failed. Such a profile is not built,
    and the records that an earlier build left are not shown. A verification that found a fault is
    no problem in this sense: its record tells it. Raises UsageError for a record of another
    version, or one that was tampered with.
    """
    return Report(
        tuple(
            _profile(dist, name, problems.get(name), past, pictures.get(name, ())) for name in names
        )
    )


def _profile(
    dist: Path,
    name: str,
    problem: str | None,
    past: Sequence[Entry],
    pictures: Sequence[Picture],
) -> ProfileReport:
    if problem is not None:
        return ProfileReport(name, Verdict.NOT_BUILT, problem)
    sizes, verification = dist / f"{name}.sizes.json", dist / f"{name}.verify.json"
    judged = dist / f"{name}.regression.json"
    release = records.SIZES.read(sizes) if sizes.exists() else None
    verified = records.VERIFICATION.read(verification) if verification.exists() else None
    checks = tuple(row.check for row in verified.checks) if verified else None
    regression = _judged(judged, release) if release else None
    missing = [path.name for path in (sizes, verification) if not path.exists()]
    holds = all(check.ok for check in checks or ()) and (regression is None or regression.ok)
    verdict = Verdict.PASSED if holds else Verdict.FAILED
    message = ""
    if missing:
        verdict = Verdict.NOT_BUILT
        message = f"no {' and no '.join(missing)} in {dist.name}/"
    compiler = release.compiler.name if release and release.compiler else "ready"
    return ProfileReport(
        name,
        verdict,
        message,
        release,
        checks,
        regression,
        breakdown=_breakdown(dist / f"{name}.breakdown.json", release),
        pictures=tuple(_shown(pictures, checks or ())),
        history=tuple(history.of_profile(past, name, compiler)),
        tuning=_tuning(dist / f"{name}.tuning.json", release),
    )


def _tuning(path: Path, release: Release | None) -> TuningRecord | None:
    """Read the search that found the release's recipe; None if the file has another recipe."""
    found = records.TUNING.read(path) if release and path.exists() else None
    if not release or not found or not found.options:
        return None
    size = len(found.options)
    made = any(
        stage.argv[at : at + size] == found.options
        for stage in release.stages
        if stage.tool.name == found.tool.name
        for at in range(len(stage.argv))
    )
    return found if made else None


def _breakdown(path: Path, release: Release | None) -> Breakdown | None:
    return breakdown.read(path, release.shipped.size.sha256) if release else None


def _shown(pictures: Sequence[Picture], checks: Sequence[Check]) -> Iterator[Picture]:
    """Leave out what an earlier run left: a picture that this run did not get to judge."""
    by_name = {check.name: check.ok for check in checks}
    for picture in pictures:
        judged = by_name.get(f"{picture.case}: {OUTPUT}" if picture.case else OUTPUT)
        fits = {EXPECTED: True, GOT: judged is not None, DIFFERENCE: judged is False}
        if fits[picture.what] and picture.file.is_file():
            yield picture


def _judged(path: Path, release: Release) -> RegressionResult | None:
    """Read the result of this release; None if the file is of an earlier build."""
    found = records.REGRESSION.read(path) if path.exists() else None
    if found is None or found.module != release.shipped.sha256:
        return None
    return result.of_record(found)
