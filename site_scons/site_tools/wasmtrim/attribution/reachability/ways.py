"""The ways through a module that explain its functions, in the order in which they tell most."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from wasmtrim.attribution.packages.groups import RUNTIME
from wasmtrim.attribution.reachability.edges import (
    FIRST,
    NONE,
    ROOT,
    Edges,
    assemble,
    search,
    with_table,
)
from wasmtrim.attribution.symbols import go
from wasmtrim.attribution.symbols.languages import GO

if TYPE_CHECKING:
    from wasmtrim.attribution.owners import Owners

_GO_MAIN = "main.main"
_PANIC = re.compile(r"runtime\.(?:_panic|runtimePanic\w*|\w+Panic)$")


@dataclass(frozen=True)
class Ways:
    """Searches from the root of a graph, each made when it is asked for.

    `held` are the functions that the table keeps, `calls` what each function calls or refers to;
    `by_calls` has their edges from the exports on, `edges` from the table as well. `meant` puts
    methods in place of their wrappers.
    """

    owners: Owners
    held: Sequence[int]
    calls: Sequence[array[int]]
    by_calls: Edges
    edges: Edges
    meant: Callable[[Collection[int]], set[int]]

    def preferred(self, goals: Collection[int]) -> Iterator[array[int]]:
        """The shortest ways to all that is reached, in the order in which they are preferred: of
        Go alone, whose runtime and panics lead to much that no program asked for."""
        if self._main:
            if not any(index + FIRST in self._runtime for index in goals):
                yield self._own_by_calls
                yield self._own_by_data
                yield self._init_by_data
            yield self._main_by_calls
            yield self._main_by_data
        if self.panics:
            yield self._calm_by_calls

    @cached_property
    def exported(self) -> array[int]:
        """The ways by exports and calls."""
        return search(self.by_calls, [ROOT])

    @cached_property
    def panics(self) -> set[int]:
        """The functions of TinyGo that panic: they print any error, whose methods lead to much."""
        if self.owners.is_go or self.owners.languages.dotted != GO:
            return set()
        return {i + FIRST for i in self.owners.entries if _PANIC.match(self.owners.name(i))}

    @cached_property
    def calm(self) -> array[int]:
        """The ways by exports and the table, without those of a panic."""
        return search(self.edges, [ROOT], self.panics)

    @cached_property
    def _calm_by_calls(self) -> array[int]:
        return search(self.by_calls, [ROOT], self.panics)

    @cached_property
    def _main(self) -> list[int]:
        """Go's main.main, if this is a program by standard Go."""
        return [i for i in self.held if self.owners.is_go and self.owners.name(i) == _GO_MAIN]

    @cached_property
    def _main_calls(self) -> Edges:
        return assemble((), self._main, self.calls)

    @cached_property
    def _main_data(self) -> Edges:
        return self._with_data(self._main)

    @cached_property
    def _own_by_calls(self) -> array[int]:
        """The ways from main.main that the runtime has no part in."""
        return search(self._main_calls, [ROOT], self._runtime)

    @cached_property
    def _own_by_data(self) -> array[int]:
        return search(self._main_data, [ROOT], self._runtime)

    @cached_property
    def _init_by_data(self) -> array[int]:
        """The ways from what Go runs before main.main that the runtime has no part in."""
        inits = [i for i in self.held if go.INIT.search(self.owners.name(i))]
        return search(self._with_data(inits), [ROOT], self._runtime)

    @cached_property
    def _main_by_calls(self) -> array[int]:
        return search(self._main_calls, [ROOT])

    @cached_property
    def _main_by_data(self) -> array[int]:
        return search(self._main_data, [ROOT])

    @cached_property
    def _runtime(self) -> set[int]:
        """The functions of Go's runtime, which lead to much that no program asked for."""
        if not self._main:
            return set()
        module = self.owners.module
        known = range(module.imported_functions, len(module.functions))
        return {index + FIRST for index in known if self.owners.group(index).name == RUNTIME}

    def _with_data(self, first: list[int]) -> Edges:
        """What the functions `first` lead to by calls and by data."""
        return with_table(self._by_data, first)

    @cached_property
    def _by_data(self) -> Edges:
        """What functions lead to by calls and by data, of which objects are the last nodes."""
        edges, data = assemble((), (), ()), self.owners.references
        objects = FIRST + len(self.calls)
        for index, targets in enumerate(self.calls):
            edges.add_node(
                [
                    *(index + FIRST for index in targets),
                    *(place + objects for place in data.of_function(index)),
                ]
            )
        for place in range(len(data)):
            edges.add_node(
                [
                    *(index + FIRST for index in self.meant(data.functions(place))),
                    *(other + objects for other in data.objects(place)),
                ]
            )
        return edges


def passes(came_from: array[int], node: int, goals: Collection[int]) -> bool:
    """Whether the shortest way to a node leads through any of `goals`, or there is none."""
    while FIRST <= node != NONE and node - FIRST not in goals:
        node = came_from[node]
    return node >= FIRST
