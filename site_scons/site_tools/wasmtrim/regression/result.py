"""The regression check of one profile: `NAME.regression.json`, what changed and whether it may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim import records
from wasmtrim.records import Comparison, RegressionRecord
from wasmtrim.regression import budget, read
from wasmtrim.regression.base import Base, of_baseline
from wasmtrim.regression.budget_result import BudgetResult
from wasmtrim.regression.compare import compare
from wasmtrim.regression.difference import Difference
from wasmtrim.regression.inventory import Inventory
from wasmtrim.regression.snapshot import Snapshot, alike

if TYPE_CHECKING:
    from wasmtrim.profile import Profile


@dataclass(frozen=True)
class RegressionResult:
    """`module` is the sha256 of the one that was judged. `base` names the base, and says why it is
    that one; `comparison` is None without a base."""

    profile: str
    module: str
    base: str
    comparison: Comparison | None
    findings: tuple[BudgetResult, ...]

    @property
    def ok(self) -> bool:
        """Whether no budget is exceeded and no waiver is stale."""
        return all(finding.ok for finding in self.findings)

    @property
    def offers(self) -> tuple[str, ...]:
        """What can be done about the budgets that are exceeded: each way once."""
        over = [finding.offer for finding in self.findings if not finding.ok and finding.offer]
        return tuple(dict.fromkeys(over))

    def record(self) -> RegressionRecord:
        """Return the content of `NAME.regression.json`."""
        return RegressionRecord(
            profile=self.profile,
            module=self.module,
            ok=self.ok,
            base=self.base,
            findings=tuple(found.finding for found in self.findings),
            comparison=self.comparison,
        )


def of_record(record: RegressionRecord) -> RegressionResult:
    """Return the result that a record tells of."""
    return RegressionResult(
        record.profile,
        record.module,
        record.base,
        record.comparison,
        tuple(map(BudgetResult.of_finding, record.findings)),
    )


def of_build(
    name: str, profile: Profile, new: Snapshot, base: Base, today: date
) -> RegressionResult:
    """Compare a build with its base, and judge the profile's budgets and waivers."""
    difference = _difference(new, base)
    findings = budget.check(profile.budget, profile.waivers, new, base, difference, today)
    comparison = compare(difference) if difference else None
    return RegressionResult(name, new.size.sha256, base.told, comparison, findings)


def without_budgets(new: Snapshot, base: Base) -> RegressionResult:
    """Compare only: there is no profile that would allow or refuse."""
    difference = _difference(new, base)
    comparison = compare(difference) if difference else None
    return RegressionResult("", new.size.sha256, base.told, comparison, ())


def _difference(new: Snapshot, base: Base) -> Difference | None:
    return Difference(*alike(base.snapshot, new)) if base.snapshot else None


def of_release(
    name: str,
    profile: Profile,
    root: Path,
    record: Path,
    module: Path,
    today: date,
    take_apart: Callable[[Path, bytes], Inventory],
) -> RegressionResult:
    """Judge the size record `record` of `module` against the committed baseline.

    `take_apart` tells what a module holds that is delivered under a path.
    """
    label = record.relative_to(root) if record.is_relative_to(root) else Path(record.name)
    new = read.of_release(records.SIZES.read(record), label.as_posix(), record, module, take_apart)
    return of_build(name, profile, new, of_baseline(root, new), today)
