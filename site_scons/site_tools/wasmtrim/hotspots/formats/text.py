"""The terminal: the hottest functions and packages, and who allocates, in 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeVar

from wasmtrim.attribution.packages import groups
from wasmtrim.escaping import printable
from wasmtrim.hotspots import difference, summary
from wasmtrim.hotspots.summary import Figures
from wasmtrim.records.hotspots import NO_PARENT, HotspotsRecord
from wasmtrim.report import tables
from wasmtrim.report.formatting import signed
from wasmtrim.report.name_cell import NameCell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table
    from rich.text import Text

    from wasmtrim.hotspots.formats import View

_Key = TypeVar("_Key", int, str)

_SHOWN: Final = 15  # rows of a table; --format json has them all


def made(view: View) -> bytes:
    """Return the tables as text; with an older profile, what changed since comes first."""
    return tables.text(_parts(view), colour=view.terminal).encode()


def _parts(view: View) -> Iterator[Text | Table]:
    from rich.text import Text

    record = view.record
    whole = summary.total(record)
    lines = [f"{printable(record.what)}: {summary.headline(record)}"]
    lines += [f"note: {printable(note)}" for note in record.notes]
    yield Text("\n".join(lines) + "\n")
    if view.old:
        yield _changes(view.old, record)
    functions = summary.by_function(record)
    yield _work("Functions", functions, {at: _title(record, at) for at in functions}, whole)
    packages = summary.by_package(record)
    yield _work("Packages", packages, {name: name for name in packages}, whole)
    if any(stack.allocations for stack in record.stacks):
        yield _allocations(record)


def _title(record: HotspotsRecord, at: int) -> str:
    """A function's name, and its package where the name doesn't say that."""
    row = record.functions[at]
    return row.name if row.package in row.name else f"{row.name}  [{row.package}]"


def _table(title: str, *columns: str) -> Table:
    """The last column has names, all others figures."""
    table = tables.titled(title, expand=True)
    for column in columns[:-1]:
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column(columns[-1], overflow="fold", ratio=1)
    return table


def _work(title: str, rows: Mapping[_Key, Figures], names: Mapping[_Key, str], whole: int) -> Table:
    """Those that do most themselves, and what all others do."""
    called = any(row.calls for row in rows.values())
    table = _table(title, "own", "share", "total", *(["calls"] if called else []), "")
    order = sorted(rows, key=lambda key: (-rows[key].own, -rows[key].total, names[key]))
    for key in order[:_SHOWN]:
        row = rows[key]
        shares = (_share(row.own, whole), _share(row.total, whole))
        calls = [row.calls] if called else []
        table.add_row(*_cells(row.own, *shares, *calls), NameCell(printable(names[key])))
    rest = order[_SHOWN:]
    if rest:
        own = sum(rows[key].own for key in rest)
        table.add_row(f"{own:,}", _share(own, whole), *[""] * (1 + called), f"({len(rest):,} more)")
    return table


def _allocations(record: HotspotsRecord) -> Table:
    """Who asks for memory: of the stack, the last function that isn't of a runtime."""
    found: dict[int, Figures] = {}
    for stack in record.stacks:
        if stack.allocations:
            caller = stack
            while caller.parent != NO_PARENT and (
                caller is stack or record.functions[caller.function].group == groups.RUNTIME
            ):
                caller = record.stacks[caller.parent]
            figures = found.setdefault(caller.function, Figures())
            figures.allocations += stack.allocations
            figures.allocated += stack.allocated
    whole = Figures()
    for figures in found.values():
        whole.add(figures)
    title = f"Allocations: {whole.allocations:,}, of {whole.allocated:,} bytes"
    table = _table(title, "number", "share", "bytes", "share", "asked for by")
    order = sorted(found, key=lambda at: (-found[at].allocated, -found[at].allocations, at))
    for at in order[:_SHOWN]:
        row = found[at]
        number = _cells(row.allocations, _share(row.allocations, whole.allocations))
        size = _cells(row.allocated, _share(row.allocated, whole.allocated))
        table.add_row(*number, *size, NameCell(printable(_title(record, at))))
    return table


def _changes(old: HotspotsRecord, new: HotspotsRecord) -> Table:
    """What grew and what shrank most."""
    before, after = summary.total(old), summary.total(new)
    change = f" ({(after - before) / before:+.1%})" if before else ""
    title = f"Since {printable(old.what)}: {before:,} became {after:,}{change}"
    table = _table(title, "own", "before", "change", "calls", "change", "")
    every = difference.of_functions(old, new)
    changed = [each for each in every if each.own or each.new.calls != each.old.calls]
    shown = sorted(changed, key=lambda each: (-abs(each.own), each.name))[:_SHOWN]
    for each in sorted(shown, key=lambda each: (-each.own, each.name)):
        style = "red" if each.own > 0 else "green" if each.own < 0 else ""
        own = _cells(each.new.own, each.old.own, signed(each.own))
        calls = _cells(each.new.calls, signed(each.new.calls - each.old.calls))
        table.add_row(*own, *calls, NameCell(printable(each.name)), style=style)
    if len(changed) > len(shown):
        table.add_row("", "", "", "", "", f"({len(changed) - len(shown):,} more changed)")
    return table


def _cells(*values: int | str) -> list[str]:
    return [value if isinstance(value, str) else f"{value:,}" for value in values]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""
