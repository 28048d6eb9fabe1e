"""Why a function or a package is in a module: what keeps it, and what would leave with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtrim.attribution.reachability import targets
from wasmtrim.attribution.reachability.graph import Graph, Step
from wasmtrim.attribution.reachability.imports import Imports
from wasmtrim.attribution.reachability.targets import Target
from wasmtrim.attribution.symbols.languages import GO
from wasmtrim.errors import UsageError

if TYPE_CHECKING:
    from wasmtrim.records.breakdown import Size


@dataclass(frozen=True)
class Reason:
    """Why one target is in a module. `functions` are its functions, the largest first.

    `own` are their bytes; `retained` adds the bytes of all that would leave with them; `at_least`:
    functions that the table keeps may leave, too. The three mean nothing for an inlined function.
    `package` is the Go package to look up in `imports`, "" if there is none; `imports` is None if
    they are not known. `savings` are measured without the functions, then without all that leaves
    with them, if that is more; () if they were not asked for.
    """

    target: Target
    functions: tuple[int, ...]
    own: int
    retained: int
    at_least: bool
    chain: tuple[Step, ...]
    package: str
    imports: Imports | None
    savings: tuple[Size, ...]

    @property
    def single(self) -> int | None:
        """The one function that is meant, where the target is not a package and not inlined."""
        whole = self.target.kind in (targets.EXPORT, targets.FUNCTION) and len(self.functions) == 1
        return self.functions[0] if whole else None


def find(graph: Graph, name: str, imports: Imports | None, *, measure: bool = False) -> Reason:
    """Say why `name` is in the module; with `measure` also what is saved without it, in seconds.

    A package that is imported but has no code is found as well. UsageError where nothing has the
    name.
    """
    target = _target(graph, name, imports)
    leaving = graph.leaving(target.functions)
    return Reason(
        target,
        tuple(sorted(target.functions, key=lambda index: -graph.sizes[index])),
        graph.own(target.functions),
        graph.own({*target.functions, *leaving}),  # `leaving` lacks what nothing keeps
        target.kind != targets.INLINED and graph.may_take_more(leaving),
        tuple(graph.chain(target.functions)),
        _go_package(graph, target, imports),
        imports,
        _measured(graph, target, leaving) if measure and target.functions else (),
    )


def _measured(graph: Graph, target: Target, leaving: Collection[int]) -> tuple[Size, ...]:
    from wasmtrim.attribution.reachability import saving

    parts = [target.functions]
    if len(leaving) > len(target.functions):
        parts.append(tuple(leaving))
    return tuple(saving.savings(graph.module, parts))


def _target(graph: Graph, name: str, imports: Imports | None) -> Target:
    try:
        return targets.find(graph, name)
    except UsageError:
        if imports is None or name not in imports:
            raise
        return Target(targets.PACKAGE, name, ())


def _go_package(graph: Graph, target: Target, imports: Imports | None) -> str:
    if imports and target.name in imports:
        return target.name
    is_inlined, owners = target.kind == targets.INLINED, graph.owners
    known = owners.parse(target.name) if is_inlined else owners.symbol(target.functions[0])
    return known.package if known and known.language == GO else ""
