"""What there is to report: each profile with its verdict, read from the records in dist/."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from wasmtrim.errors import RequestError
from wasmtrim.regression import record
from wasmtrim.regression.record import Release


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

    `release` and `checks` are None where their record isn't there.
    """

    name: str
    verdict: Verdict
    message: str
    release: Release | None
    checks: tuple[Check, ...] | None

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(check for check in self.checks or () if not check.ok)


@dataclass(frozen=True)
class Report:
    """The profiles in the order asked for."""

    profiles: tuple[ProfileReport, ...]

    @property
    def ok(self) -> bool:
        """Whether every profile passed."""
        return all(profile.verdict is Verdict.PASSED for profile in self.profiles)


def read(dist: Path, names: Sequence[str], problems: Mapping[str, str]) -> Report:
    """Read what `dist` says about these profiles.

    `problems` has a message for each profile of which a stage failed. Such a profile is not built,
    and the records that an earlier build left are not shown. A verification that found a fault is
    no problem in this sense: its record tells it. Raises RequestError for a record of another
    version, or one that was tampered with.
    """
    return Report(tuple(_profile(dist, name, problems.get(name)) for name in names))


def _profile(dist: Path, name: str, problem: str | None) -> ProfileReport:
    if problem is not None:
        return ProfileReport(name, Verdict.NOT_BUILT, problem, None, None)
    sizes, verification = dist / f"{name}.sizes.json", dist / f"{name}.verify.json"
    release = record.read(sizes) if sizes.exists() else None
    checks = _read_checks(verification) if verification.exists() else None
    missing = [path.name for path in (sizes, verification) if not path.exists()]
    if missing:
        message = f"no {' and no '.join(missing)} in {dist.name}/"
        return ProfileReport(name, Verdict.NOT_BUILT, message, release, checks)
    verdict = Verdict.PASSED if all(check.ok for check in checks or ()) else Verdict.FAILED
    return ProfileReport(name, verdict, "", release, checks)


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
