"""The stages: each reads one module and writes one, equal in what it does: smaller, or a component.

A stage is a module of this package: its name, the program that does it, the profile's part of
it, the arguments, and what must hold afterwards. It runs nothing; `execution` does. A stage more
is a file more, and a line in STAGES.
"""

from __future__ import annotations

from typing import Any, Protocol

from wasmtrim.profile import Profile
from wasmtrim.stages import componentize, embed, optimize, positions, prune, snip, strip, trim
from wasmtrim.stages.job import Job, Unchanged


class Stage(Protocol):
    """What the module of a stage holds. Its `Settings` are a frozen dataclass of plain values.

    `before` and `after` are wasm.Module; after componentize, wasm.Component.
    """

    NAME: str
    PROGRAM: str
    BUILDER: str
    Settings: type[Any]

    def settings(self, profile: Profile, /) -> Any:
        """Read the profile's part of this stage."""

    def job(self, settings: Any, before: Any, features: tuple[str, ...], /) -> Job | Unchanged:
        """Give the program's arguments, or the reason why there is nothing to do."""

    def check(self, settings: Any, before: Any, after: Any, /) -> tuple[str, ...]:
        """Give notes to the reader; raises ToolError where the result breaks a promise."""


# In the order in which a profile that names none runs them.
_IN_ORDER: tuple[Stage, ...] = (
    snip,
    prune,
    strip,
    positions,
    optimize,
    embed,
    componentize,
    trim,
)
STAGES: dict[str, Stage] = {stage.NAME: stage for stage in _IN_ORDER}
