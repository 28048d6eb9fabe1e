"""`wasmtrim why`: what keeps a function or a package in a module, and what would leave with it."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from wasmtrim.cli import Subparsers
from wasmtrim.cli.sizes import read
from wasmtrim.errors import UsageError
from wasmtrim.escaping import printable

if TYPE_CHECKING:
    from wasmtrim.attribution import Owner
    from wasmtrim.attribution.graph import Graph, Step

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
        help="a package, a function's name or the end of it, or its index",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the answer; 0. UsageError where the module has no such function or package."""
    from wasmtrim.attribution.graph import Graph

    graph = Graph(read(args.module))
    text: str = args.target
    if text in graph.packages:
        _print_package(graph, text, graph.packages[text])
    elif text.isdecimal() and int(text) < len(graph.module.functions):
        _print_function(graph, int(text))
    else:
        names = _names(graph)
        meant = _meant(text, names)
        if len(meant) == 1:
            _print_function(graph, names[meant[0]])
        elif not meant and (hosts := _hosts(graph, text)):
            _print_inlined(graph, text, hosts)
        else:
            raise _unknown(graph, text, meant, names)
    return 0


def _names(graph: Graph) -> dict[str, int]:
    """The function of each name."""
    names: dict[str, int] = {}
    for index in graph.owners.entries:
        for owner in graph.owners.of(index):
            names.setdefault(owner.symbol.name, index)
    return names


def _meant(text: str, names: Iterable[str]) -> list[str]:
    """The names that `text` is, or else is the end of."""
    if text in names:
        return [text]
    return [name for name in names if name.endswith((f".{text}", f"::{text}", f"/{text}"))]


def _hosts(graph: Graph, text: str) -> list[int]:
    """The functions that have the code of a function or package which is none of its own."""
    from wasmtrim.attribution import symbols

    hosts = []
    for index in graph.owners.entries:
        places = [owner.place for owner in graph.owners.of(index) if owner.place]
        inlined = [symbols.parse(name) for place in places for name in place.inlined]
        if any(s.package == text or _meant(text, [s.name]) for s in inlined):
            hosts.append(index)
    return hosts


def _unknown(graph: Graph, text: str, meant: list[str], names: Iterable[str]) -> UsageError:
    near = meant or difflib.get_close_matches(text, [*graph.packages, *names], n=3, cutoff=0.5)
    hint = f"; did you mean {_listed(near[:5])}?" if near else ""
    if not names:
        hint = "; the module names none, so give an index"
    if text.isdecimal():
        hint = f"; its functions are 0 to {len(graph.module.functions) - 1}"
    return UsageError(f"no function or package {text!r} is in the module{hint}")


def _listed(names: list[str]) -> str:
    return " or ".join(printable(name) for name in names)


def _print_package(graph: Graph, name: str, functions: list[int]) -> None:
    from wasmtrim.report.formatting import plural

    own = sum(graph.sizes[index] for index in functions)
    print(f"{printable(name)}: {plural(len(functions), 'function')}")
    _print_shares(own, graph.retained_by(functions))
    _print_chain(graph.chain(functions))
    largest = sorted(functions, key=lambda index: -graph.sizes[index])[:_SHOWN]
    print("largest functions:")
    for index in largest:
        print(f"{graph.sizes[index]:>12,}  {printable(graph.owners.name(index))}")


def _print_function(graph: Graph, index: int) -> None:
    found = graph.owners.of(index)
    print(f"{printable(graph.owners.name(index))}: function {index}")
    print(f"  {graph.module.function_type(index)}")
    for owner in found:
        _print_place(owner)
    _print_shares(graph.sizes[index], graph.retained[index])
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


def _print_inlined(graph: Graph, text: str, hosts: list[int]) -> None:
    from wasmtrim.report.formatting import plural

    hosts.sort(key=lambda index: -graph.sizes[index])
    print(f"{printable(text)}: was inlined, its code is in {plural(len(hosts), 'function')}")
    _print_chain(graph.chain(hosts))
    print("they are:")
    for index in hosts[:_SHOWN]:
        print(f"{graph.sizes[index]:>12,}  {printable(graph.owners.name(index))}")


def _print_place(owner: Owner) -> None:
    from wasmtrim.attribution import symbols

    if owner.where:
        print(f"  {printable(owner.where)}")
    inlined = [symbols.parse(name).name for name in (owner.place.inlined if owner.place else ())]
    if inlined:
        print(f"  with the code of {_shown(inlined[:_SHOWN], len(inlined))}")


def _print_names(graph: Graph, title: str, functions: list[int]) -> None:
    if functions:
        names = [graph.owners.name(index) for index in functions[:_SHOWN]]
        print(f"{title}: {_shown(names, len(functions))}")


def _shown(names: Sequence[str], count: int) -> str:
    more = count - len(names)
    return ", ".join(map(printable, names)) + (f" and {more} more" if more else "")


def _print_shares(own: int, retained: int) -> None:
    print(f"{own:>12,}  bytes of its own")
    print(f"{retained:>12,}  bytes would leave with it, all that only it keeps")


def _print_chain(chain: list[Step]) -> None:
    if not chain:
        print("nothing keeps it: no export, call or table entry leads here")
        return
    print("because:")
    for place, step in enumerate(chain):
        link = "the module has" if step.function is None else _LINKS[step.kind]
        print(f"{'  ' * (place + 1)}{link} {printable(step.name)}")


_LINKS = {
    "export": "the module exports",
    "start": "the module starts with",
    "global": "a global or table begins with",
    "table": "which holds",
    "call": "which calls",
}
