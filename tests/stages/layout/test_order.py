"""Orders of functions: each is a permutation, like stands beside like, and numbers get short."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from wasmtrim import wasm
from wasmtrim.stages.layout import chain, likeness, order, partitioning, program

KINDS = 6
# As code of several programs, mixed: a body's kind is its number modulo KINDS.
CHOICE = random.Random(3)
STEMS = [CHOICE.randbytes(120) for _ in range(KINDS)]
BODIES = [STEMS[at % KINDS] + CHOICE.randbytes(20) for at in range(96)]

Orders = Callable[[list[bytes]], list[int]]


def chained(bodies: list[bytes]) -> list[int]:
    return chain.order(*likeness.windows(bodies), [len(body) for body in bodies], 0.8)


def partitioned(bodies: list[bytes]) -> list[int]:
    return partitioning.order(*likeness.windows(bodies), len(bodies))


def changes(found: list[int]) -> int:
    """How often a function is followed by one of another kind."""
    kinds = [at % KINDS for at in found]
    return sum(one != other for one, other in pairwise(kinds))


@pytest.mark.parametrize("orders", [chained, partitioned])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 17, 96])
def test_every_function_has_one_place(orders: Orders, count: int) -> None:
    found = orders(BODIES[:count])
    assert sorted(found) == list(range(count))
    assert orders(BODIES[:count]) == found


@pytest.mark.parametrize("orders", [chained, partitioned])
def test_like_comes_beside_like(orders: Orders) -> None:
    assert changes(list(range(96))) == 95
    assert changes(orders(BODIES)) <= 4 * KINDS


@pytest.mark.parametrize("orders", [chained, partitioned])
def test_bodies_without_anything_in_common_are_ordered_too(orders: Orders) -> None:
    bodies = [bytes([at]) * 5 for at in range(40)]
    assert sorted(orders(bodies)) == list(range(40))


def test_a_window_is_told_of_functions_that_share_it() -> None:
    bodies = [b"abcdefgh", b"zzabcdefz", b"unlike all of them"]
    function, window = likeness.windows(bodies)
    pairs = set(zip(function.tolist(), window.tolist(), strict=True))
    assert {at for at, _ in pairs} == {0, 1}
    assert len(np.unique(window)) == 1  # "abcdef"


def test_what_is_named_most_has_a_number_of_one_byte(assemble: Callable[[str], bytes]) -> None:
    """Of 201 functions, 128 have a short number; the last one is called 50 times."""
    functions = "(func)" * 199 + f"(func {'call 199 ' * 50} {'call 150 ' * 9} call 3)"
    taken = program.read(wasm.read(assemble(f'(module (import "m" "f" (func)) {functions})')))
    found = order.by_use(taken)
    assert sorted(found) == list(range(1, 201))
    assert {199, 150, 3} <= set(found[:127])
    assert found[:127] == sorted(found[:127])
    shorter = taken.write(program.Arrangement(found, None))
    assert len(shorter) == len(taken.module.data) - 59 - 1  # and the size of the last body


def test_classes_of_numbers_keep_their_functions(assemble: Callable[[str], bytes]) -> None:
    functions = "(func)" * 199 + f"(func {'call 180 ' * 50})"
    taken = program.read(wasm.read(assemble(f"(module {functions})")))
    backwards = list(range(199, -1, -1))
    within = order.within_classes(taken, backwards)
    assert set(within[:128]) == set(order.by_use(taken)[:128])
    assert within[:128] == sorted(within[:128], reverse=True)


def test_where_measuring_is_slow_only_chains_are_tried(
    assemble: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = program.read(wasm.read(assemble("(module (func) (func) (func call 0))")))
    assert len(order.by_likeness(taken)) == 3
    assert len(order.by_likeness(taken, chains_only=True)) == 2
    monkeypatch.setattr(chain, "MOST", 2)  # functions: a chain of more takes too long
    assert len(order.by_likeness(taken, chains_only=True)) == 1
