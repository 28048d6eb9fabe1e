"""What there is to report: each profile with its verdict, read from the records in dist/."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim.errors import RequestError
from wasmtrim.regression import contents, history, judgement, record
from wasmtrim.regression.contents import Contents
from wasmtrim.regression.finding import Outcome
from wasmtrim.regression.history import Entry
from wasmtrim.regression.judgement import Judgement
from wasmtrim.regression.record import Release
from wasmtrim.report import anatomy
from wasmtrim.report.anatomy import Anatomy
from wasmtrim.sizes import sha256

if TYPE_CHECKING:
    from wasmtrim.attribution import Evidence


class Verdict(Enum):
    """How a profile's build ended; the value is its word in every format."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_BUILT = "not built"


@dataclass(frozen=True)
class Check:
    """One line of a verification: what was looked at, whether it holds, and what was found."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class ProfileReport:
    """One profile. `message` says why it is not built; a failed one says it in its checks.

    `release`, `checks` and `regression` are None where their record isn't there. `module` is the
    file that ships; `pictures` are what its smoke run drew; `history` are the earlier builds by
    the same compiler.
    """

    name: str
    verdict: Verdict
    message: str
    release: Release | None = None
    checks: tuple[Check, ...] | None = None
    regression: Judgement | None = None
    module: Path | None = None
    pictures: tuple[Path, ...] = ()
    history: tuple[Entry, ...] = ()

    @property
    def all_checks(self) -> tuple[Check, ...]:
        """The checks of the verification, then the budgets and waivers that were judged."""
        judged = self.regression.findings if self.regression else ()
        return (self.checks or ()) + tuple(
            Check(finding.name, not finding.outcome.fails, finding.detail)
            for finding in judged
            if finding.outcome in (Outcome.HELD, Outcome.OVER)
        )

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(check for check in self.all_checks if not check.ok)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What one has to know even of a build that passed: waivers, what wasn't judged."""
        judged = self.regression.findings if self.regression else ()
        said = [
            f"{finding.outcome.value}: {finding.name}: {finding.detail}"
            for finding in judged
            if finding.outcome not in (Outcome.HELD, Outcome.OVER)
        ]
        offers = [f"{finding.name}: {finding.offer}" for finding in judged if finding.offer]
        return (*(self.release.notes if self.release else ()), *said, *offers)

    @cached_property
    def contents(self) -> Contents | None:
        """What the shipped module is made of; None where it isn't there any more."""
        data, evidence = self._shipped
        return contents.of_module(data, evidence) if data else None

    @cached_property
    def anatomy(self) -> Anatomy | None:
        """The same in detail, compressed, and with what keeps each part."""
        data, evidence = self._shipped
        return anatomy.of_module(data, evidence) if data else None

    @cached_property
    def _shipped(self) -> tuple[bytes, Evidence]:
        """The module, empty where it isn't the one of the record, and whose its functions are."""
        from wasmtrim.attribution import Evidence, evidence

        if self.module is None or self.release is None or not self.module.is_file():
            return b"", Evidence()
        data = self.module.read_bytes()
        if sha256(data) != self.release.shipped.weight.sha256:
            return b"", Evidence()
        return data, evidence.beside(self.module, data)


@dataclass(frozen=True)
class Report:
    """The profiles in the order asked for."""

    profiles: tuple[ProfileReport, ...]

    @property
    def ok(self) -> bool:
        """Whether every profile passed."""
        return all(profile.verdict is Verdict.PASSED for profile in self.profiles)


def read(
    dist: Path,
    names: Sequence[str],
    problems: Mapping[str, str],
    past: Sequence[Entry] = (),
) -> Report:
    """Read what `dist` says about these profiles; `past` is the history, oldest first.

    `problems` has a message for each profile of which a stage failed. Such a profile is not built,
    and the records that an earlier build left are not shown. A verification that found a fault is
    no problem in this sense: its record tells it. Raises RequestError for a record of another
    version, or one that was tampered with.
    """
    return Report(tuple(_profile(dist, name, problems.get(name), past) for name in names))


def _profile(dist: Path, name: str, problem: str | None, past: Sequence[Entry]) -> ProfileReport:
    if problem is not None:
        return ProfileReport(name, Verdict.NOT_BUILT, problem)
    sizes, verification = dist / f"{name}.sizes.json", dist / f"{name}.verify.json"
    judged = dist / f"{name}.regression.json"
    release = record.read(sizes) if sizes.exists() else None
    checks = _read_checks(verification) if verification.exists() else None
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
        module=dist / f"{name}.wasm",
        pictures=tuple(path for path in _pictures(dist, name) if path.is_file()),
        history=tuple(history.of_profile(past, name, compiler)),
    )


def _pictures(dist: Path, name: str) -> tuple[Path, ...]:
    return tuple(dist / f"{name}.smoke{suffix}" for suffix in (".gif", ".png"))


def _judged(path: Path, release: Release) -> Judgement | None:
    """Read the judgement of this release; None where what lies there is of an earlier build."""
    try:
        found = judgement.read(path)
    except (OSError, RequestError):
        return None
    return found if found.module == release.shipped.weight.sha256 else None


def _read_checks(path: Path) -> tuple[Check, ...]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != 1:
            raise ValueError
        return tuple(
            Check(str(row["name"]), row["ok"] is True, str(row["detail"]))
            for row in content["checks"]
        )
    except (KeyError, TypeError, ValueError):
        raise RequestError(
            f"{path}: not a verification record that this version of wasmtrim reads;"
            " build it anew with `scons release`"
        ) from None
