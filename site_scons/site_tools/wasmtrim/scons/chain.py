"""The chain of a profile's nodes, from source to a verified module in dist/."""

from __future__ import annotations

import filecmp
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, cast

from SCons.Node import Node
from SCons.Script import Entry, File

from wasmtrim import records, stages
from wasmtrim.compilers import compilation, go, tinygo
from wasmtrim.errors import ModuleError
from wasmtrim.profile import Case, Compiler, Loaded, Profile, Waiver
from wasmtrim.records.stage import READY
from wasmtrim.scons import signature
from wasmtrim.scons.build import DIST_FOLDER, STAGES_FOLDER, Build, only_looks, path_of
from wasmtrim.scons.compiler_choice import ChosenCompiler
from wasmtrim.scons.nodes import hotspots, regression, sizes, verify
from wasmtrim.scons.nodes.breakdown import BreakdownSpec
from wasmtrim.scons.nodes.compile import CompileSpec, compiled
from wasmtrim.scons.nodes.features import features_of
from wasmtrim.scons.nodes.file_size import size_of
from wasmtrim.scons.nodes.imports import ImportsSpec
from wasmtrim.scons.nodes.locations import LocationsSpec
from wasmtrim.scons.nodes.regression import RegressionSpec
from wasmtrim.scons.nodes.run import given_of, runs_of
from wasmtrim.scons.nodes.sizes import SizesSpec
from wasmtrim.scons.nodes.spec import spec_of
from wasmtrim.scons.nodes.stage import Later, StageSpec, staged
from wasmtrim.scons.nodes.unstripped import UnstrippedSpec
from wasmtrim.scons.program import Program
from wasmtrim.sizes import sha256
from wasmtrim.stages import Stage, execution, names, optimize, positions, smaller, unstripped
from wasmtrim.wasm.names import SECTION as NAME_SECTION
from wasmtrim.wasm.sections import CUSTOM, HEADER_BYTES, is_component, split

_BY_GO = "go:buildid"  # the custom section in which its linker names a build
# What a module's name has from its stage.
_STAGE = re.compile(r"(-[a-z]+-[0-9a-f]{8}(\.unstripped)?)?\.wasm$")


@dataclass(frozen=True)
class Shipped:
    """A profile's nodes, for the table at the end.

    `last` is the module of the last stage, `module` its copy in dist/. `known_by` tell whose its
    functions are; `chain` are all that it hangs on. `run` is that of the module that ships, and
    `pictures` what it is to draw, by case. `fallback`: another compiler than the profile names.
    """

    profile: str
    module: Node
    sizes: Node
    verdict: Node
    result: Node
    last: Node
    known_by: tuple[Node, ...]
    chain: tuple[Node, ...]
    breakdown: Node
    run: Node | None
    pictures: tuple[tuple[Case, Node], ...]
    loaded: Loaded
    fallback: bool

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """Those of the profile."""
        return tuple(self.loaded.profile.waivers)


