"""Why is it there: who calls whom, from the exports on, and what would leave with what."""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from wasmtrim.attribution.data.go_types import GoTypes
from wasmtrim.attribution.data.references import References
from wasmtrim.attribution.dominators import dominators
from wasmtrim.attribution.edges import NONE, Edges, heads, search
from wasmtrim.attribution.groups import RUNTIME
from wasmtrim.attribution.owners import Owners
from wasmtrim.attribution.symbols.languages import GO
from wasmtrim.records.why import LinkKind
from wasmtrim.wasm import bodies, sections
from wasmtrim.wasm.golang import function_values
from wasmtrim.wasm.golang.pclntab import GoFunction

_ROOT, _TABLE, _FIRST = 0, 1, 2  # the nodes before those of the functions
_GO_MAIN = "main.main"
_PANIC = re.compile(r"runtime\.(?:_panic|runtimePanic\w*|\w+Panic)$")
_GO_INIT = re.compile(r"\.init(?:\.\d+)?$")
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
        """Raises ModuleError where a body is no sequence of instructions."""
        self.owners = owners
        self.module = module = owners.module
        self._roots = self._named_roots()
        self._is_go = owners.is_go
        self._wrapped = _wrapped(owners) if self._is_go else {}
        self._calls = self._read_calls()
        held = {index for segment in module.elements for index in segment.functions if index >= 0}
        self._by_calls = _assemble(self._roots, (), self._calls)
        if self._is_go:
            reached = search(self._by_calls, [_ROOT])
            uncalled = [index + _FIRST for index in held if reached[index + _FIRST] == NONE]
            held = self._meant({node - _FIRST for node in heads(self._by_calls, uncalled)})
        self._held = sorted(held)
        self._called: dict[int, set[int]] = {}
        self._edges = _assemble(self._roots, self._held, self._calls)

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
        for came_from in self._ways(goals):
            goal = _nearest(came_from, goals)
            if goal is not None:
                return self._steps(came_from, goal)
        if self._panics:
            steps = self._by_table(self._calm, goals)
            if steps and steps[-1].kind != "table":
                return steps
        goal = _nearest(self._exported, goals)
        if goal is not None:
            return self._steps(self._exported, goal)
        return self._by_table(self._reached, goals)

    def _by_table(self, came_from: array[int], goals: Collection[int]) -> list[Step]:
        """The shortest way to a function that calls a goal, and to that; else to a goal itself."""
        goal = _nearest(came_from, goals)
        if goal is None:
            return []
        wanted = frozenset(goals)
        entered = {
            node - _FIRST: index
            for index in goals
            for node in self._callers.of(index + _FIRST)
            if node >= _FIRST and not _passes(came_from, node, wanted)
        }
        caller = _nearest(came_from, entered)
        if caller is None:
            return self._steps(came_from, goal)
        return [*self._steps(came_from, caller), self._link(caller, entered[caller - _FIRST])]

    def _ways(self, goals: Collection[int]) -> Iterator[array[int]]:
        """The shortest ways to all that is reached, in the order in which they are preferred."""
        if self._main:
            if not any(index + _FIRST in self._runtime for index in goals):
                yield self._own_by_calls
                yield self._own_by_data
                yield self._init_by_data
            yield self._main_by_calls
            yield self._main_by_data
        if self._panics:
            yield self._calm_by_calls

    @cached_property
    def _main(self) -> list[int]:
        """Go's main.main, if this is a program by standard Go."""
        return [i for i in self._held if self._is_go and self.owners.name(i) == _GO_MAIN]

    @cached_property
    def _main_calls(self) -> Edges:
        return _assemble((), self._main, self._calls)

    @cached_property
    def _main_data(self) -> Edges:
        return self._with_data(self._main)

    @cached_property
    def _own_by_calls(self) -> array[int]:
        """The ways from main.main that the runtime has no part in."""
        return search(self._main_calls, [_ROOT], self._runtime)

    @cached_property
    def _own_by_data(self) -> array[int]:
        return search(self._main_data, [_ROOT], self._runtime)

    @cached_property
    def _init_by_data(self) -> array[int]:
        """The ways from what Go runs before main.main that the runtime has no part in."""
        inits = [i for i in self._held if _GO_INIT.search(self.owners.name(i))]
        return search(self._with_data(inits), [_ROOT], self._runtime)

    @cached_property
    def _main_by_calls(self) -> array[int]:
        return search(self._main_calls, [_ROOT])

    @cached_property
    def _main_by_data(self) -> array[int]:
        return search(self._main_data, [_ROOT])

    @cached_property
    def _exported(self) -> array[int]:
        return search(self._by_calls, [_ROOT])

    @cached_property
    def _panics(self) -> set[int]:
        """The functions of TinyGo that panic: they print any error, whose methods lead to much."""
        if self._is_go or self.owners.languages.dotted != GO:
            return set()
        return {i + _FIRST for i in self.owners.entries if _PANIC.match(self.owners.name(i))}

    @cached_property
    def _calm_by_calls(self) -> array[int]:
        return search(self._by_calls, [_ROOT], self._panics)

    @cached_property
    def _calm(self) -> array[int]:
        """The ways by exports and the table, without those of a panic."""
        return search(self._edges, [_ROOT], self._panics)

    @cached_property
    def _runtime(self) -> set[int]:
        """The functions of Go's runtime, which lead to much that no program asked for."""
        if not self._main:
            return set()
        known = range(self.module.imported_functions, len(self.module.functions))
        return {index + _FIRST for index in known if self.owners.group(index).name == RUNTIME}

    def _with_data(self, first: list[int]) -> Edges:
        """What the functions `first` lead to by calls and by data, of which objects are the last
        nodes."""
        edges, data = _assemble((), first, ()), self.references
        objects = _FIRST + len(self._calls)
        for index, targets in enumerate(self._calls):
            edges.add_node(
                [
                    *(index + _FIRST for index in targets),
                    *(place + objects for place in data.of_function(index)),
                ]
            )
        for place in range(len(data)):
            edges.add_node(
                [
                    *(index + _FIRST for index in self._meant(data.functions(place))),
                    *(other + objects for other in data.objects(place)),
                ]
            )
        return edges

    @cached_property
    def references(self) -> References:
        """What code and data refer to by address."""
        return References(self.module, self.owners.table)

    def _steps(self, came_from: array[int], node: int) -> list[Step]:
        steps = []
        while node != _ROOT:
            before = came_from[node]
            if node == _TABLE:
                steps.append(Step("table", "the table", None))
            elif node >= _FIRST + len(self._calls):
                at = self.references.address(node - _FIRST - len(self._calls))
                steps.append(Step("data", self._data_name(at), None))
            elif before == _ROOT:
                steps.append(self._roots[node - _FIRST])
            else:
                steps.append(self._link(before, node - _FIRST))
            node = before
        return steps[::-1]

    def _link(self, before: int, index: int) -> Step:
        """How a node leads to a function."""
        if before == _TABLE or before >= _FIRST + len(self._calls):
            kind: LinkKind = "table"
        else:
            caller = before - _FIRST
            is_called = index in self._called_by(caller) or self._wrapped.get(index) == caller
            kind = "call" if is_called else "reference"
        return Step(kind, self.owners.name(index), index)

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
        return self.own(self.leaving(functions))

    def own(self, functions: Collection[int]) -> int:
        """The bytes of `functions` themselves."""
        return sum(self.sizes[index] for index in functions)

    def leaving(self, functions: Collection[int]) -> list[int]:
        """What would leave if all of `functions` did: what no other way leads to."""
        before = self._reached
        after = search(self._edges, [_ROOT], [index + _FIRST for index in functions])
        return [
            index
            for index in range(len(self._calls))
            if before[index + _FIRST] != NONE and after[index + _FIRST] == NONE
        ]

    @cached_property
    def kept_by_table(self) -> set[int]:
        """The functions that nothing but the table keeps, which no export leads to by calls."""
        return {index for index in self._held if self._exported[index + _FIRST] == NONE}

    def may_take_more(self, leaving: Collection[int]) -> bool:
        """Whether functions that the table keeps may be called by `leaving` alone: their code, or
        data that it refers to, has the slot of one, or a number that is the same."""
        kept = self.kept_by_table.difference(leaving)
        return bool(kept) and self.references.may_reach(leaving, kept)

    @cached_property
    def _reached(self) -> array[int]:
        return search(self._edges, [_ROOT])

    def callers(self, index: int) -> list[int]:
        """The functions that call or refer to function `index`."""
        if index in self._wrapped:
            return []
        node = index + _FIRST
        return [above - _FIRST for above in self._callers.of(node) if above >= _FIRST]

    def callees(self, index: int) -> list[int]:
        """The functions that function `index` calls or refers to."""
        called = [node - _FIRST for node in self._edges.of(index + _FIRST)]
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


def _assemble(
    roots: Collection[int], held: Collection[int], calls: Collection[array[int]]
) -> Edges:
    edges = Edges()
    edges.add_node([*([_TABLE] if held else []), *(index + _FIRST for index in roots)])
    edges.add_node([index + _FIRST for index in held])
    for targets in calls:
        edges.add_node([index + _FIRST for index in targets])
    return edges


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


def _passes(came_from: array[int], node: int, goals: Collection[int]) -> bool:
    """Whether the shortest way to a node leads through any of `goals`, or there is none."""
    while _FIRST <= node != NONE and node - _FIRST not in goals:
        node = came_from[node]
    return node >= _FIRST


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
