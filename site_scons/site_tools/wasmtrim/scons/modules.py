"""The modules of a profile: the first one, and what each stage makes of the one before."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, cast

from SCons.Node import Node
from SCons.Script import File

from wasmtrim.compilers import compilation, go, tinygo
from wasmtrim.errors import ModuleError
from wasmtrim.profile import Profile
from wasmtrim.records.stage import READY
from wasmtrim.scons import signature
from wasmtrim.scons.build import STAGES_FOLDER, Build
from wasmtrim.scons.nodes.compile import compiled
from wasmtrim.scons.nodes.features import features_of
from wasmtrim.scons.nodes.spec import spec_of
from wasmtrim.scons.nodes.stage import Later, StageSpec, staged
from wasmtrim.scons.program import of_profile
from wasmtrim.stages import execution, names, positions, registry, smaller, unstripped
from wasmtrim.stages.registry import Stage
from wasmtrim.wasm.names import SECTION as NAME_SECTION
from wasmtrim.wasm.sections import CUSTOM, HEADER_BYTES, is_component, split

_BY_GO = "go:buildid"  # the custom section in which its linker names a build
# What a module's name has from its stage.
_STAGE = re.compile(r"(-[a-z]+-[0-9a-f]{8}(\.unstripped)?)?\.wasm$")


@dataclass(frozen=True)
class Modules:
    """`steps` are the modules by their stage, in the order run; `features` are the first one's.

    `named` is the module whose names hold for the last one, None where that has its own.
    """

    steps: Mapping[str, Node]
    features: Node
    named: Node | None

    @property
    def first(self) -> Node:
        """The compiled module, or the ready one."""
        return next(iter(self.steps.values()))

    @property
    def last(self) -> Node:
        """The module that ships."""
        return [*self.steps.values()][-1]


def modules_of(env: Any, build: Build, profile: Profile, compiler: str | None) -> Modules:
    """Chain the modules of a profile; `compiler` is None for a ready module."""
    first = (
        File(f"#{profile.module}") if compiler is None else _compiled(env, build, profile, compiler)
    )
    features = features_of(env, build, first)
    steps = {READY if compiler is None else compilation.NAME: first}
    last = first
    asked = registry.of(profile, component=_is_component(build, profile, compiler))
    customs = _customs(build, profile) if compiler is None else None
    # Standard Go's table tells more than names do, until the stage positions takes a part of it.
    by_go = compiler == go.NAME or (customs is not None and _BY_GO in customs)
    table_goes = by_go and any(stage.NAME == positions.NAME for stage in asked)
    named = first if _loses_names(profile, compiler, customs) and not table_goes else None
    table: Node | None = None
    with_names = unstripped.profile_of(profile)
    for at, stage in enumerate(asked, start=1):
        if by_go and stage.NAME == positions.NAME:
            table = last
        if named and unstripped.works_alike(stage.NAME):
            last = _staged(env, build, stage, with_names, last, features, asked[at:], named)
            spec = spec_of(last)
            assert isinstance(spec, StageSpec)
            named = spec.with_names
        else:
            last = _staged(env, build, stage, profile, last, features, asked[at:])
            if named:
                named = _staged(env, build, stage, with_names, named, features)
        steps[stage.NAME] = last
    return Modules(steps, features, named or table)


def _loses_names(profile: Profile, compiler: str | None, customs: Collection[str] | None) -> bool:
    """Return whether a module has names and ships without; standard Go links without any."""
    if compiler == go.NAME or names.kept(profile):
        return False
    return customs is None or NAME_SECTION in customs


def _is_component(build: Build, profile: Profile, compiler: str | None) -> bool:
    """Return whether the first module is a component: of TinyGo for wasip2, or a ready one.

    A ready one that isn't there yet counts as none.
    """
    if compiler == tinygo.NAME:
        return profile.compiler.target == tinygo.COMPONENT_TARGET
    path = build.root / profile.module if profile.module else None
    if path is None or not path.is_file():
        return False
    with path.open("rb") as file:
        return is_component(file.read(HEADER_BYTES))


def _customs(build: Build, profile: Profile) -> set[str] | None:
    """Name the custom sections of a ready module; None where it can't be told yet."""
    path = build.root / profile.module if profile.module else None
    if path is None or not path.is_file() or path.stat().st_size <= HEADER_BYTES:
        return None
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        try:
            # Only the sections' headers are read of it, however long it is.
            found = split(cast(bytes, data))
        except ModuleError:  # or a component, whose modules may have some
            return None
    return {section.name for section in found if section.id == CUSTOM}


def _compiled(env: Any, build: Build, profile: Profile, compiler: str) -> Node:
    """Return the node of the compiled module: one for all profiles that ask for the same."""
    program = of_profile(build, profile, compiler)
    key = signature.digest(profile.source, program.settings)
    node = _shared(Path(str(profile.source)).name, compilation.NAME, key)
    if node.has_builder():
        return node
    return compiled(build, node, program, profile.timeouts.compile).declare(env)


def _staged(
    env: Any,
    build: Build,
    stage: Stage,
    profile: Profile,
    before: Node,
    features: Node,
    later: Sequence[Stage] = (),
    named: Node | None = None,
) -> Node:
    """Return the node of a stage's module: one for all profiles that ask for the same.

    `later` are the stages that follow; `named` is the module before with its names, if they go
    along.
    """

    def asked(stage: Stage) -> Any:
        settings = stage.settings(profile)
        return settings.without_names() if named else settings

    settings = asked(stage)
    smaller_in = smaller.metric_of(stage.NAME, profile)
    following = tuple(
        Later(each.NAME, asked(each), getattr(profile.timeouts, each.NAME))
        for each in takewhile(lambda each: each.NAME not in execution.NEEDED, later)
        if smaller_in
    )
    ends = tuple((each.name, each.settings) for each in following)
    given = before.path, named.path if named else ""
    key = signature.digest(stage.NAME, settings, smaller_in, ends, *given)
    node = _shared(_STAGE.sub("", before.name), stage.NAME, key)
    if node.has_builder():
        return node
    return staged(
        build,
        node,
        stage,
        settings,
        timeout=getattr(profile.timeouts, stage.NAME),
        module=before,
        features=features,
        smaller_in=smaller_in,
        later=following,
        unstripped=named,
    ).declare(env)


def _shared(program: str, stage: str, key: str) -> Node:
    return File(f"{STAGES_FOLDER}/{program}-{stage}-{key[:8]}.wasm")
