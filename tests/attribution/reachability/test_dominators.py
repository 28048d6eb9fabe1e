from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.attribution.reachability.dominators import dominators
from wasmtrim.attribution.reachability.edges import NONE, Edges

graphs = st.integers(1, 9).flatmap(
    lambda count: st.lists(
        st.lists(st.integers(0, count - 1), max_size=4), min_size=count, max_size=count
    )
)


def edges_of(graph: list[list[int]]) -> Edges:
    edges = Edges()
    for targets in graph:
        edges.add_node(targets)
    return edges


def reached(graph: list[list[int]], without: int | None = None) -> set[int]:
    found: set[int] = set()
    waiting = [0]
    while waiting:
        node = waiting.pop()
        if node not in found and node != without:
            found.add(node)
            waiting += graph[node]
    return found


@given(graphs)
def test_a_dominator_is_what_no_way_goes_round(graph: list[list[int]]) -> None:
    """By definition: taking it out of the graph makes the node unreachable."""
    above = dominators(edges_of(graph))
    everything = reached(graph)
    for node in range(len(graph)):
        if node not in everything:
            assert above[node] == NONE
            continue
        expected = {
            other for other in everything if node not in reached(graph, other) or other == node
        }
        chain = {node}
        at = node
        while at != 0:
            at = above[at]
            chain.add(at)
        assert chain == expected | {0}


def test_a_chain_of_a_million_nodes_needs_no_recursion() -> None:
    count = 1_000_000
    edges = Edges()
    for node in range(count - 1):
        edges.add_node([node + 1])
    edges.add_node([0])
    assert dominators(edges)[count - 1] == count - 2


@given(graphs)
def test_reversed_edges_lead_back(graph: list[list[int]]) -> None:
    edges = edges_of(graph)
    forth = sorted((node, target) for node in range(len(graph)) for target in edges.of(node))
    turned = edges.reversed()
    back = sorted((target, node) for node in range(len(graph)) for target in turned.of(node))
    assert forth == back
