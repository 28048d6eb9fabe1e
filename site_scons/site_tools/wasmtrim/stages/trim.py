"""Trim: cut the custom sections that componentize and its adapter bring. By wasm-tools.

What strip is to a module, this is to a component, whose custom sections lie at every depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtrim.errors import ToolError
from wasmtrim.stages import job as jobs
from wasmtrim.stages.job import Job, Unchanged
from wasmtrim.wasm import Component

if TYPE_CHECKING:
    from wasmtrim.profile import Profile

NAME = "trim"
PROGRAM = "wasm-tools"


@dataclass(frozen=True)
class Settings(jobs.Settings):
    """`keep`: names of custom sections that stay."""

    keep: tuple[str, ...] = ()


def wanted(profile: Profile) -> bool:
    """Return whether the profile makes a component."""
    return profile.component is not None


def settings(profile: Profile) -> Settings:
    """Read the profile's part of this stage: what strip keeps of a module stays here, too."""
    return Settings(keep=profile.strip.keep)


def job(settings: Settings, before: Component, features: tuple[str, ...]) -> Job | Unchanged:  # noqa: ARG001
    """Return wasm-tools' arguments: it takes a regular expression of what goes."""
    gone = sorted({s.name for s in before.customs()} - set(settings.keep))
    if not gone:
        return Unchanged("there is no custom section to cut; the module is unchanged")
    return Job(jobs.without_customs(gone))


def check(settings: Settings, before: Component, after: Component) -> tuple[str, ...]:
    """Refuse a component that still has a custom section which was not to be kept."""
    left = sorted({s.name for s in after.customs()} - set(settings.keep))
    if left:
        raise ToolError(f"custom sections are still there: {', '.join(map(repr, left))}")
    was, now = ([nested.module for nested in whole.modules] for whole in (before, after))
    if len(was) != len(now) or any(map(jobs.changed_sections, was, now)):
        raise ToolError("the core modules of the component changed")
    return ()
