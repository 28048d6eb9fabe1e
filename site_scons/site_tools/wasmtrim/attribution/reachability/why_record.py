"""The reason why something is in a module as a record: what `wasmtrim why --json` prints."""

from __future__ import annotations

from wasmtrim.attribution.reachability import targets
from wasmtrim.attribution.reachability.graph import Graph
from wasmtrim.attribution.reachability.reasons import Reason
from wasmtrim.records.breakdown import Size
from wasmtrim.records.why import FunctionRow, ImportPath, Link, SavedBytes, Saving, WhyRecord


def of(graph: Graph, reason: Reason) -> WhyRecord:
    """Return what is told as JSON; `graph` is the one that the reason was found in."""
    is_inlined, one = reason.target.kind == targets.INLINED, reason.single
    return WhyRecord(
        kind=reason.target.kind,
        name=reason.target.name,
        functions=tuple(
            FunctionRow(index, graph.owners.name(index), graph.sizes[index])
            for index in reason.functions
        ),
        bytes=None if is_inlined else reason.own,
        retained=None if is_inlined else reason.retained,
        at_least=reason.at_least,
        chain=tuple(Link(step.kind, step.name, step.function) for step in reason.chain),
        kept_by=None if one is None else graph.keeper(one),
        called_by=() if one is None else tuple(graph.callers(one)),
        calls=() if one is None else tuple(graph.callees(one)),
        imports=_import_path(reason),
        others=reason.target.others,
        saving=_saving(reason.savings),
    )


def _import_path(reason: Reason) -> ImportPath | None:
    imports, package = reason.imports, reason.package
    if imports is None or not package:
        return None
    return ImportPath(tuple(imports.chain(package)), tuple(imports.of(package)))


def _saving(savings: tuple[Size, ...]) -> Saving | None:
    if not savings:
        return None
    return Saving(SavedBytes(*savings[0]), SavedBytes(*savings[-1]))
