"""The search: generations of fixed size, asked and told in order, counted in candidates.

So the same seed gives the same recipe, however many workers there are and whoever ends first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from wasmtrim.records import Outcome
from wasmtrim.tune import edits
from wasmtrim.tune.recipe import Recipe
from wasmtrim.tune.sampler import Sampler
from wasmtrim.tune.space import Space

GENERATION = 8
AS_IT_IS = Recipe()
OZ = Recipe(("-Oz",))
_BASES = 6  # recipes on top of which flags and limits are sampled
_PARENTS = 4  # recipes that are edited
_OPENING = 16  # candidates out of the coreset, if the budget has as many
_ASKS = 40

# Gives the outcomes of recipes, in their order; None for those that it was told not to wait for.
Evaluate = Callable[[Sequence[Recipe]], Sequence[Outcome | None]]


@dataclass(frozen=True)
class Found:
    """All candidates in the order told. `stopped_early`: before the budget was spent."""

    outcomes: Mapping[Recipe, Outcome]
    stopped_early: bool = False

    def counts(self, recipe: Recipe) -> bool:
        """Whether a candidate was measured, and did in the smoke run what the module does."""
        return _counts(self.outcomes, recipe)

    def ranked(self) -> list[Recipe]:
        """The candidates that count, the best first: bytes, then fuel, then the shorter."""
        return _ranked(self.outcomes)

    def measured(self) -> list[Recipe]:
        """All that were measured, those that do not count among them, the smallest first."""
        return _sorted(self.outcomes, (r for r, o in self.outcomes.items() if not o.skipped))

    def pareto(self, without: Collection[Recipe] = ()) -> list[Recipe]:
        """Those that no other beats in both bytes and fuel, by bytes; `without` are left out."""
        front: list[Recipe] = []
        ranked = [recipe for recipe in self.ranked() if recipe not in without]
        for recipe in ranked:
            fuel = self.outcomes[recipe].fuel
            if fuel is None:
                return ranked[:1]
            least = self.outcomes[front[-1]].fuel if front else None
            if least is None or fuel < least:
                front.append(recipe)
        return front


@dataclass
class _State:
    space: Space
    random: Random
    outcomes: dict[Recipe, Outcome] = field(default_factory=dict)

    def counted(self, recipe: Recipe) -> Outcome | None:
        """The outcome of a candidate, if it was tried and counts."""
        tried = recipe in self.outcomes
        return self.outcomes[recipe] if tried and _counts(self.outcomes, recipe) else None

    def edited(self, best: Sequence[Recipe], known: Collection[Recipe]) -> Recipe | None:
        """An edit of one of the best, the better one more often; none that is known."""
        weights = [2.0**-at for at in range(len(best))]
        parent = self.random.choices(best, weights)[0]
        return edits.edited(parent, self.space, self.random, known)


def search(
    space: Space, coreset: Sequence[Recipe], evaluate: Evaluate, *, budget: int, seed: int
) -> Found:
    """Try up to `budget` candidates: the module as it is, -Oz, the coreset, then what they lead to.

    At most half of a budget over 2 * _OPENING goes to the coreset.
    """
    state = _State(space, Random(seed))
    first = dict.fromkeys((AS_IT_IS, OZ, *filter(space.allows, coreset)))
    opening = [*first][: max(2, min(budget, _OPENING), budget // 2)]
    for generation in _generations(opening):
        if not _tell(state, generation, evaluate(generation)):
            return Found(state.outcomes, stopped_early=True)
    bases = [recipe for recipe in _ranked(state.outcomes) if recipe.steps][:_BASES]
    if not bases:
        return Found(state.outcomes)
    fuel = state.outcomes[AS_IT_IS].fuel is not None
    sampler = Sampler(space, bases, seed, aims=2 if fuel else 1)
    while (left := budget - len(state.outcomes)) > 0:
        generation = _planned(state, sampler, min(left, GENERATION))
        if not generation:
            break  # there is nothing else in this space
        whole = _tell(state, generation, evaluate(generation))
        if not whole:
            return Found(state.outcomes, stopped_early=True)
        for recipe in generation:
            sampler.tell(recipe, state.counted(recipe))
    return Found(state.outcomes)


def _planned(state: _State, sampler: Sampler, size: int) -> list[Recipe]:
    """Half of a generation by edits of the best, half by the sampler; edits for what it repeats."""
    planned: list[Recipe] = []
    for _ in range(_ASKS):
        if len(planned) >= size // 2:
            break
        asked = sampler.ask()
        if asked in state.outcomes or asked in planned or not state.space.allows(asked):
            sampler.tell(asked, state.counted(asked))
        else:
            planned.append(asked)
    best = _ranked(state.outcomes)[:_PARENTS]
    known = {*state.outcomes, *planned}
    while len(planned) < size:
        edited = state.edited(best, known)
        if edited is None:
            break
        planned.append(edited)
        known.add(edited)
    return planned


def _tell(state: _State, generation: Sequence[Recipe], outcomes: Sequence[Outcome | None]) -> bool:
    """Take the outcomes in the order asked; False where some are missing."""
    for recipe, outcome in zip(generation, outcomes, strict=True):
        if outcome is not None:
            state.outcomes[recipe] = outcome
    return None not in outcomes


def _counts(outcomes: Mapping[Recipe, Outcome], recipe: Recipe) -> bool:
    outcome, truth = outcomes[recipe], outcomes.get(AS_IT_IS)
    return not outcome.skipped and truth is not None and outcome.behavior == truth.behavior


def _ranked(outcomes: Mapping[Recipe, Outcome]) -> list[Recipe]:
    return _sorted(outcomes, (recipe for recipe in outcomes if _counts(outcomes, recipe)))


def _sorted(outcomes: Mapping[Recipe, Outcome], recipes: Iterable[Recipe]) -> list[Recipe]:
    def key(recipe: Recipe) -> tuple[int, int, int, tuple[str, ...]]:
        outcome = outcomes[recipe]
        return outcome.size, outcome.fuel or 0, len(recipe.options), recipe.options

    return sorted(recipes, key=key)


def _generations(recipes: Sequence[Recipe]) -> Iterator[Sequence[Recipe]]:
    for at in range(0, len(recipes), GENERATION):
        yield recipes[at : at + GENERATION]
