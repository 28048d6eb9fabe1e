"""Which functions and packages a growth is made of, by their cost, and what keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wasmtrim.attribution.packages import UNKNOWN_PACKAGE
from wasmtrim.records import Change, Comparison
from wasmtrim.regression.snapshot import Snapshot

if TYPE_CHECKING:
    from wasmtrim.profile import Budget

COMPRESSED: Final = ("gzip", "brotli")
BYTES: Final = ("raw", *COMPRESSED)
_NAMED: Final = 3  # parts that are named
_LINKS: Final = 4  # of a chain


def _causes(budget: Budget, comparison: Comparison) -> list[Change]:
    """The functions that cost it; none for a figure that functions don't make up."""
    if budget.metric in ("imports", "fuel"):
        return []
    grown = [change for change in comparison.functions if change.delta > 0]
    if budget.metric == "functions":
        grown = [change for change in grown if change.old is None]
    kind = budget.scope.kind
    if kind == "section" and budget.scope.name != "code":
        return []
    if kind in ("package", "unknown"):
        package = UNKNOWN_PACKAGE if kind == "unknown" else budget.scope.name
        grown = [change for change in grown if change.package == package]
    return grown


def of_growth(budget: Budget, comparison: Comparison) -> str:
    """Name the parts that grew: packages with their costliest function, sections, imports."""
    if budget.metric == "imports":
        return ", ".join(comparison.imports.added[:_NAMED])
    by_package: dict[str, list[Change]] = {}
    for change in _causes(budget, comparison):
        by_package.setdefault(change.package, []).append(change)
    net = {change.name: change.delta for change in comparison.packages}
    parts = []
    for package, changes in by_package.items():
        cost = len(changes) if budget.metric == "functions" else net.get(package, 0)
        first = f"{changes[0].name} {changes[0].delta:+,}{_kept(package, comparison)}"
        if cost > 0:
            parts.append((cost, f"{package} {cost:+,} ({first})"))
    if budget.metric in BYTES and budget.scope.kind == "artifact":
        parts += [
            (section.delta, f"section {section.name} {section.delta:+,}")
            for section in comparison.sections
            if section.name != "code" and section.delta > 0
        ]
    parts.sort(key=lambda part: -part[0])
    more = len(parts) - _NAMED
    told = ", ".join(text for _, text in parts[:_NAMED])
    return told + (f" and {more} more" if more > 0 else "")


def of_size(budget: Budget, new: Snapshot) -> str:
    """Without a base there is no change to blame: name what is largest."""
    if new.inventory is None or budget.metric not in BYTES:
        return ""
    if budget.scope.kind in ("package", "unknown"):
        package = UNKNOWN_PACKAGE if budget.scope.kind == "unknown" else budget.scope.name
        found = {f.name or f.type: f.bytes for f in new.inventory.functions if f.package == package}
    elif budget.scope.kind == "artifact":
        found = {name: share.bytes for name, share in new.inventory.packages.items()}
    else:
        return ""
    names = sorted(found, key=lambda name: (-found[name], name))[:_NAMED]
    return ", ".join(f"{name} {found[name]:,}" for name in names)


def _kept(package: str, comparison: Comparison) -> str:
    """Say by the last links of its chain what keeps a package."""
    chain = comparison.chains.get(package, ())
    return f"; kept by {' > '.join(chain[-_LINKS:])}" if chain else ""
