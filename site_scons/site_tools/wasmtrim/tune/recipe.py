"""A recipe: what wasm-opt does to a module, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_PASS_ARG = "--pass-arg="
# Options whose place in the command line means nothing.
SWITCHES = (
    "--always-inline-max-function-size",
    "--closed-world",
    "--converge",
    "--fast-math",
    "--inline-functions-with-loops",
    "--inline-max-combined-binary-size",
    "--low-memory-unused",
    "--no-stack-ir",
    "--one-caller-inline-max-function-size",
    "--partial-inlining-ifs",
    "--skip-pass",
    "--traps-never-happen",
)


def slot(switch: str) -> str:
    """What may stand once in a recipe: a limit whatever its value; each skipped pass by itself."""
    name, _, _ = switch.partition("=")
    return switch if name == "--skip-pass" else name


@dataclass(frozen=True)
class Recipe:
    """`steps` run in order: a pass, with what is an argument of it, or a level (`-Oz`).

    `switches` hold for all of them, sorted. Without steps the module is taken as it is.
    """

    steps: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """The arguments for wasm-opt."""
        if not self.steps:
            return ()
        return (*self.switches, *(word for step in self.steps for word in step.split()))

    def __str__(self) -> str:
        """As a shell takes it; `as it is` without steps."""
        return " ".join(self.options) or "as it is"

    def count(self, *names: str) -> int:
        """How many of the steps run a pass of these names."""
        return sum(step.split()[0] in names for step in self.steps)


def recipe(steps: Iterable[str], switches: Iterable[str] = ()) -> Recipe:
    """Make a recipe of what may be in any order, or twice, among its switches."""
    return Recipe(tuple(steps), tuple(sorted(set(switches))))


def parse(options: Iterable[str]) -> Recipe:
    """Read wasm-opt's arguments back."""
    steps: list[str] = []
    switches = []
    for option in options:
        if option.partition("=")[0] in SWITCHES:
            switches.append(option)
        elif option.startswith(_PASS_ARG) and steps:
            steps[-1] += f" {option}"
        else:
            steps.append(option)
    return recipe(steps, switches)
