"""Dominators of a directed graph: what every way from the root to a node passes through.

Lengauer and Tarjan, "A fast algorithm for finding dominators in a flowgraph", 1979, section 3 (the
version with simple path compression), without recursion: O(edges x log nodes), in arrays.
"""

from __future__ import annotations

from array import array

from wasmtrim.attribution.reachability.edges import NONE, Edges


def dominators(edges: Edges, root: int = 0) -> array[int]:
    """The immediate dominator of each node; the root's is itself, NONE where no way leads to."""
    order, number, parent = _depth_first(edges, root)
    count = len(order)
    predecessors = edges.reversed()
    # From here on nodes are called by their place in the depth-first order.
    semi = array("I", range(count))
    best = array("I", range(count))
    ancestor = array("I", [NONE]) * count
    dominator = array("I", [0]) * count
    bucket = array("I", [NONE]) * count  # first of the nodes with that semidominator
    after = array("I", [NONE]) * count  # next one in the same bucket

    def evaluate(node: int) -> int:
        if ancestor[node] == NONE:
            return node
        path = []
        while ancestor[ancestor[node]] != NONE:
            path.append(node)
            node = ancestor[node]
        for below in reversed(path):
            above = ancestor[below]
            if semi[best[above]] < semi[best[below]]:
                best[below] = best[above]
            ancestor[below] = ancestor[above]
        return best[path[0] if path else node]

    for node in range(count - 1, 0, -1):
        for predecessor in predecessors.of(order[node]):
            if number[predecessor] != NONE:
                found = semi[evaluate(number[predecessor])]
                semi[node] = min(semi[node], found)
        after[node] = bucket[semi[node]]
        bucket[semi[node]] = node
        above = parent[node]
        ancestor[node] = above
        waiting = bucket[above]
        bucket[above] = NONE
        while waiting != NONE:
            found = evaluate(waiting)
            dominator[waiting] = found if semi[found] < semi[waiting] else above
            waiting = after[waiting]
    result = array("I", [NONE]) * len(edges)
    for node in range(count):
        if node and dominator[node] != semi[node]:
            dominator[node] = dominator[dominator[node]]
        result[order[node]] = order[dominator[node]]
    return result


def _depth_first(edges: Edges, root: int) -> tuple[array[int], array[int], array[int]]:
    """Nodes in the order reached; each node's place in it, or NONE; each place's parent's place."""
    order, number = array("I"), array("I", [NONE]) * len(edges)
    parent = array("I")
    at = array("I", edges.first)  # the next edge of each node
    stack = [root]
    number[root] = 0
    order.append(root)
    parent.append(0)
    while stack:
        node = stack[-1]
        if at[node] == edges.first[node + 1]:
            stack.pop()
            continue
        target = edges.targets[at[node]]
        at[node] += 1
        if number[target] == NONE:
            number[target] = len(order)
            order.append(target)
            parent.append(number[node])
            stack.append(target)
    return order, number, parent
