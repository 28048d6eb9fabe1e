"""Why is it there: who calls whom, from the exports on, and what would leave with what."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from wasmtrim.attribution.dominators import NONE, Edges, dominators
from wasmtrim.attribution.owners import PCLNTAB, Owners
from wasmtrim.wasm import bodies, sections

_ROOT, _TABLE, _FIRST = 0, 1, 2  # the nodes before those of the functions
_GO_MAIN = "main.main"


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a chain. `kind` is export, start, global, table or call.

    `name` is what the step reaches: a function's name, after an export the exported one, or the
    table. `function` is the function's index, None for the table.
    """

    kind: str
    name: str
    function: int | None


class Graph:
    """Functions as nodes, calls and references as edges, and two roots: the module and its table.

    Whatever an element segment puts into the table can be called through it, so the table keeps
    it. In standard Go's modules that is every function; there the table keeps only those that no
    call leads to.
    """

    def __init__(self, owners: Owners) -> None:
        """Raises ModuleError where a body is no sequence of instructions."""
        self.owners = owners
        self.module = module = owners.module
        self._roots = self._named_roots()
        calls = self._read_calls()
        held = {index for segment in module.elements for index in segment.functions if index >= 0}
        self._views = [_assemble(self._roots, (), calls)]
        if PCLNTAB in owners.name_sources:
            reached = _search(self._views[0], _ROOT)
            held = {index for index in held if reached[index + _FIRST] == NONE}
            main = [index for index in held if owners.name(index) == _GO_MAIN]
            self._views.append(_assemble(self._roots, main, calls))
        self._edges = _assemble(self._roots, sorted(held), calls)
        self._views.append(self._edges)

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
        found = [array("I")] * module.imported_functions
        for index in range(module.imported_functions, len(module.functions)):
            called, taken = bodies.references(module, index)
            found.append(array("I", sorted(called | taken)))
        return found

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

        One by exports and calls alone goes before one through the table; standard Go calls
        main.main through it, which goes before others.
        """
        for came_from in self._ways:
            goal = _nearest(came_from, goals)
            if goal is not None:
                return self._steps(came_from, goal)
        return []

    @cached_property
    def _ways(self) -> list[array[int]]:
        """The shortest ways of each view, the last one with all that the table holds."""
        return [_search(edges, _ROOT) for edges in self._views]

    def _steps(self, came_from: array[int], node: int) -> list[Step]:
        steps = []
        while node != _ROOT:
            before = came_from[node]
            if node == _TABLE:
                steps.append(Step("table", "the table", None))
            elif before == _ROOT:
                steps.append(self._roots[node - _FIRST])
            else:
                kind = "table" if before == _TABLE else "call"
                steps.append(Step(kind, self.owners.name(node - _FIRST), node - _FIRST))
            node = before
        return steps[::-1]

    @cached_property
    def dominators(self) -> array[int]:
        return dominators(self._edges, _ROOT)

    @cached_property
    def retained(self) -> array[int]:
        """Of each function, the bytes that would leave with it: its own and what only it keeps."""
        sums = array("Q", [0]) * len(self._edges)
        for index, size in enumerate(self.sizes):
            sums[index + _FIRST] = size
        above = self.dominators
        for node in _bottom_up(above):
            sums[above[node]] += sums[node]
        return sums[_FIRST:]

    def keeper(self, index: int) -> int | None:
        """The function that alone keeps function `index`, its immediate dominator; or None."""
        above = self.dominators[index + _FIRST]
        return above - _FIRST if above != NONE and above >= _FIRST else None

    def retained_by(self, functions: Collection[int]) -> int:
        """The bytes that would leave if all of `functions` did: theirs and what only they keep."""
        before = self._ways[-1]
        after = _search(self._edges, _ROOT, {index + _FIRST for index in functions})
        return sum(
            size
            for index, size in enumerate(self.sizes)
            if before[index + _FIRST] != NONE and after[index + _FIRST] == NONE
        )

    def callers(self, index: int) -> list[int]:
        """The functions that call or refer to function `index`."""
        node = index + _FIRST
        return [above - _FIRST for above in self._callers.of(node) if above >= _FIRST]

    def callees(self, index: int) -> list[int]:
        """The functions that function `index` calls or refers to."""
        return [node - _FIRST for node in self._edges.of(index + _FIRST)]

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


def _assemble(
    roots: Collection[int], held: Collection[int], calls: Collection[array[int]]
) -> Edges:
    edges = Edges()
    edges.add_node([*([_TABLE] if held else []), *(index + _FIRST for index in roots)])
    edges.add_node([index + _FIRST for index in held])
    for targets in calls:
        edges.add_node([index + _FIRST for index in targets])
    return edges


def _search(edges: Edges, start: int, closed: Collection[int] = ()) -> array[int]:
    """Breadth first: the node that each node was reached from, NONE where it wasn't."""
    came_from = array("I", [NONE]) * len(edges)
    for node in closed:
        came_from[node] = start
    came_from[start] = start
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for target in edges.of(node):
            if came_from[target] == NONE:
                came_from[target] = node
                waiting.append(target)
    for node in closed:
        came_from[node] = NONE
    return came_from


def _nearest(came_from: array[int], goals: Collection[int]) -> int | None:
    """The goal's node that the fewest steps lead to."""
    best, fewest = None, NONE
    for index in goals:
        node, steps = index + _FIRST, 0
        if came_from[node] == NONE:
            continue
        at = node
        while at != _ROOT and steps < fewest:
            at = came_from[at]
            steps += 1
        if steps < fewest:
            best, fewest = node, steps
    return best


def _bottom_up(above: array[int]) -> list[int]:
    """Nodes of a dominator tree, each before the one above it; the root and unreached left out."""
    below: list[list[int]] = [[] for _ in above]
    for node, parent in enumerate(above):
        if parent != NONE and node != _ROOT:
            below[parent].append(node)
    order = [_ROOT]
    for node in order:
        order += below[node]
    return order[:0:-1]
