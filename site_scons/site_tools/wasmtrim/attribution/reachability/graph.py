"""Why is it there: who calls whom, from the exports on, and what would leave with what."""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from wasmtrim.attribution.data.go_types import GoTypes
from wasmtrim.attribution.owners import Owners
from wasmtrim.attribution.reachability.dominators import dominators
from wasmtrim.attribution.reachability.edges import (
    FIRST,
    NONE,
    ROOT,
    TABLE,
    Edges,
    assemble,
    heads,
    search,
)
from wasmtrim.attribution.reachability.ways import Ways, passes
from wasmtrim.wasm import bodies, sections
from wasmtrim.wasm.golang import function_values
from wasmtrim.wasm.golang.pclntab import GoFunction

if TYPE_CHECKING:
    from wasmtrim.records.why import LinkKind

_POINTER = re.compile(r"\(\*(.+)\)(?=\.)")


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a chain.

    `name` is what the step reaches: a function's name, after an export the exported one, the
    table, or the address of data. `function` is the function's index, None for table and data.
    """

    kind: LinkKind
    name: str
    function: int | None


class Graph:
    """Functions as nodes, calls and references as edges, and two roots: the module and its table.

    Whatever an element segment puts into the table can be called through it, so the table keeps
    it. In standard Go's modules that is every function; there the table keeps only those that no
    call leads to, other than from functions that they call themselves. Go's `(*T).M` that only
    wraps `T.M` counts as kept by this method, and a call of it as one of the method.
    """

    def __init__(self, owners: Owners) -> None:
        """Raises ModuleError where a body is not a sequence of instructions."""
        self.owners = owners
        self.module = module = owners.module
        self._roots = self._named_roots()
        self._is_go = owners.is_go
        self._wrapped = _wrapped(owners) if self._is_go else {}
        self._calls = self._read_calls()
        held = {index for segment in module.elements for index in segment.functions if index >= 0}
        self._by_calls = assemble(self._roots, (), self._calls)
        if self._is_go:
            reached = search(self._by_calls, [ROOT])
            uncalled = [index + FIRST for index in held if reached[index + FIRST] == NONE]
            held = self._meant({node - FIRST for node in heads(self._by_calls, uncalled)})
        self._held = sorted(held)
        self._called: dict[int, set[int]] = {}
        self._edges = assemble(self._roots, self._held, self._calls)

    def _named_roots(self) -> dict[int, Step]:
        roots: dict[int, Step] = {}
        for export in self.module.exports:
            if export.kind == "func":
                roots.setdefault(export.index, Step("export", export.name, export.index))
        if self.module.start is not None:
            name = self.owners.name(self.module.start)
            roots.setdefault(self.module.start, Step("start", name, self.module.start))
        for index in self.module.initial:
            roots.setdefault(index, Step("global", self.owners.name(index), index))
        return roots

    def _read_calls(self) -> list[array[int]]:
        """Of each function, the functions that it calls or refers to."""
        module = self.module
        values = function_values.read(module) if self._is_go else {}
        found = [array("I")] * module.imported_functions
        for index in range(module.imported_functions, len(module.functions)):
            called, taken = bodies.references(module, index)
            led_to = called | taken | values.get(index, set())
            found.append(array("I", sorted(self._meant(led_to))))
        for wrapper, method in self._wrapped.items():
            found[method].append(wrapper)
        return found

    def _meant(self, functions: Collection[int]) -> set[int]:
        """In place of wrappers the methods that they are made for."""
        return {self._wrapped.get(index, index) for index in functions}

    @cached_property
    def sizes(self) -> array[int]:
        """Of each function, the bytes of its body with the size before it; 0 for imported ones."""
        module = self.module
        sizes = array("I", [0]) * len(module.functions)
        code = module.section(sections.CODE)
        if code is not None:
            starts = [*module.starts[sections.CODE], code.end]
            for place in range(len(starts) - 1):
                sizes[module.imported_functions + place] = starts[place + 1] - starts[place]
        return sizes

    def chain(self, goals: Collection[int]) -> list[Step]:
        """The shortest way from the module to any of the functions `goals`; [] if there is none.

        One by exports and calls alone goes before one through the table. Of a program by standard
        Go, what main.main leads to goes before what runs before it: by calls, or by calls and what
        data holds that the code refers to, and without the runtime where that is possible. One
        through the table comes by another function that calls a goal, if there is one. Of one by
        TinyGo, what is printed when it panics comes last.
        """
        return [self.step(before, node) for before, node in pairwise(self.way(goals))]

    def way(self, goals: Collection[int]) -> list[int]:
        """The nodes of that chain, from the root on; [] if there is none."""
        for came_from in self._ways.preferred(goals):
            goal = _nearest(came_from, goals)
            if goal is not None:
                return _way(came_from, goal)
        if self._ways.panics:
            nodes = self._by_table(self._ways.calm, goals)
            if nodes and not self._is_indirect(nodes[-2]):
                return nodes
        goal = _nearest(self._ways.exported, goals)
        if goal is not None:
            return _way(self._ways.exported, goal)
        return self._by_table(self._reached, goals)

    def _by_table(self, came_from: array[int], goals: Collection[int]) -> list[int]:
        """The shortest way to a function that calls a goal, and to that; else to a goal itself."""
        goal = _nearest(came_from, goals)
        if goal is None:
            return []
        wanted = frozenset(goals)
        entered = {
            node - FIRST: index + FIRST
            for index in goals
            for node in self._callers.of(index + FIRST)
            if node >= FIRST and not passes(came_from, node, wanted)
        }
        caller = _nearest(came_from, entered)
        if caller is None:
            return _way(came_from, goal)
        return [*_way(came_from, caller), entered[caller - FIRST]]

    @cached_property
    def _ways(self) -> Ways:
        return Ways(
            self.owners,
            self._held,
            self._calls,
            self._by_calls,
            self._edges,
            self._meant,
        )

    def step(self, before: int, node: int) -> Step:
        """How a node of a way leads to the next one."""
        if node == TABLE:
            return Step("table", "the table", None)
        if self._is_data(node):
            at = self.owners.references.address(node - FIRST - len(self._calls))
            return Step("data", self._data_name(at), None)
        if before == ROOT:
            return self._roots[node - FIRST]
        index, caller = node - FIRST, before - FIRST
        if self._is_indirect(before):
            kind: LinkKind = "table"
        elif index in self._called_by(caller) or self._wrapped.get(index) == caller:
            kind = "call"
        else:
            kind = "reference"
        return Step(kind, self.owners.name(index), index)

    def _is_data(self, node: int) -> bool:
        return node >= FIRST + len(self._calls)

    def _is_indirect(self, node: int) -> bool:
        """Whether a node leads to functions by their slots in the table."""
        return node == TABLE or self._is_data(node)

    def function(self, node: int) -> int | None:
        """The function of a node; None for the root, the table and data."""
        return None if node == ROOT or self._is_indirect(node) else node - FIRST

    def _called_by(self, caller: int) -> set[int]:
        """The functions that one calls: read once, as chains pass by few functions many times."""
        if caller not in self._called:
            called, _ = bodies.references(self.module, caller)
            self._called[caller] = self._meant(called)
        return self._called[caller]

    def _data_name(self, address: int) -> str:
        types = self._go_types.itab(address) if self._go_types else ""
        return f"data at {address:#x}{f', {types}' if types else ''}"

    @cached_property
    def _go_types(self) -> GoTypes | None:
        table = self.owners.table
        return GoTypes(table, self.packages) if table else None

    @cached_property
    def dominators(self) -> array[int]:
        return dominators(self._edges, ROOT)

    @cached_property
    def retained(self) -> array[int]:
        """Of each function, the bytes that would leave with it: its own and what only it keeps."""
        sums = array("Q", [0]) * len(self._edges)
        for index, size in enumerate(self.sizes):
            sums[index + FIRST] = size
        above = self.dominators
        for node in _bottom_up(above):
            sums[above[node]] += sums[node]
        return sums[FIRST:]

    def keeper(self, index: int) -> int | None:
        """The function that alone keeps function `index`, its immediate dominator; or None."""
        above = self.dominators[index + FIRST]
        return above - FIRST if above != NONE and above >= FIRST else None

    def retained_by(self, functions: Collection[int]) -> int:
        """The bytes that would leave if all of `functions` did: theirs and what only they keep."""
        return self.own(self.leaving(functions))

    def own(self, functions: Collection[int]) -> int:
        """The bytes of `functions` themselves."""
        return sum(self.sizes[index] for index in functions)

    def leaving(self, functions: Collection[int]) -> list[int]:
        """What would leave if all of `functions` did: what no other way leads to."""
        before = self._reached
        after = search(self._edges, [ROOT], [index + FIRST for index in functions])
        return [
            index
            for index in range(len(self._calls))
            if before[index + FIRST] != NONE and after[index + FIRST] == NONE
        ]

    @cached_property
    def kept_by_table(self) -> set[int]:
        """The functions that nothing but the table keeps, which no export leads to by calls."""
        return {index for index in self._held if self._ways.exported[index + FIRST] == NONE}

    def may_take_more(self, leaving: Collection[int]) -> bool:
        """Whether functions that the table keeps may be called by `leaving` alone: their code, or
        data that it refers to, has the slot of one, or a number that is the same."""
        kept = self.kept_by_table.difference(leaving)
        return bool(kept) and self.owners.references.may_reach(leaving, kept)

    @cached_property
    def _reached(self) -> array[int]:
        return search(self._edges, [ROOT])

    def callers(self, index: int) -> list[int]:
        """The functions that call or refer to function `index`."""
        if index in self._wrapped:
            return []
        node = index + FIRST
        return [above - FIRST for above in self._callers.of(node) if above >= FIRST]

    def callees(self, index: int) -> list[int]:
        """The functions that function `index` calls or refers to."""
        called = [node - FIRST for node in self._edges.of(index + FIRST)]
        return [each for each in called if self._wrapped.get(each) != index]

    @cached_property
    def _callers(self) -> Edges:
        return self._edges.reversed()

    @cached_property
    def packages(self) -> dict[str, list[int]]:
        """The defined functions of each package."""
        found: dict[str, list[int]] = {}
        for index in range(self.module.imported_functions, len(self.module.functions)):
            found.setdefault(self.owners.package(index), []).append(index)
        return found


def _wrapped(owners: Owners) -> dict[int, int]:
    """Of Go's generated wrappers `(*T).M`, the method `T.M` that each is made for."""
    methods: dict[str, int] = {}
    wrappers: dict[str, int] = {}
    for index in owners.entries:
        for owner in owners.of(index):
            if isinstance(owner.place, GoFunction):
                known = wrappers if owner.place.is_wrapper else methods
                known.setdefault(owner.symbol.name, index)
    found = {}
    for name, index in wrappers.items():
        method = methods.get(_POINTER.sub(r"\1", name, count=1), index)
        if method != index:
            found[index] = method
    return found


def _way(came_from: array[int], node: int) -> list[int]:
    """The nodes from the root to this one."""
    nodes = [node]
    while node != ROOT:
        node = came_from[node]
        nodes.append(node)
    return nodes[::-1]


def _nearest(came_from: array[int], goals: Collection[int]) -> int | None:
    """The goal's node that the fewest steps lead to."""
    best, fewest = None, NONE
    for index in goals:
        node, steps = index + FIRST, 0
        if came_from[node] == NONE:
            continue
        at = node
        while at != ROOT and steps < fewest:
            at = came_from[at]
            steps += 1
        if steps < fewest:
            best, fewest = node, steps
    return best


def _bottom_up(above: array[int]) -> list[int]:
    """Nodes of a dominator tree, each before the one above it; the root and unreached left out."""
    below: list[list[int]] = [[] for _ in above]
    for node, parent in enumerate(above):
        if parent != NONE and node != ROOT:
            below[parent].append(node)
    order = [ROOT]
    for node in order:
        order += below[node]
    return order[:0:-1]
