"""The search: the seed decides alone, the budget counts candidates, and only what counts wins."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random

import pytest

from wasmtrim.records import Outcome
from wasmtrim.tune import space
from wasmtrim.tune.recipe import Recipe, parse
from wasmtrim.tune.search import AS_IT_IS, OZ, Found, search

SPACE = space.of({"vacuum", "dce", "converge", "ssa", "licm", "rse", "skip-pass"}, ())
CORESET = [parse(line.split()) for line in ("--dce -Oz", "-Oz --vacuum", "-O2", "--rse -Oz")]


def outcome(recipe: Recipe, fuel: bool = False) -> Outcome:
    """A size that depends on the recipe alone, as by chance."""
    if recipe == AS_IT_IS:
        return Outcome(1000, "0", 500 if fuel else None)
    drawn = Random(str(recipe))
    return Outcome(
        900 + drawn.randint(-99, 99),
        hashlib.sha256(str(recipe).encode()).hexdigest(),
        drawn.randint(300, 600) if fuel else None,
    )


class Bench:
    """Remembers what was asked, and in which generation."""

    def __init__(self, fuel: bool = False) -> None:
        self.fuel = fuel
        self.asked: list[list[Recipe]] = []

    def __call__(self, recipes: Sequence[Recipe]) -> Sequence[Outcome | None]:
        self.asked.append([*recipes])
        return [outcome(recipe, self.fuel) for recipe in recipes]


@pytest.mark.parametrize("fuel", [False, True])
def test_the_same_seed_asks_the_same(fuel: bool) -> None:
    one, other, another = Bench(fuel), Bench(fuel), Bench(fuel)
    search(SPACE, CORESET, one, budget=60, seed=3)
    search(SPACE, CORESET, other, budget=60, seed=3)
    search(SPACE, CORESET, another, budget=60, seed=4)
    assert one.asked == other.asked
    assert one.asked != another.asked


@pytest.mark.parametrize("budget", [1, 2, 5, 13, 40])
def test_the_budget_counts_candidates_each_once(budget: int) -> None:
    bench = Bench()
    found = search(SPACE, CORESET, bench, budget=budget, seed=1)
    asked = [recipe for generation in bench.asked for recipe in generation]
    assert len(asked) == len({*asked}) == len(found.outcomes) == max(budget, 2)
    assert asked[:2] == [AS_IT_IS, OZ]
    assert not found.stopped_early


def test_it_finds_what_is_smaller_than_the_coreset() -> None:
    found = search(SPACE, CORESET, Bench(), budget=80, seed=1)
    best = found.outcomes[found.ranked()[0]].size
    assert best < min(outcome(recipe).size for recipe in (OZ, *CORESET))


def test_what_is_skipped_or_does_something_else_does_not_win() -> None:
    def evaluate(recipes: Sequence[Recipe]) -> list[Outcome | None]:
        return [
            Outcome(1, "1", behavior="another")
            if "--dce" in recipe.steps
            else Outcome(skipped="no end after 60 s")
            if "--ssa" in recipe.steps
            else outcome(recipe)
            for recipe in recipes
        ]

    found = search(SPACE, CORESET, evaluate, budget=60, seed=1)
    assert all("--dce" not in r.steps and "--ssa" not in r.steps for r in found.ranked())
    assert "--dce" in found.measured()[0].steps


def test_what_was_measured_before_a_stop_counts() -> None:
    def evaluate(recipes: Sequence[Recipe]) -> list[Outcome | None]:
        return [None if "--vacuum" in recipe.steps else outcome(recipe) for recipe in recipes]

    found = search(SPACE, CORESET, evaluate, budget=60, seed=1)
    assert found.stopped_early
    assert {*found.outcomes} == {AS_IT_IS, OZ, *CORESET} - {CORESET[1]}


def test_a_small_space_ends_the_search_before_the_budget() -> None:
    narrow = space.Space(("-Oz", "-O1"), (), ())
    found = search(narrow, [], Bench(), budget=10_000, seed=1)
    assert len(found.outcomes) < 40
    assert not found.stopped_early


def test_the_pareto_set_has_what_no_other_beats_in_both() -> None:
    sizes = {"-Oz": (10, 90), "-O1": (11, 95), "-O2": (12, 70), "-O3": (30, 20), "-Os": (31, 20)}
    outcomes = {parse([name]): Outcome(size, name, fuel) for name, (size, fuel) in sizes.items()}
    found = Found({AS_IT_IS: Outcome(99, "", 99), **outcomes})
    assert [str(recipe) for recipe in found.pareto()] == ["-Oz", "-O2", "-O3"]
    assert [str(each) for each in found.pareto([parse(["-Oz"])])] == ["-O1", "-O2", "-O3"]
