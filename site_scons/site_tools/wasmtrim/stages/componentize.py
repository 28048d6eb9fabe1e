"""Componentize: make a component of the module, with an adapter of WASI. By wasm-tools.

The adapter is a core module that gives the module's WASI preview 1 by the interfaces of preview 2.
wasm-tools leaves out what of it the module doesn't call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtrim.errors import ToolError
from wasmtrim.stages import job as jobs
from wasmtrim.stages.job import IN, OUT, RESOURCE, Job
from wasmtrim.wasm import Component, Module, preview1

if TYPE_CHECKING:
    from wasmtrim.profile import Profile

NAME = "componentize"
PROGRAM = "wasm-tools"


@dataclass(frozen=True)
class Settings(jobs.Settings):
    """There is nothing to choose."""

    @property
    def resource(self) -> str:
        return "wasi-adapter"


def wanted(profile: Profile) -> bool:
    """Return whether the profile makes a component."""
    return profile.component is not None


def settings(profile: Profile) -> Settings:  # noqa: ARG001
    """Read the profile's part of this stage."""
    return Settings()


def job(settings: Settings, before: Module, features: tuple[str, ...]) -> Job:  # noqa: ARG001
    """Return wasm-tools' arguments."""
    adapt = f"--adapt={preview1.MODULE}={RESOURCE}"
    return Job(("component", "new", IN, adapt, f"--output={OUT}"))


def check(settings: Settings, before: Module, after: Component) -> tuple[str, ...]:  # noqa: ARG001
    """Refuse what is not a component, or does not contain the module unchanged."""
    if not isinstance(after, Component):
        raise ToolError("it left a module, not a component")
    if all(jobs.changed_sections(before, nested.module) for nested in after.modules):
        raise ToolError("the module is not in the component, or was changed")
    number = len(after.modules)
    return (f"{number - 1} core modules more, which link it with its host",)
