"""What the verification of a release found: `NAME.verify.json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from wasmtrim.check import Check, Outcome
from wasmtrim.records.fields import Says


@dataclass(frozen=True)
class CheckRow:
    """A check; one that is not judged, for want of something to judge by, is `ok`."""

    name: str
    ok: bool
    judged: bool
    detail: Annotated[str, Says("What was found, in one line.")]

    @classmethod
    def of(cls, check: Check) -> CheckRow:
        """Give a check as a row."""
        return cls(check.name, check.ok, check.judged, check.detail)

    @property
    def check(self) -> Check:
        """The check itself."""
        passed = Outcome.HELD if self.judged else Outcome.NOT_JUDGED
        return Check(self.name, passed if self.ok else Outcome.FAILED, self.detail)


@dataclass(frozen=True)
class VerificationRecord:
    """All checks, in the order in which reports show them. `ok`: none fails."""

    schema: Literal[1] = field(default=1, kw_only=True)
    profile: str
    ok: bool
    checks: tuple[CheckRow, ...]

    @classmethod
    def of(cls, profile: str, checks: Sequence[Check]) -> VerificationRecord:
        """Give the record of these checks."""
        return cls(profile, all(check.ok for check in checks), tuple(map(CheckRow.of, checks)))
