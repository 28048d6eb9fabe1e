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
from wasmtrim.report import formatting, page_data, web
from wasmtrim.report.figures import Figure, Waterfall, held, measured, waterfalls
from wasmtrim.report.model import ProfileReport, Report
from wasmtrim.report.pareto import Pareto, pareto
from wasmtrim.report.pictures import Shown, shown
from wasmtrim.report.stages import FIGURES, Row, columns, counting_first, leading, rows
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
_MOST_CHANGES: Final = 25  # rows of a table of changes: the table of parts has all


@dataclass(frozen=True)
class FaultCause:
    """A part of what is over: `below` says what came with it.

    `link` is its part of the map in the address, "" where it is none.
    """

    what: str
    amount: str
    link: str
    below: str


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
    said: tuple[str, ...]
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
    def figures(self) -> dict[str, Figure]:
        """Those that were measured, by name."""
        return {figure.name: figure for figure in self.measured}

    @property
    def fault_figures(self) -> tuple[tuple[str, bool], ...]:
        """The headings of the figures of what fails; none where no budget is exceeded."""
        there = any(any(fault.cells) for fault in self.faults)
        return tuple((name, True) for name in formatting.FIGURES) if there else ()

    @property
    def headings(self) -> tuple[tuple[str, bool], ...]:
        """Those of the table of stages, each with whether its column has numbers."""
        return ("stage", False), *((heading, True) for heading in self.columns), ("program", False)


def text(report: Report) -> str:
    """Return the page."""
    sections = [_section(report, profile) for profile in report.profiles]
    overview = _overview(sections)
    return _template().render(
        report=report,
        sections=sections,
        overview=overview,
        overview_headings=(
            ("profile", False),
            ("verdict", False),
            *((name, True) for name in overview),
            ("compiler", False),
        ),
        summary=formatting.summary(report),
        shared=[
            (formatting.about(names, report), remark) for remark, names in report.shared.items()
        ],
        most_changes=_MOST_CHANGES,
        first_shown=_first_shown(sections),
        css=web.style(_PAGE / "page.css"),
        script=web.script(*(_PAGE / name for name in _SCRIPTS)),
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


def _overview(sections: Sequence[ProfileSection]) -> list[str]:
    """Return the names of the figures; first the size that counts, if it is the same in all."""
    counting = {section.leading for section in sections if section.measured}
    return [*counting_first(FIGURES, counting.pop() if len(counting) == 1 else "")]


def _first_shown(sections: Sequence[ProfileSection]) -> dict[str, str]:
    """Return the id of the first image of each picture; the script copies it to the others."""
    found: dict[str, str] = {}
    for section in sections:
        for number, picture in enumerate(section.pictures, 1):
            found.setdefault(picture.source, f"{section.id}-picture-{number}")
    return found


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
    counting = leading(release) if release else ""
    return ProfileSection(
        profile=profile,
        id=f"profile-{quote(profile.name, safe='')}",  # may be linked to, and has no space
        css=profile.verdict.value.replace(" ", "-"),
        verdict=formatting.verdict(profile),
        said=formatting.said(profile),
        compiler=formatting.compiler(profile),
        fallback=bool(release and release.is_fallback),
        has_base=changes is not None,
        unjudged=formatting.left_unjudged(profile),
        remarks=report.own_remarks(profile),
        measured=tuple(measured(profile, release)) if release else (),
        checks=held(profile),
        stages=tuple(rows(release)) if release else (),
        columns=columns(release) if release else {},
        leading=counting,
        waterfalls=tuple(waterfalls(release)) if release else (),
        module=release.shipped.size.sha256[:12] if release and profile.breakdown else "",
        changes=bool(changes and not changes.identical and (changes.functions or changes.sections)),
        pareto=pareto(profile.tuning) if profile.tuning else None,
        timeline=timeline(profile.history, _allowed(profile), counting),
        pictures=tuple(map(shown, profile.pictures)),
        faults=tuple(map(_fault, profile.failures)),
        offers=tuple(map(printable, profile.regression.offers)) if profile.regression else (),
    )


def _allowed(profile: ProfileReport) -> dict[str, int]:
    """Return the most that the budgets of the whole module allow now, by metric."""
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
                printable(cause.below),
            )
            for cause in check.causes
        )
    detail = check.plain if isinstance(check, BudgetResult) else check.detail
    return Fault(printable(check.name), formatting.figures_of(check), causes, printable(detail))


def _link(cause: Cause) -> str:
    """Return what a cause is called in the map, as the address has it."""
    section = f"section {cause.section}" if cause.section else ""
    return quote(printable(cause.function or cause.package or section), safe="")


def _data(sections: Sequence[ProfileSection]) -> dict[str, Any]:
    """Return what the script works with; profiles that ship the same module share it."""
    modules: dict[str, Breakdown] = {}
    changes = {}
    for section in sections:
        breakdown, judged = section.profile.breakdown, section.profile.regression
        if not breakdown or not section.module:
            continue
        modules.setdefault(section.module, breakdown)
        if section.changes and judged and judged.comparison:
            changes[section.id] = judged.comparison, breakdown
    return page_data.of(modules, changes)
