"""The report as one HTML page that needs nothing beside it: no network, no other file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from wasmtrim import process
from wasmtrim.check import Check
from wasmtrim.escaping import printable
from wasmtrim.records.breakdown import Breakdown
from wasmtrim.records.regression import Cause
from wasmtrim.regression.budget_result import BudgetResult
from wasmtrim.report import formatting, web
from wasmtrim.report.figures import Figure, Waterfall, held, measured, waterfalls
from wasmtrim.report.model import ProfileReport, Report
from wasmtrim.report.pareto import Pareto, pareto
from wasmtrim.report.pictures import Shown, shown
from wasmtrim.report.stages import Row, columns, leading, rows
from wasmtrim.report.timeline import Timeline, timeline

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

_PAGE: Final = Path(__file__).with_name("page")
_SCRIPTS: Final = (
    "parts.js",
    "table.js",
    "squarify.js",
    "tree.js",
    "treemap.js",
    "removed.js",
    "page.js",
)
_MOST_CHANGES: Final = 100  # rows of a table of changes


@dataclass(frozen=True)
class FaultCause:
    """A part of what is over; `link` is its part of the map in the address, "" where it is none."""

    what: str
    amount: str
    link: str


@dataclass(frozen=True)
class Fault:
    """A check that fails: the figures and causes of a budget, else what it found."""

    name: str
    cells: tuple[str, ...]
    causes: tuple[FaultCause, ...]
    detail: str


@dataclass(frozen=True)
class ProfileSection:
    """A profile as the page shows it. `module` is the key of its breakdown in the page's data."""

    profile: ProfileReport
    id: str
    css: str
    verdict: str
    compiler: str
    fallback: bool
    has_base: bool
    unjudged: str
    remarks: tuple[str, ...]
    measured: tuple[Figure, ...]
    checks: Figure
    stages: tuple[Row, ...]
    columns: dict[str, str]
    leading: str
    waterfalls: tuple[Waterfall, ...]
    module: str
    changes: bool
    pareto: Pareto | None
    timeline: Timeline | None
    pictures: tuple[Shown, ...]
    faults: tuple[Fault, ...]
    offers: tuple[str, ...]

    @property
    def headings(self) -> tuple[tuple[str, bool], ...]:
        """Those of the table of stages, each with whether its column has numbers."""
        return ("stage", False), *((heading, True) for heading in self.columns), ("program", False)


def text(report: Report) -> str:
    """Give the page."""
    sections = [_section(report, profile) for profile in report.profiles]
    return _template().render(
        report=report,
        sections=sections,
        summary=formatting.summary(report),
        shared=[
            (formatting.about(names, report), remark) for remark, names in report.shared.items()
        ],
        most_changes=_MOST_CHANGES,
        css=web.style(_PAGE / "page.css"),
        script=web.own(*(_PAGE / name for name in _SCRIPTS)),
        data=web.packed(_data(sections)),
    )


@cache
def _template() -> Template:
    environment = web.templates(_PAGE)
    environment.filters |= {
        "count": formatting.count,
        "signed": formatting.signed,
        "printable": printable,
        "shortened": formatting.shortened,
        "marked": formatting.marked,
        "changed": formatting.changed,
        "came_and_went": formatting.came_and_went,
        "argv": process.shown,
        "with_code": _with_code,
    }
    return environment.get_template("page.html.j2")


def _with_code(text: str) -> Markup:
    """Show what stands between backticks as code."""
    from markupsafe import Markup, escape

    parts = [escape(part) for part in text.split("`")]
    shown = [
        Markup("<code>{}</code>").format(part) if n % 2 else part for n, part in enumerate(parts)
    ]
    return Markup("").join(shown)


def _section(report: Report, profile: ProfileReport) -> ProfileSection:
    release = profile.release
    changes = profile.regression.comparison if profile.regression else None
    return ProfileSection(
        profile=profile,
        id=f"profile-{quote(profile.name, safe='')}",  # may be linked to, and has no space
        css=profile.verdict.value.replace(" ", "-"),
        verdict=formatting.verdict(profile),
        compiler=formatting.compiler(profile),
        fallback=bool(release and release.compiler and release.compiler.fallback),
        has_base=changes is not None,
        unjudged=formatting.left_unjudged(profile),
        remarks=report.own_remarks(profile),
        measured=tuple(measured(profile, release)) if release else (),
        checks=held(profile),
        stages=tuple(rows(release)) if release else (),
        columns=columns(release) if release else {},
        leading=leading(release) if release else "",
        waterfalls=tuple(waterfalls(release)) if release else (),
        module=release.shipped.size.sha256[:12] if release and profile.breakdown else "",
        changes=bool(changes and (changes.functions or changes.sections)),
        pareto=pareto(profile.tuning) if profile.tuning else None,
        timeline=timeline(profile.history, _allowed(profile)),
        pictures=tuple(map(shown, profile.pictures)),
        faults=tuple(map(_fault, profile.failures)),
        offers=tuple(map(printable, profile.regression.offers)) if profile.regression else (),
    )


