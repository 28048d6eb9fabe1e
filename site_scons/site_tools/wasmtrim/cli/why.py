"""`wasmtrim why`: what keeps a function or a package in a module, and what would leave with it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from wasmtrim.cli import Subparsers
from wasmtrim.cli.sizes import add_map, read
from wasmtrim.escaping import printable

if TYPE_CHECKING:
    from wasmtrim.attribution import Owner
    from wasmtrim.attribution.graph import Graph, Step
    from wasmtrim.attribution.targets import Target

_SHOWN = 10  # names in a line


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "why",
        help="why a function or a package is in a module",
        description="Shows the shortest chain of export, call and table entry that keeps it, and"
        " how many bytes would leave with it.",
    )
    parser.add_argument("module", metavar="MODULE", help="a .wasm file, or - for standard input")
    parser.add_argument(
        "target",
        metavar="FUNCTION|PACKAGE",
        help="an export, a package, a function's name or the end of it, or its index",
    )
    parser.add_argument(
        "--saving",
        action="store_true",
        help="compress the module again without it, and tell what that saves (takes seconds)",
    )
    add_map(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the answer; 0. UsageError where the module has no such function or package."""
    from wasmtrim.attribution import targets
    from wasmtrim.attribution.graph import Graph

    graph = Graph(read(args.module, linker_map=args.map))
    target = targets.find(graph, args.target)
    if target.kind == targets.PACKAGE:
        _print_package(graph, target)
    elif target.kind == targets.INLINED:
        _print_inlined(graph, target)
    else:
        _print_function(graph, target)
    if args.saving:
        _print_savings(graph, target)
    for other in target.others:
        print(f"not meant: {printable(other)}, which has that name too")
    return 0


def _print_package(graph: Graph, target: Target) -> None:
    from wasmtrim.report.formatting import plural

    functions = target.functions
    print(f"{printable(target.name)}: package, {plural(len(functions), 'function')}")
    _print_shares(graph, functions)
    _print_chain(graph.chain(functions))
    largest = sorted(functions, key=lambda index: -graph.sizes[index])[:_SHOWN]
    print("largest functions:")
    for index in largest:
        print(f"{graph.sizes[index]:>12,}  {printable(graph.owners.name(index))}")


def _print_function(graph: Graph, target: Target) -> None:
    (index,) = target.functions
    found = graph.owners.of(index)
    name = graph.owners.name(index)
    if target.kind == "export":
        is_own = "" if name == target.name else f", which is {printable(name)}"
        print(f"{printable(target.name)}: export{is_own}, function {index}")
    else:
        print(f"{printable(name)}: function {index}")
    print(f"  {graph.module.function_type(index)}")
    for owner in found:
        _print_place(graph, owner)
    _print_shares(graph, target.functions)
    _print_chain(graph.chain([index]))
    keeper = graph.keeper(index)
    if keeper is not None:
        print(f"alone kept by: {printable(graph.owners.name(keeper))}")
    _print_names(graph, "called by", graph.callers(index))
    _print_names(graph, "calls", graph.callees(index))
    if not found:
        before, after = graph.owners.neighbours(index)
        _print_names(graph, "lies after", [] if before is None else [before])
        _print_names(graph, "lies before", [] if after is None else [after])


def _print_inlined(graph: Graph, target: Target) -> None:
    from wasmtrim.report.formatting import plural

    hosts = sorted(target.functions, key=lambda index: -graph.sizes[index])
    print(f"{printable(target.name)}: was inlined, its code is in {plural(len(hosts), 'function')}")
    _print_chain(graph.chain(hosts))
    print("they are:")
    for index in hosts[:_SHOWN]:
        print(f"{graph.sizes[index]:>12,}  {printable(graph.owners.name(index))}")


def _print_place(graph: Graph, owner: Owner) -> None:
    if owner.where:
        print(f"  {printable(owner.where)}")
    inlined = [
        graph.owners.parse(name).name for name in (owner.place.inlined if owner.place else ())
    ]
    if inlined:
        print(f"  with the code of {_shown(inlined[:_SHOWN], len(inlined))}")


def _print_names(graph: Graph, title: str, functions: list[int]) -> None:
    if functions:
        names = [graph.owners.name(index) for index in functions[:_SHOWN]]
        print(f"{title}: {_shown(names, len(functions))}")


def _shown(names: Sequence[str], count: int) -> str:
    more = count - len(names)
    return ", ".join(map(printable, names)) + (f" and {more} more" if more else "")


def _print_shares(graph: Graph, functions: Collection[int]) -> None:
    leaving = graph.leaving(functions)
    own = sum(graph.sizes[index] for index in functions)
    taken = max(own, sum(graph.sizes[index] for index in leaving))
    print(f"{own:>12,}  bytes of its own")
    print(f"{taken:>12,}  bytes would leave with it, all that only it keeps")
    if graph.may_take_more(leaving):
        print(f"{'':>14}at least: functions that are called through the table may leave too")


def _print_savings(graph: Graph, target: Target) -> None:
    from wasmtrim.attribution import saving

    parts = {"without it": target.functions}
    leaving = graph.leaving(target.functions)
    if len(leaving) > len(target.functions):
        parts["and without what leaves with it"] = tuple(leaving)
    print(f"saved:{'bytes':>8}  {'gzip':>10}  {'brotli':>10}")
    for name, saved in zip(parts, saving.savings(graph.module, [*parts.values()]), strict=True):
        print(f"{saved.bytes:>14,}  {saved.gzip:>10,}  {saved.brotli:>10,}  {name}")


def _print_chain(chain: list[Step]) -> None:
    if not chain:
        print("nothing keeps it: no export, call or table entry leads here")
        return
    print("because:")
    for place, step in enumerate(chain):
        print(f"{'  ' * (place + 1)}{_link(step)} {printable(step.name)}")
    held = [step for step in chain if step.kind == "table" and step.function is not None]
    if any(_GO_INIT.search(step.name) for step in held):
        print("(an init function runs when the program starts, as its package is imported)")


def _link(step: Step) -> str:
    if step.kind == "table" and step.function is None:
        return "the module has"
    return _LINKS[step.kind]


_GO_INIT = re.compile(r"\.init(?:\.\d+)?$")
_LINKS = {
    "export": "the module exports",
    "start": "the module starts with",
    "global": "a global or table begins with",
    "table": "which holds",
    "data": "which refers to",
    "call": "which calls",
}
