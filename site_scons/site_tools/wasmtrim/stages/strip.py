"""Strip: cut the custom sections (names, producers, DWARF) that no host reads. By wasm-strip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtrim.errors import ToolError
from wasmtrim.stages import job as jobs
from wasmtrim.stages.job import IN, OUT, Job, Unchanged
from wasmtrim.wasm import Module

if TYPE_CHECKING:
    from wasmtrim.profile import Profile

NAME = "strip"
PROGRAM = "wasm-strip"
# Their types have forms at which wasm-strip 1.0.41 ends with "unexpected type form".
_UNREAD = frozenset({"custom-descriptors", "gc", "shared-everything", "stack-switching"})


@dataclass(frozen=True)
class Settings(jobs.Settings):
    """`keep`: names of custom sections that stay."""

    keep: tuple[str, ...] = ()


def wanted(profile: Profile) -> bool:  # noqa: ARG001
    """Return whether the profile asks for this stage: always."""
    return True


def settings(profile: Profile) -> Settings:
    """Read the profile's part of this stage."""
    return Settings(keep=profile.strip.keep)


def job(settings: Settings, before: Module, features: tuple[str, ...]) -> Job | Unchanged:
    """Return wasm-strip's arguments, or those of wasm-tools for types that it can't read."""
    if not _UNREAD.isdisjoint(features):
        gone = sorted({section.name for section in before.customs()} - {*settings.keep})
        if not gone:
            return Unchanged("there is no custom section to cut; the module is unchanged")
        return Job(jobs.without_customs(gone), by_wasm_tools=True)
    keep = [f"--keep-section={name}" for name in settings.keep]
    return Job((*keep, f"--output={OUT}", IN))


def check(settings: Settings, before: Module, after: Module) -> tuple[str, ...]:  # noqa: ARG001
    """Refuse a module that still has a custom section which was not to be kept."""
    left = [s.name for s in after.customs() if s.name not in settings.keep]
    if left:
        raise ToolError(f"custom sections are still there: {', '.join(map(repr, left))}")
    return ()
