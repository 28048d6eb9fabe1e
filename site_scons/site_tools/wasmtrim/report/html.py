"""The report as one HTML page that needs nothing beside it: no network, no other file."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wasmtrim import process
from wasmtrim.regression.compare import Change
from wasmtrim.regression.history import Entry
from wasmtrim.report import words
from wasmtrim.report.anatomy import Anatomy
from wasmtrim.report.drawing import Drawing
from wasmtrim.report.model import ProfileReport, Report
from wasmtrim.report.stages import Row, rows

if TYPE_CHECKING:
    from jinja2 import Template

FILE: Final = "index.html"
_PAGE: Final = Path(__file__).with_name("page")
_MOST_CHANGES: Final = 100  # rows of a table of changes
_MOST_ENTRIES: Final = 50  # rows of the history; its line has all
_LARGEST_PICTURE: Final = 200_000  # bytes
_KINDS: Final = {".gif": "image/gif", ".png": "image/png"}


@dataclass(frozen=True)
class Bar:
    """A stage in the waterfall: its widths in per cent of the widest."""

    name: str
    raw: float
    brotli: float


@dataclass(frozen=True)
class Picture:
    """`source` is a data URI."""

    name: str
    source: str


@dataclass(frozen=True)
class HistoryRow:
    """An entry, and its difference in bytes to the one before."""

    entry: Entry
    delta: str


@dataclass(frozen=True)
class Note:
    """A build that has a note: `at` is its place on the line."""

    at: str
    text: str


@dataclass(frozen=True)
class History:
    """`raw` and `brotli` are the points of a line in a field of 1000 by 100."""

    raw: str
    brotli: str
    notes: tuple[Note, ...]
    told: str
    rows: tuple[HistoryRow, ...]


@dataclass(frozen=True)
class View:
    """A profile as the page shows it. `module` is the key of its contents in the page's data."""

    profile: ProfileReport
    id: str
    css: str
    verdict: str
    compiler: str
    fallback: bool
    since: str
    stages: tuple[Row, ...]
    bars: tuple[Bar, ...]
    module: str
    changes: bool
    history: History | None
    pictures: tuple[Picture, ...]


def text(report: Report, drawing: Drawing | None = None) -> str:
    """Give the page. Without a drawing library it has tables, but no treemap."""
    from markupsafe import Markup

    drawing = drawing or Drawing("")
    views = [_view(profile, f"profile-{n}") for n, profile in enumerate(report.profiles, 1)]
    return _template().render(
        report=report,
        views=views,
        summary=words.summary(report),
        most_changes=_MOST_CHANGES,
        drawing=Drawing(
            drawing.name, Markup(_in_script(drawing.source)), drawing.licence, drawing.missing
        ),
        css=Markup((_PAGE / "page.css").read_text(encoding="utf-8")),
        script=Markup((_PAGE / "page.js").read_text(encoding="utf-8")),
        data=Markup(
            _in_script(json.dumps(_data(views), separators=(",", ":"), ensure_ascii=False))
        ),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "count": words.count,
        "signed": words.signed,
        "printable": words.printable,
        "shortened": words.shortened,
        "changed": words.changed,
        "argv": process.shown,
    }
    return environment.get_template("page.html.j2")


def _view(profile: ProfileReport, identifier: str) -> View:
    release = profile.release
    changes = profile.regression.comparison if profile.regression else None
    return View(
        profile=profile,
        id=identifier,
        css=profile.verdict.value.replace(" ", "-"),
        verdict=words.verdict(profile),
        compiler=words.compiler(profile),
        fallback=bool(release and release.compiler and release.compiler.fallback),
        since=words.since(changes),
        stages=tuple(rows(release)) if release else (),
        bars=tuple(_bars(profile)),
        module=release.shipped.weight.sha256[:12] if release and profile.contents else "",
        changes=changes is not None,
        history=_history(profile.history),
        pictures=tuple(_pictures(profile.pictures)),
    )


