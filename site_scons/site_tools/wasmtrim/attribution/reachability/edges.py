"""A directed graph in arrays, and what can be reached in it."""

from __future__ import annotations

from array import array
from collections.abc import Collection

NONE = 0xFFFFFFFF
ROOT, TABLE, FIRST = 0, 1, 2  # of a module: the nodes before those of its functions


class Edges:
    """The edges of nodes `0..count`, in order of where they begin: those of `n` are `targets`
    from `first[n]` up to `first[n + 1]`."""

    def __init__(self) -> None:
        self.first = array("I", [0])
        self.targets = array("I")

    def add_node(self, targets: Collection[int]) -> None:
        """The next node, and where its edges lead to."""
        self.targets.extend(targets)
        self.first.append(len(self.targets))

    def __len__(self) -> int:
        return len(self.first) - 1

    def of(self, node: int) -> array[int]:
        return self.targets[self.first[node] : self.first[node + 1]]

    def reversed(self) -> Edges:
        turned = Edges()
        counts = array("I", [0]) * (len(self) + 1)
        for target in self.targets:
            counts[target + 1] += 1
        for node in range(1, len(counts)):
            counts[node] += counts[node - 1]
        turned.first = array("I", counts)
        turned.targets = array("I", [0]) * len(self.targets)
        for node in range(len(self)):
            for target in self.of(node):
                turned.targets[counts[target]] = node
                counts[target] += 1
        return turned


def assemble(roots: Collection[int], held: Collection[int], calls: Collection[array[int]]) -> Edges:
    """The edges of a module: to its roots, to what its table holds, and by calls."""
    edges = Edges()
    edges.add_node([*([TABLE] if held else []), *(index + FIRST for index in roots)])
    edges.add_node([index + FIRST for index in held])
    for targets in calls:
        edges.add_node([index + FIRST for index in targets])
    return edges


def with_table(edges: Edges, held: Collection[int]) -> Edges:
    """The same edges, whose root leads to nothing, with a table that holds functions."""
    filled = assemble((), held, ())
    shift = len(filled.targets)
    filled.targets += edges.targets
    filled.first.extend(end + shift for end in edges.first[FIRST + 1 :])
    return filled


def search(edges: Edges, starts: Collection[int], closed: Collection[int] = ()) -> array[int]:
    """Breadth first: the node that each node was reached from, NONE where it wasn't.

    A start was reached from itself. No way leads through a node of `closed`.
    """
    came_from = array("I", [NONE]) * len(edges)
    first, targets = edges.first, edges.targets
    for node in closed:
        came_from[node] = node  # as if it was reached
    waiting = [start for start in starts if came_from[start] == NONE]
    for start in waiting:
        came_from[start] = start
    for node in waiting:  # which grows behind the node
        for target in targets[first[node] : first[node + 1]]:
            if came_from[target] == NONE:
                came_from[target] = node
                waiting.append(target)
    for node in closed:
        came_from[node] = NONE
    return came_from


def heads(edges: Edges, nodes: Collection[int]) -> set[int]:
    """The nodes among `nodes` that no other of them leads to, but such as they lead to themselves:
    the fewest from which all can be reached, and those that lie on a cycle with one of these.

    `nodes` has all that can be reached from them.
    """
    found: set[int] = set()
    reached: set[int] = set()
    backward: Edges | None = None
    # What a depth-first search leaves last is reached by nothing that it left earlier, except on
    # a cycle (Kosaraju's observation).
    for node in reversed(_left_in_order(edges, nodes)):
        if node in reached:
            continue
        reached |= _all_from(edges, node, reached)
        backward = backward or edges.reversed()
        found |= _all_from(backward, node, ())
    return found


def _all_from(edges: Edges, start: int, known: Collection[int]) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        for target in edges.of(waiting.pop()):
            if target not in found and target not in known:
                found.add(target)
                waiting.append(target)
    return found


def _left_in_order(edges: Edges, nodes: Collection[int]) -> list[int]:
    """The nodes in the order in which a depth-first search has done with them."""
    order: list[int] = []
    seen: set[int] = set()
    at = array("I", edges.first)  # the next edge of each node
    for start in nodes:
        if start in seen:
            continue
        seen.add(start)
        stack = [start]
        while stack:
            node = stack[-1]
            if at[node] == edges.first[node + 1]:
                order.append(stack.pop())
                continue
            target = edges.targets[at[node]]
            at[node] += 1
            if target not in seen:
                seen.add(target)
                stack.append(target)
    return order
