"""All stages, and which of them a profile runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from wasmtrim.stages import (
    componentize,
    embed,
    layout,
    optimize,
    positions,
    prune,
    snip,
    strip,
    trim,
)
from wasmtrim.stages.job import Job, Unchanged

if TYPE_CHECKING:
    from wasmtrim.profile import Profile


class Stage(Protocol):
    """What the module of a stage holds. Its `Settings` are a frozen dataclass of plain values.

    `before` and `after` are wasm.Module; after componentize, wasm.Component.
    """

    NAME: str
    PROGRAM: str
    Settings: type[Any]

    def wanted(self, profile: Profile, /) -> bool:
        """Return whether a profile that lists this stage also asks for it."""

    def settings(self, profile: Profile, /) -> Any:
        """Read the profile's part of this stage."""

    def job(self, settings: Any, before: Any, features: tuple[str, ...], /) -> Job | Unchanged:
        """Return the program's arguments, or the reason why there is nothing to do."""

    def check(self, settings: Any, before: Any, after: Any, /) -> tuple[str, ...]:
        """Return notes to the reader; raises ToolError where the result breaks a promise."""


# In the order in which a profile that names none runs them.
_IN_ORDER: tuple[Stage, ...] = (
    snip,
    prune,
    strip,
    positions,
    optimize,
    layout,
    embed,
    componentize,
    trim,
)
STAGES: dict[str, Stage] = {stage.NAME: stage for stage in _IN_ORDER}


def of(profile: Profile, *, component: bool = False) -> tuple[Stage, ...]:
    """Return the stages that a profile runs, in its order: those that it lists and asks for.

    `component`: its first module is a component, for which trim runs, too.
    """
    listed = (STAGES[name] for name in profile.stages if name in STAGES)
    return tuple(s for s in listed if s.wanted(profile) or (component and s.NAME == trim.NAME))
