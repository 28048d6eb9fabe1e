"""Embed: put the types of a WIT world into the module, for componentize. By wasm-tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtrim.errors import ToolError
from wasmtrim.stages import job as jobs
from wasmtrim.stages.job import FOLDER, IN, OUT, Job
from wasmtrim.wasm import Module

if TYPE_CHECKING:
    from wasmtrim.profile import Profile

NAME = "embed"
PROGRAM = "wasm-tools"

_SECTION = "component-type"  # and, after a colon, what it is of


@dataclass(frozen=True)
class Settings(jobs.Settings):
    """`wit`: the folder of a WIT package; `world`: one of it, "" where it has only one."""

    wit: str = "wit"
    world: str = ""

    @property
    def folder(self) -> str:
        return self.wit


def wanted(profile: Profile) -> bool:
    """Return whether the profile makes a component."""
    return profile.component is not None


def settings(profile: Profile) -> Settings:
    """Read the profile's part of this stage."""
    part = profile.component
    assert part is not None
    return Settings(wit=str(part.wit), world=part.world or "")


def job(settings: Settings, before: Module, features: tuple[str, ...]) -> Job:  # noqa: ARG001
    """Return wasm-tools' arguments."""
    world = [f"--world={settings.world}"] if settings.world else []
    return Job(("component", "embed", *world, FOLDER, IN, f"--output={OUT}"))


def check(settings: Settings, before: Module, after: Module) -> tuple[str, ...]:  # noqa: ARG001
    """Refuse a module that has no types, or whose other sections changed."""
    if not any(section.name.startswith(_SECTION) for section in after.customs()):
        raise ToolError(f"no section {_SECTION!r} was added")
    if changed := jobs.changed_sections(before, after):
        raise ToolError(f"the {changed} changed")
    return ()