def chain(
    env: Any,
    build: Build,
    loaded: Loaded,
    chosen: ChosenCompiler | None,
    *,
    deliver_anyway: bool = False,
) -> Shipped:
    """Chain a profile's nodes; `chosen` is its compiler, None for a ready module.

    `deliver_anyway`: its module goes into dist/ even if a check fails.
    """
    compiler = None if chosen is None else chosen.name
    profile = optimize.built_by(loaded.profile, compiler)
    first = (
        File(f"#{profile.module}") if compiler is None else _compiled(env, build, profile, compiler)
    )
    features = features_of(env, build, first)
    steps = {READY if compiler is None else compilation.NAME: first}
    last = first
    chosen_stages = stages.of(profile, component=_is_component(build, profile, compiler))
    customs = _customs(build, profile) if compiler is None else None
    # Standard Go's table tells more than names do, until the stage positions takes a part of it.
    by_go = compiler == go.NAME or (customs is not None and _BY_GO in customs)
    table_goes = by_go and any(stage.NAME == positions.NAME for stage in chosen_stages)
    named = first if _loses_names(profile, compiler, customs) and not table_goes else None
    with_names = unstripped.profile_of(profile)
    for at, stage in enumerate(chosen_stages, start=1):
        later = chosen_stages[at:]
        if named and unstripped.works_alike(stage.NAME):
            last = _staged(env, build, stage, with_names, last, features, later, named)
            spec = spec_of(last)
            assert isinstance(spec, StageSpec)
            named = spec.with_names
        else:
            last = _staged(env, build, stage, profile, last, features, later)
            if named:
                named = _staged(env, build, stage, with_names, named, features)
        steps[stage.NAME] = last
    modules = list(steps.values())
    runs = runs_of(env, build, modules, profile, compiler)
    rows = tuple(zip(steps, modules, runs, strict=True))
    size_record = SizesSpec(
        build,
        _dist(loaded, "sizes.json"),
        stages=sizes.rows_of(env, build, rows),
        features=features,
        name=loaded.name,
        compiler=chosen,
        metric=profile.metric,
    ).declare(env)
    shipped = _dist(loaded, "wasm")
    _remove_foreign(last, shipped)
    has_budget = bool(profile.budget or profile.waivers)
    anyway = Path(shipped.abspath) if deliver_anyway else None
    verdict = verify.verified(
        env,
        build,
        _dist(loaded, "verify.json"),
        loaded,
        tuple(verify.StageSources(*row) for row in rows),
        compiler=compiler,
        delivered=None if has_budget else shipped,
        anyway=anyway,
    ).declare(env)
    # The record is written even where the verdict is bad, so it comes first; it decides nothing.
    env.Requires(verdict if has_budget else [verdict, shipped], size_record)
    if table_goes:
        named = list(steps.values())[list(steps).index(positions.NAME) - 1]
    known_by = _known_by(env, build, loaded, first, named)
    breakdown = BreakdownSpec(
        build,
        _dist(loaded, "breakdown.json"),
        module=last,
        size=size_of(env, build, last),
        size_record=size_record,
        known_by=known_by,
    ).declare(env)
    if hotspots.asked_for(profile):
        counted = hotspots.HotspotsSpec(
            build,
            _dist(loaded, "hotspots.json"),
            module=last,
            size_record=size_record,
            known_by=known_by,
            given=given_of(build, profile),
            loaded=loaded,
            compiler=compiler,
        ).declare(env)
        known_by = (*known_by, counted)
    result = RegressionSpec(
        build,
        _dist(loaded, "regression.json"),
        size_record=size_record,
        module=last if has_budget else shipped,
        verdict=verdict if has_budget else None,
        delivered=shipped if has_budget else None,
        anyway=anyway,
        known_by=known_by,
        baselines=regression.baselines_of(build, loaded.name),
        name=loaded.name,
        profile=profile,
    ).declare(env)
    ran = [node for node in runs if node]
    return Shipped(
        loaded.name,
        shipped,
        size_record,
        verdict,
        result,
        last,
        known_by,
        chain=(*modules, features, *ran, size_record, verdict, *known_by),
        breakdown=breakdown,
        run=runs[-1],
        pictures=tuple(
            (case, File(f"#{case.expect.picture}"))
            for case in profile.smoke
            if case.expect and case.expect.picture
        ),
        loaded=loaded,
        fallback=chosen is not None and chosen.fallback,
    )


def _remove_foreign(made: Node, shipped: Node) -> None:
    """Remove a module in dist/ that isn't the last stage's: SCons would take it as up to date."""
    file, source = Path(shipped.abspath), path_of(made)
    if only_looks() or not file.is_file():
        return
    if source.is_file():
        verified = filecmp.cmp(file, source, shallow=False)
    else:  # it will be made; what lies in dist/ is then compared with what was recorded
        record = records.SIZES.find(file.with_suffix(".sizes.json"))
        verified = record is not None and record.shipped.sha256 == sha256(file.read_bytes())
    if not verified:
        file.unlink()


def _dist(loaded: Loaded, suffix: str) -> Node:
    return File(f"{DIST_FOLDER}/{loaded.name}.{suffix}")


def _known_by(
    env: Any, build: Build, loaded: Loaded, first: Node, named: Node | None
) -> tuple[Node, ...]:
    """Return the nodes that tell whose each function of the shipped module is, beside its record,
    and how its packages came in."""
    known_by: list[Node] = []
    if named is not None:
        target = _dist(loaded, "unstripped.wasm")
        known_by.append(UnstrippedSpec(build, target, named).declare(env))
    spec = spec_of(first)
    if isinstance(spec, CompileSpec):
        target = _dist(loaded, "imports.json")
        known_by.append(ImportsSpec(build, target, first, spec.files, spec).declare(env))
        if spec.linked and not loaded.profile.compiler.debug:
            target = _dist(loaded, "locations.json")
            located = LocationsSpec(build, target, spec.linked, spec.files, spec)
            known_by.append(located.declare(env))
    return tuple(known_by)


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
    heeded = go.FIELDS if compiler == go.NAME else tinygo.FIELDS
    given = {field: getattr(profile.compiler, field) for field in heeded}
    settings = Compiler.model_validate({**given, "name": compiler})
    key = signature.digest(profile.source, settings)
    node = _shared(Path(str(profile.source)).name, compilation.NAME, key)
    if node.has_builder():
        return node
    folder = Path(Entry(f"#{profile.source}").srcnode().abspath)
    program = Program(build, compiler, settings, folder)
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