def _bars(profile: ProfileReport) -> Iterable[Bar]:
    stages = profile.release.stages if profile.release else ()
    widest = max((stage.weight.raw for stage in stages), default=1) or 1
    for stage in stages:
        raw, brotli = (
            round(100 * size / widest, 2) for size in (stage.weight.raw, stage.weight.brotli)
        )
        yield Bar(words.printable(stage.name), raw, brotli)


def _pictures(files: Iterable[Path]) -> Iterable[Picture]:
    for file in files:
        data = file.read_bytes()
        if len(data) <= _LARGEST_PICTURE:
            encoded = base64.b64encode(data).decode()
            yield Picture(file.name, f"data:{_KINDS[file.suffix]};base64,{encoded}")


def _history(entries: Sequence[Entry]) -> History | None:
    if len(entries) < 2:
        return None
    first, last = entries[0], entries[-1]
    deltas = [
        "",
        *(words.signed(b.raw - a.raw) for a, b in pairwise(entries)),
    ]
    shown = [HistoryRow(entry, delta) for entry, delta in zip(entries, deltas, strict=True)]
    return History(
        raw=_line([entry.raw for entry in entries]),
        brotli=_line([entry.brotli for entry in entries]),
        notes=tuple(
            Note(f"{1000 * n / (len(entries) - 1):.1f}", f"{entry.date[:10]}: {entry.note}")
            for n, entry in enumerate(entries)
            if entry.note
        ),
        told=f"{words.plural(len(entries), 'build')} from {first.date[:10]} to {last.date[:10]},"
        f" {words.count(first.raw)} => {words.count(last.raw)} bytes",
        rows=tuple(reversed(shown[-_MOST_ENTRIES:])),
    )


def _line(values: Sequence[int]) -> str:
    low, high = min(values), max(values)
    step = 1000 / (len(values) - 1)
    height = high - low or 1
    return " ".join(
        f"{n * step:.1f},{96 - 92 * (v - low) / height:.1f}" for n, v in enumerate(values)
    )


def _data(views: Sequence[View]) -> dict[str, Any]:
    """Give what the script works with; profiles that ship the same module share it."""
    names: dict[str, int] = {}
    packages: dict[tuple[str, str], int] = {}
    modules: dict[str, Any] = {}
    for view in views:
        held = view.profile.anatomy if view.module and view.module not in modules else None
        if held:
            modules[view.module] = _module(held, names, packages)
    return {
        "modules": modules,
        "changes": {view.id: _changes(view.profile) for view in views if view.changes},
        "names": [words.printable(name) for name in names],
        "packages": [[words.printable(name), group] for name, group in packages],
    }


def _compact(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _module(
    held: Anatomy, names: dict[str, int], packages: dict[tuple[str, str], int]
) -> dict[str, Any]:
    """Give a module's parts as rows of numbers, names by their place in the table of names."""
    functions = [
        (
            names.setdefault(part.name, len(names)),
            packages.setdefault((part.package, part.group), len(packages)),
            part.bytes,
            part.gzip,
            part.retained,
            words.printable(part.before) if isinstance(part.before, str) else part.before,
        )
        for part in held.functions
    ]
    return {
        "size": held.size,
        "overhead": held.overhead,
        "sections": [[words.printable(name), *sizes] for name, sizes in held.sections.items()],
        "functions": functions,
        "packages": {
            words.printable(name): [owner.retained, owner.nearest]
            for name, owner in held.packages.items()
        },
    }


def _changes(profile: ProfileReport) -> dict[str, Any]:
    changes = profile.regression.comparison if profile.regression else None
    assert changes
    return {
        "functions": [
            [words.printable(c.name), words.printable(c.package), c.old, c.new]
            for c in changes.functions
        ],
        "sections": [[words.printable(c.name), c.old, c.new] for c in _kept(changes.sections)],
    }


def _kept(changes: Iterable[Change]) -> Iterable[Change]:
    return (change for change in changes if change.new is not None)


def _in_script(text: str) -> str:
    """Text that can't end the script element that it stands in: in JSON and in strings."""
    return text.replace("<", "\\u003c") if text.startswith("{") else text.replace("</", "<\\/")
