"""Local edits of a recipe: one step or switch more, fewer, elsewhere, or in another's place."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

from wasmtrim.tune.recipe import Recipe, recipe, slot
from wasmtrim.tune.space import LEVELS, Space

_TRIES = 200


def edited(given: Recipe, space: Space, random: Random, but: Collection[Recipe]) -> Recipe | None:
    """Return a recipe one edit away that lies in the space and is none of `but`.

    None where chance finds none. The same state of `random` gives the same recipe.
    """
    for _ in range(_TRIES):
        edit = random.choice((_insert, _insert, _delete, _swap, _repeat, _replace, _switch))
        found = edit(given, space, random)
        if found != given and found not in but and space.allows(found):
            return found
    return None


def _insert(given: Recipe, space: Space, random: Random) -> Recipe:
    at = random.randint(0, len(given.steps))
    group = random.choice((*((step,) for step in space.steps), *space.groups, *space.groups))
    return Recipe((*given.steps[:at], *group, *given.steps[at:]), given.switches)


def _delete(given: Recipe, space: Space, random: Random) -> Recipe:  # noqa: ARG001
    if len(given.steps) < 2:
        return given
    at = random.randrange(len(given.steps))
    return Recipe((*given.steps[:at], *given.steps[at + 1 :]), given.switches)


def _swap(given: Recipe, space: Space, random: Random) -> Recipe:  # noqa: ARG001
    if len(given.steps) < 2:
        return given
    steps = [*given.steps]
    one, other = random.sample(range(len(steps)), 2)
    steps[one], steps[other] = steps[other], steps[one]
    return Recipe(tuple(steps), given.switches)


def _repeat(given: Recipe, space: Space, random: Random) -> Recipe:  # noqa: ARG001
    if not given.steps:
        return given
    at = random.randrange(len(given.steps))
    return Recipe((*given.steps, given.steps[at]), given.switches)


def _replace(given: Recipe, space: Space, random: Random) -> Recipe:
    """Another level in place of a level, another pass in place of a pass."""
    if not given.steps:
        return given
    at = random.randrange(len(given.steps))
    is_level = given.steps[at] in LEVELS
    step = random.choice([step for step in space.steps if (step in LEVELS) == is_level])
    return Recipe((*given.steps[:at], step, *given.steps[at + 1 :]), given.switches)


def _switch(given: Recipe, space: Space, random: Random) -> Recipe:
    """Turn a switch on or off; a limit takes the place of the one with its name."""
    if not space.switches or not given.steps:
        return given
    chosen = random.choice(space.switches)
    if chosen in given.switches:
        return recipe(given.steps, {*given.switches} - {chosen})
    kept = (s for s in given.switches if slot(s) != slot(chosen))
    return recipe(given.steps, (*kept, chosen))