def _allowed(profile: ProfileReport) -> dict[str, int]:
    """Give the most that the budgets of the whole module allow now, by metric."""
    allowed: dict[str, int] = {}
    for found in profile.regression.findings if profile.regression else ():
        measured = found.measured
        if measured and not measured.scope:
            most = allowed.get(measured.metric, measured.allowed)
            allowed[measured.metric] = min(most, measured.allowed)
    return allowed


def _fault(check: Check) -> Fault:
    causes: tuple[FaultCause, ...] = ()
    if isinstance(check, BudgetResult):
        causes = tuple(
            FaultCause(
                printable(cause.what),
                formatting.signed(cause.amount),
                _link(cause),
            )
            for cause in check.causes
        )
    return Fault(
        printable(check.name), formatting.figures_of(check), causes, printable(check.detail)
    )


def _link(cause: Cause) -> str:
    """Give what a cause is called in the map, as the address has it."""
    section = f"section {cause.section}" if cause.section else ""
    return quote(printable(cause.function or cause.package or section), safe="")


def _data(sections: Sequence[ProfileSection]) -> dict[str, Any]:
    """Give what the script works with; profiles that ship the same module share it."""
    names: dict[str, int] = {}
    packages: dict[tuple[str, str], int] = {}
    modules: dict[str, Any] = {}
    for section in sections:
        breakdown = section.profile.breakdown
        if breakdown and section.module and section.module not in modules:
            modules[section.module] = _module(breakdown, names, packages)
    return {
        "modules": modules,
        "changes": {
            section.id: _changes(section.profile) for section in sections if section.changes
        },
        "names": [printable(name) for name in names],
        "packages": [[printable(name), group] for name, group in packages],
    }


def _module(
    breakdown: Breakdown, names: dict[str, int], packages: dict[tuple[str, str], int]
) -> dict[str, Any]:
    """Give a module's parts as rows of numbers, names by their place in the table of names."""
    functions = [
        (
            names.setdefault(part.name, len(names)),
            packages.setdefault((part.package, part.group), len(packages)),
            printable(part.where),
            part.bytes,
            part.gzip,
            part.brotli,
            part.retained,
            printable(part.before) if isinstance(part.before, str) else part.before,
            [
                (packages.setdefault((name, breakdown.packages[name].group), len(packages)), size)
                for name, size in part.code.items()
            ],
        )
        for part in breakdown.functions
    ]
    return {
        "size": breakdown.size,
        "overhead": breakdown.overhead,
        "sections": [
            [_rest_name(name, breakdown), _section_of(name, breakdown), *sizes]
            for name, sizes in breakdown.rest.items()
        ],
        "functions": functions,
        "atLeast": breakdown.at_least,
        "packages": [
            (packages.setdefault((name, owner.group), len(packages)), *owner[1:])
            for name, owner in breakdown.packages.items()
        ],
    }


def _rest_name(name: str, breakdown: Breakdown) -> str:
    """Name what is left of a section: the functions are rows of their own."""
    whole = breakdown.sections.get(name, 0)  # none for a part of the data
    framing = ", framing" if whole > breakdown.rest[name].bytes else ""
    return printable(name) + framing


def _section_of(name: str, breakdown: Breakdown) -> str:
    """Name the section that a part is of: what is no section is a part of the data."""
    return printable(name) if name in breakdown.sections else "data"


def _changes(profile: ProfileReport) -> dict[str, Any]:
    changes = profile.regression.comparison if profile.regression else None
    assert changes
    return {
        "delta": changes.metrics["raw"].delta,
        "functions": [
            [printable(c.name), printable(c.package), c.old, c.new] for c in changes.functions
        ],
        "packages": [[printable(c.name), c.old, c.new] for c in changes.packages],
        "sections": [[printable(c.name), c.old, c.new] for c in changes.sections],
    }
