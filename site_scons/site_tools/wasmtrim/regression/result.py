"""The regression check of one profile: `NAME.regression.json`, what changed and whether it may."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wasmtrim.errors import UsageError
from wasmtrim.regression import budget
from wasmtrim.regression.base import Base, of_baseline
from wasmtrim.regression.budget_result import BudgetResult
from wasmtrim.regression.compare import (
    Change,
    Comparison,
    Figures,
    Names,
    StageChange,
    compare,
)
from wasmtrim.regression.read import snapshot
from wasmtrim.regression.snapshot import Snapshot

if TYPE_CHECKING:
    from wasmtrim.profile import Profile

SCHEMA: Final = 1


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

    def to_json(self) -> dict[str, Any]:
        """Give the content of `NAME.regression.json`."""
        findings = [
            {
                "name": f.name,
                "ok": f.ok,
                "judged": f.judged,
                "outcome": f.word,
                "detail": f.detail,
                "offer": f.offer,
            }
            for f in self.findings
        ]
        comparison = asdict(self.comparison, dict_factory=_plain) if self.comparison else None
        return {
            "schema": SCHEMA,
            "profile": self.profile,
            "module": self.module,
            "ok": self.ok,
            "base": self.base,
            "findings": findings,
            "comparison": comparison,
        }


def _plain(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """A dict as JSON would give it back: with lists for tuples."""
    return {key: _listed(value) for key, value in items}


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def of_build(
    name: str, profile: Profile, new: Snapshot, base: Base, today: date
) -> RegressionResult:
    """Compare a build with its base, and judge the profile's budgets and waivers."""
    comparison = compare(base.snapshot, new) if base.snapshot else None
    findings = budget.check(
        profile.budget,
        profile.waivers,
        new,
        base.snapshot,
        comparison,
        today,
        rebuilt=base.rebuilt,
    )
    return RegressionResult(name, new.size.sha256, base.told, comparison, findings)


def without_budgets(new: Snapshot, base: Base) -> RegressionResult:
    """Compare only: there is no profile that would allow or refuse."""
    comparison = compare(base.snapshot, new) if base.snapshot else None
    return RegressionResult("", new.size.sha256, base.told, comparison, ())


def of_release(
    name: str, profile: Profile, root: Path, dist: Path, today: date
) -> RegressionResult:
    """Judge what lies in `dist` against the committed baseline."""
    new = snapshot(dist / f"{name}.sizes.json")
    return of_build(name, profile, new, of_baseline(root, new), today)


def read(path: Path) -> RegressionResult:
    """Read `NAME.regression.json`. Raises UsageError when it isn't one of this version."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        content = None
    return of_json(content, str(path))


def of_json(content: Any, where: str) -> RegressionResult:
    """Take the content of a regression record; `where` names it in an error (UsageError)."""
    try:
        if content["schema"] != SCHEMA:
            raise ValueError
        comparison = content["comparison"]
        return RegressionResult(
            profile=_text(content["profile"]),
            module=_text(content["module"]),
            base=_text(content["base"]),
            comparison=_comparison(comparison) if comparison else None,
            findings=tuple(
                BudgetResult.of_word(
                    _text(row["name"]),
                    _text(row["outcome"]),
                    _text(row["detail"]),
                    _text(row["offer"]),
                )
                for row in content["findings"]
            ),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UsageError(
            f"{where}: not a regression record that this version of wasmtrim reads;"
            " build it anew with `scons release`"
        ) from None


def _comparison(content: Mapping[str, Any]) -> Comparison:
    if "raw" not in content["metrics"]:
        raise KeyError("raw")
    return Comparison(
        old=_text(content["old"]),
        new=_text(content["new"]),
        identical=content["identical"] is True,
        tool_changes=tuple(map(_text, content["tool_changes"])),
        metrics={_text(name): _change(row) for name, row in content["metrics"].items()},
        stages=tuple(
            StageChange(_text(row["name"]), _figures(row["old"]), _figures(row["new"]))
            for row in content["stages"]
        ),
        sections=tuple(map(_change, content["sections"])),
        packages=tuple(map(_change, content["packages"])),
        functions=tuple(map(_change, content["functions"])),
        rewritten=_whole(content["rewritten"]),
        imports=_names(content["imports"]),
        exports=_names(content["exports"]),
        chains={_text(n): tuple(map(_text, names)) for n, names in content["chains"].items()},
    )


def _figures(row: Mapping[str, Any] | None) -> Figures | None:
    if row is None:
        return None
    raw, gzip, brotli = (_whole(row[name]) for name in ("raw", "gzip", "brotli"))
    return Figures(raw, gzip, brotli, _whole_or_none(row["fuel"]))


def _change(row: Mapping[str, Any]) -> Change:
    old, new = _whole_or_none(row["old"]), _whole_or_none(row["new"])
    return Change(_text(row["name"]), old, new, _text(row["package"]), _text(row["was"]))


def _names(row: Mapping[str, Any]) -> Names:
    return Names(tuple(map(_text, row["added"])), tuple(map(_text, row["removed"])))


def _whole_or_none(value: Any) -> int | None:
    return None if value is None else _whole(value)


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError(value)
    return value
