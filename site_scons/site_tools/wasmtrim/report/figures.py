"""The figures of the module that ships, and the waterfall of what each stage made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wasmtrim.attribution.packages.package_shares import ABOUT
from wasmtrim.escaping import printable
from wasmtrim.records import Release
from wasmtrim.report import formatting
from wasmtrim.report.model import ProfileReport
from wasmtrim.report.stages import FIGURES, SIZES, counting_first, leading


@dataclass(frozen=True)
class Figure:
    """A figure of the module that ships: what it differs by from the base's, and a remark.

    `css` says how it stands, if well or badly. `counts`: the module is to be small in it.
    """

    name: str
    value: str
    since: str = ""
    remark: str = ""
    css: str = ""
    counts: bool = False


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


def measured(profile: ProfileReport, release: Release) -> Iterator[Figure]:
    """Yield the sizes, the one that counts first, and the work; without a value if not measured."""
    first, last = release.stages[0], release.shipped
    counting = leading(release)
    compared = profile.regression.comparison if profile.regression else None
    for title, key in counting_first(FIGURES, counting).items():
        if key == "fuel":
            value, remark = last.fuel, "instructions of the smoke run"
        else:
            before, value = getattr(first.size, key), getattr(last.size, key)
            after = f"by the stages after {printable(first.name)}"
            about = ABOUT if key == "brotli" and not first.brotli_exact else ""
            remark = "" if first is last else f"{about}{_moved(before, value)} {after}"
        if value is None:
            yield Figure(title, "")
            continue
        change = compared.metrics.get(key) if compared else None
        grown = change.delta if change else 0
        since = _moved(change.old or 0, change.new or 0) if change else ""
        css = "grown" if grown > 0 else "shrunk" if grown < 0 else ""
        counts = title == counting
        yield Figure(title, formatting.count(value), since, remark, css, counts)


def held(profile: ProfileReport) -> Figure:
    """Return how the checks came out."""
    failed = "failed" if profile.failures else "passed"
    holding = sum(check.ok and check.judged for check in profile.all_checks)
    whole = sum(check.judged for check in profile.all_checks)
    unjudged = formatting.left_unjudged(profile)
    return Figure("checks", f"{holding} of {whole} hold", remark=unjudged, css=failed)


def _moved(old: int, new: int) -> str:
    share = formatting.per_cent(new, old).replace(" %", "\N{NO-BREAK SPACE}%")
    return f"{formatting.signed(new - old)}{f' ({share})' if share and new != old else ''}"


def waterfalls(release: Release) -> Iterable[Waterfall]:
    """Yield a waterfall for the file itself and for each of its compressed forms."""
    names = [printable(stage.name) for stage in release.stages]
    for title, key in counting_first(SIZES, leading(release)).items():
        sizes = [getattr(stage.size, key) for stage in release.stages]
        exact = [key != "brotli" or stage.brotli_exact for stage in release.stages]
        bars = tuple(_bars(names, sizes, exact))
        summary = f"{bars[0].size} => {bars[-1].size} {title}"
        yield Waterfall(title, summary, bars)


def _bars(names: Sequence[str], sizes: Sequence[int], exact: Sequence[bool]) -> Iterable[Bar]:
    widest = max(*sizes, 1)
    before = [sizes[0], *sizes]
    for name, size, was, known in zip(names, sizes, before, exact, strict=False):
        delta = size - was
        parts = (min(size, was), max(-delta, 0), max(delta, 0))
        kept, removed, added = (round(100 * part / widest, 2) for part in parts)
        yield Bar(
            name,
            kept,
            removed,
            added,
            f"{'' if known else ABOUT}{formatting.count(size)}",
            formatting.signed(delta) if delta else "",
        )
