"""The figures of the module that ships, and the waterfall of what each stage made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from wasmtrim.escaping import printable
from wasmtrim.records import Release
from wasmtrim.report import formatting
from wasmtrim.report.model import ProfileReport

_METRICS: Final = {"bytes": "raw", "gzip": "gzip", "brotli": "brotli"}


@dataclass(frozen=True)
class Figure:
    """A figure of the module that ships; `css` says how it stands, if well or badly."""

    name: str
    value: str
    remark: str = ""
    css: str = ""


@dataclass(frozen=True)
class Bar:
    """A stage in a waterfall: what it kept, removed and added, in per cent of the widest."""

    name: str
    kept: float
    removed: float
    added: float
    size: str
    delta: str


@dataclass(frozen=True)
class Waterfall:
    """A bar a stage, from linked to shipped; `summary` says it in a line."""

    title: str
    summary: str
    bars: tuple[Bar, ...]


def figures(profile: ProfileReport, release: Release) -> Iterable[Figure]:
    """Give the sizes, the work, what changed since the base, and how the checks came out."""
    first, last = release.stages[0], release.shipped
    for title, key in _METRICS.items():
        before, size = getattr(first.size, key), getattr(last.size, key)
        since = ""
        if first is not last:
            share = formatting.per_cent(size, before)
            since = f"{formatting.signed(size - before)} ({share}) since {first.name}"
        yield Figure(title, formatting.count(size), printable(since))
    if last.fuel is not None:
        yield Figure("fuel", formatting.count(last.fuel), "instructions of the smoke run")
    compared = profile.regression.comparison if profile.regression else None
    grown = compared.metrics["raw"].delta if compared else 0
    moved = "grown" if grown > 0 else "shrunk" if grown < 0 else ""
    yield Figure("since the base", formatting.since(compared), css=moved)
    failed = "failed" if profile.failures else "passed"
    held = sum(check.ok and check.judged for check in profile.all_checks)
    whole = sum(check.judged for check in profile.all_checks)
    yield Figure("checks", f"{held} of {whole} hold", formatting.left_unjudged(profile), failed)


def waterfalls(release: Release) -> Iterable[Waterfall]:
    """Give a waterfall for the file itself and for each of its compressed forms."""
    names = [printable(stage.name) for stage in release.stages]
    for title, key in _METRICS.items():
        sizes = [getattr(stage.size, key) for stage in release.stages]
        summary = f"{formatting.count(sizes[0])} => {formatting.count(sizes[-1])} {title}"
        yield Waterfall(title, summary, tuple(_bars(names, sizes)))


def _bars(names: Sequence[str], sizes: Sequence[int]) -> Iterable[Bar]:
    widest = max(*sizes, 1)
    for name, size, before in zip(names, sizes, [sizes[0], *sizes], strict=False):
        delta = size - before
        parts = (min(size, before), max(-delta, 0), max(delta, 0))
        kept, removed, added = (round(100 * part / widest, 2) for part in parts)
        yield Bar(
            name,
            kept,
            removed,
            added,
            formatting.count(size),
            formatting.signed(delta) if delta else "",
        )
