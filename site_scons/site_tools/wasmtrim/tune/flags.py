"""The compiler's flags: what a search varies in a profile's `compiler` before it varies passes.

Each flag is tried together with the ones that helped before. A flag that the compiler refuses,
such as an experiment that its version does not know, is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from wasmtrim.compilers import go, tinygo
from wasmtrim.errors import ToolError
from wasmtrim.profile import Compiler
from wasmtrim.records import FlagRow
from wasmtrim.tune.candidate import briefly
from wasmtrim.tune.subject import Subject

ASSUMPTIONS: Final = {
    "no-bounds": "no index is ever out of bounds",
    "leaking": "memory is never so short that something must be freed",
    "panic-trap": "nobody reads what a panic prints",
}

# Compiles with other settings, and runs the stages before optimize.
Compile = Callable[[Compiler], Subject]
# Gives the size by -Oz, and what is wrong where it doesn't count.
Weigh = Callable[[Subject], tuple[int | None, str]]


@dataclass(frozen=True)
class Flag:
    """A value of a key of `compiler`; of a list, one that is added. `assumes`: of ASSUMPTIONS."""

    key: str
    value: str | bool
    assumes: str = ""

    def __str__(self) -> str:
        """As the profile has it."""
        return f"{self.key}: {_yaml(self.value)}"

    def on_top_of(self, settings: Compiler) -> Compiler | None:
        """Return the settings with this flag; None where it is there, or its contrary is."""
        given = getattr(settings, self.key)
        if isinstance(given, tuple):
            assert isinstance(self.value, str)
            if {self.value, self.value.removeprefix("no")} & {*given}:
                return None
            return settings.model_copy(update={self.key: (*given, self.value)})
        if given == self.value:
            return None
        return settings.model_copy(update={self.key: self.value})


# Those that change the size of a module for wasm.
_OF: Final = {
    go.NAME: (
        Flag("experiment", "nogreenteagc"),
        Flag("inline", False),
        Flag("bounds", False, "no-bounds"),
    ),
    tinygo.NAME: (
        Flag("opt", "z"),
        Flag("opt", "s"),
        Flag("opt", "2"),
        Flag("scheduler", "none"),
        Flag("gc", "conservative"),
        Flag("gc", "precise"),
        Flag("gc", "leaking", "leaking"),
        Flag("panic", "trap", "panic-trap"),
        Flag("bounds", False, "no-bounds"),
    ),
}


@dataclass(frozen=True)
class Chosen:
    """The settings that helped, and the module that they give.

    `rows` are all flags tried, `assumed` the names of ASSUMPTIONS that those which helped need.
    """

    settings: Compiler
    subject: Subject
    rows: tuple[FlagRow, ...] = ()
    assumed: tuple[str, ...] = ()

    def changed(self, before: Compiler) -> dict[str, str]:
        """Return the keys that differ from a profile's, with their values as YAML has them."""
        pairs = ((key, getattr(self.settings, key)) for key in Compiler.model_fields)
        return {key: _yaml(value) for key, value in pairs if value != getattr(before, key)}


def choose(
    given: Subject, compile_with: Compile, weigh: Weigh, stopped: Callable[[], bool]
) -> Chosen:
    """Try each flag of the compiler of a subject, and keep those that make its module smaller."""
    best, _ = weigh(given)
    settings, subject = given.profile.compiler, given
    rows: list[FlagRow] = []
    assumed: list[str] = []
    for flag in takewhile(lambda _: not stopped(), _allowed(given)):
        wanted = flag.on_top_of(settings)
        if wanted is None:
            continue
        try:
            tried = compile_with(wanted)
            size, why = weigh(tried)
        except ToolError as error:
            rows.append(FlagRow(str(flag), None, why=briefly(error)))
            continue
        kept = not why and size is not None and best is not None and size < best
        rows.append(FlagRow(str(flag), size, kept, why))
        if kept:
            best, settings, subject = size, wanted, tried
            assumed += [flag.assumes] if flag.assumes else []
    return Chosen(settings, subject, tuple(rows), tuple(assumed))


def _allowed(given: Subject) -> Iterator[Flag]:
    assumed = given.profile.tune.assume
    return (flag for flag in _OF.get(given.compiler or "", ()) if flag.assumes in ("", *assumed))


def _yaml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
