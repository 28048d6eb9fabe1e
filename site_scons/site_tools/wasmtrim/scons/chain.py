"""The chain of a profile's nodes, from source to a verified module in dist/."""

from __future__ import annotations

import filecmp
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node
from SCons.Script import File

from wasmtrim import records
from wasmtrim.profile import Case, Loaded, Waiver
from wasmtrim.scons.build import DIST_FOLDER, Build, only_looks, path_of
from wasmtrim.scons.compiler_choice import ChosenCompiler
from wasmtrim.scons.modules import Modules, modules_of
from wasmtrim.scons.nodes import hotspots, regression, sizes, verify
from wasmtrim.scons.nodes.breakdown import BreakdownSpec
from wasmtrim.scons.nodes.compile import CompileSpec
from wasmtrim.scons.nodes.file_size import size_of
from wasmtrim.scons.nodes.imports import ImportsSpec
from wasmtrim.scons.nodes.locations import LocationsSpec
from wasmtrim.scons.nodes.regression import RegressionSpec
from wasmtrim.scons.nodes.run import given_of, runs_of
from wasmtrim.scons.nodes.sizes import SizesSpec
from wasmtrim.scons.nodes.spec import spec_of
from wasmtrim.scons.nodes.unstripped import UnstrippedSpec
from wasmtrim.sizes import sha256
from wasmtrim.stages import optimize


@dataclass(frozen=True)
class Shipped:
    """A profile's nodes, for the table at the end.

    `last` is the module of the last stage, `module` its copy in dist/. `known_by` tell whose its
    functions are; `chain` are all that it depends on. `run` is that of the module that ships, and
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
    modules = modules_of(env, build, profile, compiler)
    last, features = modules.last, modules.features
    runs = runs_of(env, build, [*modules.steps.values()], profile, compiler)
    rows = tuple(zip(modules.steps, modules.steps.values(), runs, strict=True))
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
    known_by = _known_by(env, build, loaded, modules)
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
        chain=(*modules.steps.values(), features, *ran, size_record, verdict, *known_by),
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


def _known_by(env: Any, build: Build, loaded: Loaded, modules: Modules) -> tuple[Node, ...]:
    """Return the nodes that tell whose each function of the shipped module is, beside its record,
    and how its packages came in."""
    known_by: list[Node] = []
    if modules.named is not None:
        target = _dist(loaded, "unstripped.wasm")
        known_by.append(UnstrippedSpec(build, target, modules.named).declare(env))
    spec = spec_of(modules.first)
    if isinstance(spec, CompileSpec):
        target = _dist(loaded, "imports.json")
        known_by.append(ImportsSpec(build, target, modules.first, spec.files, spec).declare(env))
        if spec.linked and not loaded.profile.compiler.debug:
            target = _dist(loaded, "locations.json")
            located = LocationsSpec(build, target, spec.linked, spec.files, spec)
            known_by.append(located.declare(env))
    return tuple(known_by)
