"""The answer of `wasmtrim why` as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from wasmtrim.escaping import printable
from wasmtrim.wording import listed, plural

if TYPE_CHECKING:
    from wasmtrim.attribution import Owner
    from wasmtrim.attribution.reachability.graph import Graph, Step
    from wasmtrim.attribution.reachability.reasons import Reason

_SHOWN = 10  # names in a line, functions in a list
_SEVERAL = {
    "package": "package, {}",
    "function": "{} of this name",
    "prefix": "in the names of {}",
}
_LINKS = {
    "export": "the module exports",
    "start": "the module starts with",
    "global": "a global or table begins with",
    "table": "which holds",
    "data": "which refers to",
    "call": "which calls",
    "reference": "which refers to",
}


def lines(graph: Graph, reason: Reason) -> Iterator[str]:
    """The lines of an answer; `graph` is the one that the reason was found in."""
    from wasmtrim.attribution.reachability import targets

    if reason.target.kind == targets.INLINED:
        yield from _inlined(graph, reason)
    elif reason.single is not None:
        yield from _function(graph, reason, reason.single)
    else:
        yield from _several(graph, reason)
    if reason.savings:
        yield from _savings(reason)
    for other in reason.target.others:
        yield f"not shown: {printable(other)}, which has the same name"


def _several(graph: Graph, reason: Reason) -> Iterator[str]:
    count = plural(len(reason.functions), "function")
    yield f"{printable(reason.target.name)}: {_SEVERAL[reason.target.kind].format(count)}"
    if not reason.functions:
        yield from _imports(reason)
        return
    yield from _shares(reason)
    yield from _reasons(reason)
    yield "largest functions:"
    yield from _largest(graph, reason)


def _inlined(graph: Graph, reason: Reason) -> Iterator[str]:
    count = plural(len(reason.functions), "function")
    yield f"{printable(reason.target.name)}: was inlined, its code is in {count}"
    yield from _reasons(reason)
    yield "the functions with its code:"
    yield from _largest(graph, reason)


def _function(graph: Graph, reason: Reason, index: int) -> Iterator[str]:
    found = graph.owners.of(index)
    name, asked = graph.owners.name(index), reason.target.name
    if reason.target.kind == "export":
        is_own = "" if name == asked else f", which is {printable(name)}"
        yield f"{printable(asked)}: export{is_own}, function {index}"
    else:
        yield f"{printable(name)}: function {index}"
    yield f"  {graph.module.function_type(index)}"
    for owner in found:
        yield from _place(graph, owner)
    yield from _shares(reason)
    yield from _reasons(reason)
    keeper = graph.keeper(index)
    if keeper is not None:
        yield f"kept only by: {printable(graph.owners.name(keeper))}"
    yield from _names(graph, "called by", graph.callers(index))
    yield from _indirect(graph, reason, index)
    yield from _names(graph, "calls", graph.callees(index))
    if not found:
        before, after = graph.owners.neighbours(index)
        yield from _names(graph, "lies after", [] if before is None else [before])
        yield from _names(graph, "lies before", [] if after is None else [after])


def _indirect(graph: Graph, reason: Reason, index: int) -> Iterator[str]:
    """What may call a function that only the table holds; Go's functions are all of one type."""
    if graph.owners.is_go or [step.kind for step in reason.chain] != ["table", "table"]:
        return
    from wasmtrim.attribution.reachability.callers import indirect_callers

    found = [*islice(indirect_callers(graph.module, index), _SHOWN + 1)]
    names = ", ".join(printable(graph.owners.name(caller)) for caller in found[:_SHOWN])
    more = " and more" if found[_SHOWN:] else ""
    yield f"called as its type by: {names or 'no function of the module'}{more}"


def _place(graph: Graph, owner: Owner) -> Iterator[str]:
    if owner.where:
        yield f"  {printable(owner.where)}"
    inlined = [
        graph.owners.parse(name).name for name in (owner.place.inlined if owner.place else ())
    ]
    if inlined:
        yield f"  with the code of {listed(inlined, _SHOWN)}"


def _largest(graph: Graph, reason: Reason) -> Iterator[str]:
    for index in reason.functions[:_SHOWN]:
        yield f"{graph.sizes[index]:>12,}  {printable(graph.owners.name(index))}"


def _names(graph: Graph, title: str, functions: Sequence[int]) -> Iterator[str]:
    if functions:
        names = [graph.owners.name(index) for index in functions]
        yield f"{title}: {listed(names, _SHOWN)}"


def _shares(reason: Reason) -> Iterator[str]:
    yield f"{reason.own:>12,}  bytes of its own"
    yield f"{reason.retained:>12,}  bytes would leave with it, with all that only it keeps"
    if reason.at_least:
        yield f"{'':>14}at least: functions called through the table may leave too"


def _reasons(reason: Reason) -> Iterator[str]:
    yield from _chain(reason.chain)
    yield from _imports(reason)


def _chain(chain: Sequence[Step]) -> Iterator[str]:
    from wasmtrim.attribution.symbols import go

    if not chain:
        yield "nothing keeps it: no export, call or table entry leads here"
        return
    yield "because:"
    for place, step in enumerate(chain):
        yield f"{'  ' * (place + 1)}{_link(step)} {printable(step.name)}"
    held = [step for step in chain if step.kind == "table" and step.function is not None]
    if any(go.INIT.search(step.name) for step in held):
        yield "(an init function runs when the program starts, as its package is imported)"


def _link(step: Step) -> str:
    if step.kind == "table" and step.function is None:
        return "the module has"
    return _LINKS[step.kind]


def _imports(reason: Reason) -> Iterator[str]:
    imports, package = reason.imports, reason.package
    if not package:
        return
    if imports is None:
        yield "imports: not known of a module alone; a release writes them beside it"
    elif chain := imports.chain(package):
        yield f"imports: {' > '.join(map(printable, chain))}"
        if by := [name for name in imports.of(package) if name not in chain[-2:-1]]:
            yield f"also imported by: {listed(by, _SHOWN)}"
    elif package in imports:
        yield "imports: none leads here, so the compiler adds it"


def _savings(reason: Reason) -> Iterator[str]:
    yield f"saved:{'bytes':>8}  {'gzip':>10}  {'brotli':>10}"
    names = ("without it", "and without what leaves with it")
    for name, saved in zip(names, reason.savings, strict=False):
        yield f"{saved.bytes:>14,}  {saved.gzip:>10,}  {saved.brotli:>10,}  {name}"
