"""Which compiler builds a profile: the one that it names, or standard Go in its place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wasmtrim.compilers import go, tinygo
from wasmtrim.profile import Profile
from wasmtrim.scons.build import Build, only_looks
from wasmtrim.toolchain.locate import Missing


@dataclass(frozen=True)
class ChosenCompiler:
    """The compiler that builds a profile, and a note to the reader where it is not the first."""

    name: str
    fallback: bool = False
    note: str = ""


def choose(build: Build, profile: Profile, *, no_fallback: bool) -> ChosenCompiler | None:
    """Choose the compiler; None for a ready module.

    Raises Missing where TinyGo is not available and nothing may stand in for it.
    """
    if profile.module is not None:
        return None
    chosen, recipe = _choose(build, profile, no_fallback=no_fallback), profile.optimize.recipe
    if recipe is None or recipe.compiler in (None, chosen.name):
        return chosen
    level = f"-O{profile.optimize.level}"
    unused = f"the recipe is for the module that {recipe.compiler} builds, so {level} is used"
    return replace(chosen, note="; ".join(filter(None, (chosen.note, unused))))


def _choose(build: Build, profile: Profile, *, no_fallback: bool) -> ChosenCompiler:
    if profile.compiler.name != tinygo.NAME:
        return ChosenCompiler(profile.compiler.name)
    try:
        build.tool(tinygo.NAME)
    except Missing as error:
        allowed = profile.compiler.fallback and not no_fallback
        if not allowed and not only_looks():
            raise
        wanted = f"TinyGo {error.wanted}"
        # The reason is this machine's, and doctor tells it: a record is the same everywhere.
        note = f"standard Go stands in for {wanted} (wasmtrim doctor says why)"
        return ChosenCompiler(go.NAME, fallback=True, note=note)
    return ChosenCompiler(tinygo.NAME)
