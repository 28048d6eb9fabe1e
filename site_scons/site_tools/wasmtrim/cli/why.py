"""`wasmtrim why`: what keeps a function or a package in a module, and what would leave with it."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wasmtrim.cli import Subparsers, operand
from wasmtrim.cli.sizes import add_map, read
from wasmtrim.errors import UsageError
from wasmtrim.escaping import printable
from wasmtrim.wording import listed, plural

if TYPE_CHECKING:
    from wasmtrim.attribution import Owner
    from wasmtrim.attribution.graph import Graph, Step
    from wasmtrim.attribution.imports import Imports
    from wasmtrim.attribution.targets import Target
    from wasmtrim.records.breakdown import Size

SCHEMA = 1
_SHOWN = 10  # names in a line


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "why",
        help="why a function or a package is in a module",
        description="Shows the shortest chain of export, call and table entry that keeps it, how"
        " many bytes would leave with it, and by which imports a package of Go came in.",
    )
    parser.add_argument("module", metavar="MODULE", help="a .wasm file, or - for standard input")
    parser.add_argument(
        "target",
        metavar="FUNCTION|PACKAGE",
        help="an export, a package, a function's name or the end of it, or its index",
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
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
    imports = _imports(graph, args.module)
    target = _target(graph, args.target, imports)
    if args.json:
        print(json.dumps(_answer(graph, target, imports, saving=args.saving), indent=1))
        return 0
    if target.kind == targets.PACKAGE:
        _print_package(graph, target, imports)
    elif target.kind == targets.INLINED:
        _print_inlined(graph, target, imports)
    else:
        _print_function(graph, target, imports)
    if args.saving and target.functions:
        _print_savings(graph, target)
    for other in target.others:
        print(f"not meant: {printable(other)}, which has that name too")
    return 0


def _imports(graph: Graph, module: str) -> Imports | None:
    """What a release wrote beside the module of which package imports which."""
    from wasmtrim.attribution import imports

    if module == operand.STANDARD_INPUT:
        return None
    owners = graph.owners
    return imports.beside(Path(module), (owners.component or owners.module).data)


def _target(graph: Graph, name: str, imports: Imports | None) -> Target:
    """What a name means: also a package that is imported, but has no code in the module."""
    from wasmtrim.attribution import targets

    try:
        return targets.find(graph, name)
    except UsageError:
        if imports is None or name not in imports:
            raise
        return targets.Target(targets.PACKAGE, name, ())


def _go_package(graph: Graph, target: Target, imports: Imports | None) -> str:
    """The package of Go that was asked for, or that the function is of; "" where it is none."""
    from wasmtrim.attribution import targets
    from wasmtrim.attribution.symbols.languages import GO

    if imports and target.name in imports:
        return target.name
    is_inlined, owners = target.kind == targets.INLINED, graph.owners
    known = owners.parse(target.name) if is_inlined else owners.symbol(target.functions[0])
    return known.package if known and known.language == GO else ""


def _answer(
    graph: Graph, target: Target, imports: Imports | None, *, saving: bool
) -> dict[str, Any]:
    """The answer as JSON; functions are called by their index."""
    from wasmtrim.attribution import targets

    is_inlined = target.kind == targets.INLINED
    package = _go_package(graph, target, imports) if imports else ""
    leaving = graph.leaving(target.functions)
    one = None if target.kind in (targets.PACKAGE, targets.INLINED) else target.functions[0]
    answer: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": target.kind,
        "name": target.name,
        "functions": [
            {"index": index, "name": graph.owners.name(index), "bytes": graph.sizes[index]}
            for index in sorted(target.functions, key=lambda index: -graph.sizes[index])
        ],
        "bytes": None if is_inlined else graph.own(target.functions),
        "retained": None if is_inlined else _retained(graph, target.functions, leaving),
        "at_least": not is_inlined and graph.may_take_more(leaving),
        "chain": [
            {"kind": step.kind, "name": step.name, "index": step.function}
            for step in graph.chain(target.functions)
        ],
        "kept_by": None if one is None else graph.keeper(one),
        "called_by": [] if one is None else graph.callers(one),
        "calls": [] if one is None else graph.callees(one),
        "imports": {"chain": imports.chain(package), "by": imports.of(package)}
        if imports and package
        else None,
        "others": target.others,
    }
    if saving and target.functions:
        savings = _savings(graph, target)
        answer["saving"] = {"alone": _figures(savings[0]), "all": _figures(savings[-1])}
    return answer


def _print_package(graph: Graph, target: Target, imports: Imports | None) -> None:
    functions = target.functions
    print(f"{printable(target.name)}: package, {plural(len(functions), 'function')}")
    if not functions:
        _print_imports(graph, target, imports)
        return
    _print_shares(graph, functions)
    _print_reasons(graph, target, imports)
    largest = sorted(functions, key=lambda index: -graph.sizes[index])[:_SHOWN]
    print("largest functions:")
    for index in largest:
        print(f"{graph.sizes[index]:>12,}  {printable(graph.owners.name(index))}")


def _print_function(graph: Graph, target: Target, imports: Imports | None) -> None:
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
    _print_reasons(graph, target, imports)
    keeper = graph.keeper(index)
    if keeper is not None:
        print(f"alone kept by: {printable(graph.owners.name(keeper))}")
    _print_names(graph, "called by", graph.callers(index))
    _print_names(graph, "calls", graph.callees(index))
    if not found:
        before, after = graph.owners.neighbours(index)
        _print_names(graph, "lies after", [] if before is None else [before])
        _print_names(graph, "lies before", [] if after is None else [after])


def _print_inlined(graph: Graph, target: Target, imports: Imports | None) -> None:
    hosts = sorted(target.functions, key=lambda index: -graph.sizes[index])
    print(f"{printable(target.name)}: was inlined, its code is in {plural(len(hosts), 'function')}")
    _print_reasons(graph, target, imports)
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
        print(f"  with the code of {listed(inlined, _SHOWN)}")


def _print_names(graph: Graph, title: str, functions: list[int]) -> None:
    if functions:
        names = [graph.owners.name(index) for index in functions]
        print(f"{title}: {listed(names, _SHOWN)}")


def _print_shares(graph: Graph, functions: Collection[int]) -> None:
    leaving = graph.leaving(functions)
    print(f"{graph.own(functions):>12,}  bytes of its own")
    retained = _retained(graph, functions, leaving)
    print(f"{retained:>12,}  bytes would leave with it, all that only it keeps")
    if graph.may_take_more(leaving):
        print(f"{'':>14}at least: functions called through the table may leave too")


def _retained(graph: Graph, functions: Collection[int], leaving: Collection[int]) -> int:
    """The bytes that leave: what nothing keeps is not in `leaving`, but goes all the same."""
    return graph.own({*functions, *leaving})


def _print_reasons(graph: Graph, target: Target, imports: Imports | None) -> None:
    _print_chain(graph.chain(target.functions))
    _print_imports(graph, target, imports)


def _print_imports(graph: Graph, target: Target, imports: Imports | None) -> None:
    package = _go_package(graph, target, imports)
    if not package:
        return
    if imports is None:
        print("imports: not known of a module alone; a release writes them beside it")
    elif chain := imports.chain(package):
        print(f"imports: {' > '.join(map(printable, chain))}")
        if by := [name for name in imports.of(package) if name not in chain[-2:-1]]:
            print(f"also imported by: {listed(by, _SHOWN)}")
    elif package in imports:
        print("imports: none leads here, so the compiler adds it")


def _print_savings(graph: Graph, target: Target) -> None:
    print(f"saved:{'bytes':>8}  {'gzip':>10}  {'brotli':>10}")
    names = ("without it", "and without what leaves with it")
    for name, saved in zip(names, _savings(graph, target), strict=False):
        print(f"{saved.bytes:>14,}  {saved.gzip:>10,}  {saved.brotli:>10,}  {name}")


def _savings(graph: Graph, target: Target) -> list[Size]:
    """What is saved without the functions; then without what leaves with them, if that is more."""
    from wasmtrim.attribution import saving

    parts = [target.functions]
    leaving = graph.leaving(target.functions)
    if len(leaving) > len(target.functions):
        parts.append(tuple(leaving))
    return saving.savings(graph.module, parts)


def _figures(saved: Size) -> dict[str, int]:
    return {"bytes": saved.bytes, "gzip": saved.gzip, "brotli": saved.brotli}


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
