"""The stages: each reads one module and writes one module, smaller and equal in what it does.

A stage is a module of this package: its name, the program that does it, the profile's part of
it, the arguments, and what must hold afterwards. It runs nothing; `execution` does. A stage more
is a file more, and a line in STAGES.
"""

from __future__ import annotations

from typing import Any, Protocol

from wasmtrim.profile import Profile
from wasmtrim.stages import optimize, prune, strip
from wasmtrim.stages.job import HandOn, Job
from wasmtrim.wasm import Module


class Stage(Protocol):
    """What the module of a stage holds. Its `Settings` are a frozen dataclass of plain values."""

    NAME: str
    PROGRAM: str
    BUILDER: str
    Settings: type[Any]

    def settings(self, profile: Profile, /) -> Any:
        """Read the profile's part of this stage."""

    def job(self, settings: Any, before: Module, features: tuple[str, ...], /) -> Job | HandOn:
        """Give the program's arguments, or the reason why there is nothing to do."""

    def judge(self, settings: Any, before: Module, after: Module, /) -> tuple[str, ...]:
        """Give notes to the reader; raises ToolError where the result breaks a promise."""


# In the order in which a profile that names none runs them.
STAGES: dict[str, Stage] = {stage.NAME: stage for stage in (prune, strip, optimize)}
