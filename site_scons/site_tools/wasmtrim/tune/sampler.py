"""Which flags and limits to try next with a few known recipes: optuna, asked and told in order.

It learns from what it asked for, and from both aims: bytes, and fuel where runs tell it.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from wasmtrim.records import Outcome
from wasmtrim.tune.recipe import Recipe, recipe, slot
from wasmtrim.tune.space import Space

_OFF = ""
_FIRST = 8  # trials by chance


class Sampler:
    """A study over the switches of a space, on top of `bases`."""

    def __init__(self, space: Space, bases: Sequence[Recipe], seed: int, *, aims: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._choices = _choices(space)
        self._bases = bases
        self._aims = aims
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # multivariate is called experimental
            sampler = optuna.samplers.TPESampler(
                seed=seed, multivariate=True, n_startup_trials=_FIRST
            )
        self._study = optuna.create_study(sampler=sampler, directions=["minimize"] * aims)
        self._asked: dict[Recipe, list[Any]] = {}

    def ask(self) -> Recipe:
        """Return the next recipe to try; it may be one that was tried."""
        trial = self._study.ask()
        base = self._bases[trial.suggest_categorical("base", range(len(self._bases)))]
        chosen = [trial.suggest_categorical(name, each) for name, each in self._choices.items()]
        found = recipe(base.steps, (*base.switches, *(switch for switch in chosen if switch)))
        self._asked.setdefault(found, []).append(trial)
        return found

    def tell(self, found: Recipe, outcome: Outcome | None) -> None:
        """Tell what became of a recipe; None where it doesn't count. Others' are passed over."""
        import optuna

        for trial in self._asked.pop(found, ()):
            if outcome is None:
                self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                self._study.tell(trial, [outcome.size, outcome.fuel or 0][: self._aims])


def _choices(space: Space) -> Mapping[str, tuple[str, ...]]:
    """Each switch on or off; a limit at one of its values."""
    choices: dict[str, list[str]] = {}
    for switch in space.switches:
        choices.setdefault(slot(switch), [_OFF]).append(switch)
    return {name: tuple(values) for name, values in choices.items()}
