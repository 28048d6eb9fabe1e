"""Optimize: the same program in fewer bytes. By wasm-opt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtrim.errors import ToolError
from wasmtrim.stages import job as jobs
from wasmtrim.stages import names
from wasmtrim.stages.job import IN, OUT, Job, Unchanged
from wasmtrim.wasm import Module
from wasmtrim.wasm.features import binaryen_flags

if TYPE_CHECKING:
    from wasmtrim.profile import Profile

NAME = "optimize"
PROGRAM = "wasm-opt"


@dataclass(frozen=True)
class Settings(jobs.Settings):
    """`level` is wasm-opt's -O level; `passes` are further options, in their order after it.

    `options`: all options in place of both, found with version `found_with` of wasm-opt.
    `as_it_is`: do nothing at all.
    """

    level: str = "z"
    passes: tuple[str, ...] = ()
    keep_names: bool = False
    options: tuple[str, ...] = ()
    as_it_is: bool = False
    found_with: str = ""

    @property
    def program_version(self) -> str | None:
        """That of the recipe."""
        return self.found_with or None

    @property
    def recipe(self) -> tuple[str, ...]:
        """What is asked of wasm-opt, however the profile says it; nothing where it does nothing."""
        if self.options or self.as_it_is:
            return self.options
        return (f"-O{self.level}", *self.passes)


def built_by(profile: Profile, compiler: str | None) -> Profile:
    """Return a profile without its recipe where that was found for another compiler's module."""
    recipe = profile.optimize.recipe
    if recipe is None or recipe.compiler in (None, compiler):
        return profile
    plain = profile.optimize.model_copy(update={"recipe": None})
    return profile.model_copy(update={"optimize": plain})


def wanted(profile: Profile) -> bool:  # noqa: ARG001
    """Return whether the profile asks for this stage: always."""
    return True


def settings(profile: Profile) -> Settings:
    """Read the profile's part of this stage."""
    given, keep_names = profile.optimize, names.kept(profile)
    if given.recipe is None:
        return Settings(given.level, given.passes, keep_names)
    options, version = given.recipe.options, given.recipe.wasm_opt
    return Settings(
        keep_names=keep_names, options=options, as_it_is=not options, found_with=version
    )


def job(settings: Settings, before: Module, features: tuple[str, ...]) -> Job | Unchanged:  # noqa: ARG001
    """Return wasm-opt's arguments: exactly the module's features, so that no new one is let in."""
    if settings.as_it_is:
        return Unchanged("the recipe is to leave the module as it is")
    keep = ["-g"] if settings.keep_names else []
    flags = binaryen_flags(features)
    return Job((IN, f"--output={OUT}", *flags, *settings.recipe, *keep))


def check(settings: Settings, before: Module, after: Module) -> tuple[str, ...]:  # noqa: ARG001
    """Refuse a module whose exports changed, or that imports what it did not import before."""
    was, now = _exports(before), _exports(after)
    if was != now:
        raise ToolError(f"wasm-opt changed the exports: {', '.join(sorted(was ^ now))}")
    if new := _imports(after) - _imports(before):
        raise ToolError(f"wasm-opt added the imports {', '.join(sorted(new))}")
    return ()


def _exports(module: Module) -> set[str]:
    return {f"{export.name}: {export.type}" for export in module.exports}


def _imports(module: Module) -> set[str]:
    return {f"{entry.module}.{entry.name}: {entry.type}" for entry in module.imports}
