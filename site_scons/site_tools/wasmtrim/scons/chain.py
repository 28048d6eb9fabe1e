"""The chain of a profile's nodes, from source to a verified module in dist/."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node
from SCons.Script import File

from wasmtrim.compilers import compilation, go, tinygo
from wasmtrim.profile import Loaded, Profile, Strip
from wasmtrim.records.stage import READY
from wasmtrim.scons import signature
from wasmtrim.scons.build import DIST_FOLDER, STAGES_FOLDER, Build
from wasmtrim.scons.builders import features_of, runs_of
from wasmtrim.scons.locating import locate
from wasmtrim.scons.requests import Chosen
from wasmtrim.stages import STAGES, Stage, names, positions, strip

_STAGE = re.compile(r"(-[a-z]+-[0-9a-f]{8})?\.wasm$")  # what a module's name has from its stage


@dataclass(frozen=True)
class Shipped:
    """A profile's nodes, for the table at the end.

    `known_by` tell whose the functions of the module are; `chain` are all that it hangs on. `run`
    is that of the module that ships, and `picture` what it is to draw, if it is.
    """

    profile: str
    module: Node
    sizes: Node
    verdict: Node
    result: Node
    known_by: tuple[Node, ...]
    chain: tuple[Node, ...]
    breakdown: Node
    run: Node | None
    picture: Node | None


def chain(env: Any, build: Build, loaded: Loaded, chosen: Chosen | None) -> Shipped:
    """Chain a profile's nodes; `chosen` is its compiler, None for a ready module."""
    profile = loaded.profile
    first = File(f"#{profile.module}") if chosen is None else _compiled(env, profile, chosen)
    steps = [READY if chosen is None else compilation.NAME]
    nodes = [first]
    features = features_of(env, first)
    for name in profile.chain:
        if name != compilation.NAME:
            nodes.append(_staged(env, STAGES[name], profile, nodes[-1], features))
            steps.append(name)
    compiler = None if chosen is None else chosen.name
    runs = runs_of(env, build, nodes, loaded, compiler)
    sizes = env.WasmSizes(
        f"{DIST_FOLDER}/{loaded.name}.sizes.json",
        nodes,
        WASMSIZES_STAGES=steps,
        WASMSIZES_RUNS=runs,
        WASMSIZES_COMPILER=chosen,
        WASM_FEATURES=features,
    )
    verdict = env.WasmVerify(
        f"{DIST_FOLDER}/{loaded.name}.verify.json",
        nodes,
        WASMVERIFY_PROFILE=loaded,
        WASMVERIFY_STAGES=steps,
        WASMVERIFY_COMPILER=compiler,
        WASMVERIFY_DELIVER=f"{DIST_FOLDER}/{loaded.name}.wasm",
    )
    # The record is written even where the verdict is bad, so it comes first; it decides nothing.
    env.Requires(verdict, sizes)
    unstripped = _unstripped(env, loaded, chosen, nodes, steps, features)
    known_by = () if unstripped is None else (unstripped,)
    if chosen is not None and chosen.name == tinygo.NAME and not profile.compiler.debug:
        file = f"{DIST_FOLDER}/{loaded.name}.locations.json"
        known_by = (*known_by, locate(env, build, first, file))
    breakdown = env.WasmBreakdown(
        f"{DIST_FOLDER}/{loaded.name}.breakdown.json", [nodes[-1], sizes[0], *known_by]
    )
    judged = env.WasmJudge(
        f"{DIST_FOLDER}/{loaded.name}.regression.json",
        [sizes[0], verdict[1], *known_by],
        WASMJUDGE_PROFILE=loaded,
    )
    hangs_on = (*nodes, features, *runs, *sizes, verdict[0], *known_by)
    expect = profile.smoke.expect if profile.smoke else None
    return Shipped(
        loaded.name,
        verdict[1],
        sizes[0],
        verdict[0],
        judged[0],
        known_by,
        hangs_on,
        breakdown=breakdown[0],
        run=runs[-1] if runs else None,
        picture=File(f"#{expect.picture}") if expect and expect.picture else None,
    )


def _unstripped(
    env: Any,
    loaded: Loaded,
    chosen: Chosen | None,
    nodes: Sequence[Node],
    steps: Sequence[str],
    features: Node,
) -> Node | None:
    """Give the node of the unstripped build: the same stages with names kept.

    It tells whose each function of the shipped module is. None where that one has its names.
    Standard Go links without any; there it is the module before its positions go, or None.
    """
    profile = loaded.profile
    file = f"{DIST_FOLDER}/{loaded.name}.unstripped.wasm"
    if chosen is not None and chosen.name == go.NAME:
        if positions.NAME not in steps:
            return None
        before: Node = env.WasmUnstripped(file, nodes[steps.index(positions.NAME) - 1])[0]
        return before
    if names.kept(profile):
        return None
    keep = (*profile.strip.keep, names.SECTION)
    named = profile.model_copy(update={"strip": Strip(keep=keep)})
    node = nodes[0]
    # Strip goes first: with DWARF in place, wasm-opt leaves out passes that would break it.
    for name in (strip.NAME, *profile.chain):
        if name not in (compilation.NAME, positions.NAME):
            node = _staged(env, STAGES[name], named, node, features)
    unstripped: Node = env.WasmUnstripped(file, node)[0]
    return unstripped


def _compiled(env: Any, profile: Profile, chosen: Chosen) -> Node:
    """Give the node of the compiled module: one for all profiles that ask for the same."""
    fields = go.FIELDS if chosen.name == go.NAME else tinygo.FIELDS
    settings = {field: getattr(profile.compiler, field) for field in fields}
    key = signature.digest(chosen.name, profile.source, settings)
    node = _shared(Path(str(profile.source)).name, compilation.NAME, key)
    if not node.has_builder():
        builder = "GoWasm" if chosen.name == go.NAME else "TinyGo"
        variables = {f"{builder.upper()}_{field.upper()}": v for field, v in settings.items()}
        timeout = {f"{builder.upper()}_TIMEOUT": profile.timeouts.compile}
        getattr(env, builder)(node, f"#{profile.source}", **variables, **timeout)
    return node


def _staged(env: Any, stage: Stage, profile: Profile, before: Node, features: Node) -> Node:
    """Give the node of a stage's module: one for all profiles that ask for the same."""
    settings = stage.settings(profile)
    key = signature.digest(stage.NAME, settings, before.path)
    node = _shared(_STAGE.sub("", before.name), stage.NAME, key)
    if not node.has_builder():
        prefix = stage.BUILDER.upper()
        variables = {f"{prefix}_{k.upper()}": v for k, v in dataclasses.asdict(settings).items()}
        timeout = {f"{prefix}_TIMEOUT": getattr(profile.timeouts, stage.NAME)}
        getattr(env, stage.BUILDER)(node, before, WASM_FEATURES=features, **variables, **timeout)
    return node


def _shared(program: str, stage: str, key: str) -> Node:
    return File(f"{STAGES_FOLDER}/{program}-{stage}-{key[:8]}.wasm")
