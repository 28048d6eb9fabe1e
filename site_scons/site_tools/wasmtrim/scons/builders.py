"""The builders: TinyGo, GoWasm, one a stage, WasmSizes, WasmVerify. Each can be used alone.

A builder's parameters are construction variables that begin with its name in capitals:
`WASMOPT_LEVEL`, `WASMSTRIP_KEEP`, `GOWASM_TAGS`; `WASMOPTCOMSTR` is what it prints. They are read
once, by the emitter, into the request that the target carries.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError
from SCons.Action import Action
from SCons.Builder import Builder
from SCons.Node import Node
from SCons.Script import Entry, File, Split

from wasmtrim import profile as profiles
from wasmtrim.compilers import go, tinygo
from wasmtrim.errors import UsageError, WasmtrimError
from wasmtrim.profile import Compiler, Loaded, Timeouts
from wasmtrim.records.stage import READY
from wasmtrim.scons import signature
from wasmtrim.scons.build import (
    RUNS_FOLDER,
    Build,
    as_build_error,
    as_stop_error,
    beside,
    note_on,
)
from wasmtrim.scons.compiling import LINKED, CompileRequest
from wasmtrim.scons.requests import (
    RUN_FILE,
    FeaturesRequest,
    FileSizeRequest,
    Request,
    RunRequest,
    SizesRequest,
    StageRequest,
    UnstrippedRequest,
    VerifyRequest,
)
from wasmtrim.stages import STAGES, Stage

Nodes: TypeAlias = list[Node]
Emitter: TypeAlias = Callable[[Nodes, Nodes, Any], tuple[Nodes, Nodes]]

COMPILERS = {"TinyGo": tinygo.NAME, "GoWasm": go.NAME}
STAGE_BUILDERS = {stage.BUILDER: stage for stage in STAGES.values()}


def add(env: Any, build: Build) -> None:
    """Give the environment every builder, with what it prints and its variables' defaults."""
    env[signature.VARIABLE] = signature.expand
    for name, compiler in COMPILERS.items():
        _add(env, name, "compile $TARGET", _compile_emitter(build, name, compiler), Entry)
    for name, stage in STAGE_BUILDERS.items():
        _add(env, name, f"{stage.NAME} $TARGET", _stage_emitter(build, stage), File)
    _add(env, "WasmFeatures", "analyze $TARGET", plain_emitter(FeaturesRequest(build)), File)
    _add(env, "WasmMeasure", "measure $SOURCE", plain_emitter(FileSizeRequest(build)), File)
    _add(env, "WasmUnstripped", "write $TARGET", plain_emitter(UnstrippedRequest()), File)
    _add(env, "WasmSizes", "write $TARGET", _sizes_emitter(build), File)
    _add(env, "WasmRun", "run $SOURCE", _run_emitter, File)
    _add(env, "WasmVerify", "verify $TARGET", _verify_emitter(build), File)


def _add(env: Any, name: str, shown: str, emitter: Emitter, factory: Any) -> None:
    message = f"{name.upper()}COMSTR"
    env.SetDefault(**{message: shown})
    action = Action(make, f"${message}", varlist=[signature.VARIABLE])

    def emit(target: Nodes, source: Nodes, env: Any) -> tuple[Nodes, Nodes]:
        try:
            return emitter(target, source, env)
        except WasmtrimError as error:
            raise as_stop_error(error) from None

    env["BUILDERS"][name] = Builder(action=action, emitter=emit, source_factory=factory)


def make(target: Nodes, source: Nodes, env: Any) -> None:  # noqa: ARG001 - SCons names them
    """Make a target as its request says."""
    request: Request = target[0].attributes.wasmtrim
    try:
        request.make(target, source)
    except (WasmtrimError, OSError) as error:
        raise as_build_error(error, target[0]) from None


def _compile_emitter(build: Build, name: str, compiler: str) -> Emitter:
    def emit(target: Nodes, source: Nodes, env: Any) -> tuple[Nodes, Nodes]:
        defaults = {key: field.default for key, field in Compiler.model_fields.items()}
        given = {**_variables(env, name, defaults), "name": compiler}
        request = CompileRequest(
            build=build,
            name=compiler,
            settings=_settings(name, given),
            source=Path(source[0].srcnode().abspath),
            timeout=_timeout(env, name, "compile"),
        )
        target[0].attributes.wasmtrim = request
        linked = [beside(target[0], LINKED)] if compiler == tinygo.NAME else []
        targets = [target[0], beside(target[0], ".stage.json"), *linked]
        return targets, [*map(File, request.files())]

    return emit


def _settings(builder: str, given: Mapping[str, Any]) -> Compiler:
    try:
        return Compiler.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        variable = _variable(builder, str(first["loc"][0]))
        raise UsageError(f"{variable}={given[str(first['loc'][0])]!r}: {first['msg']}") from None


def _stage_emitter(build: Build, stage: Stage) -> Emitter:
    def emit(target: Nodes, source: Nodes, env: Any) -> tuple[Nodes, Nodes]:
        defaults = {field.name: field.default for field in dataclasses.fields(stage.Settings)}
        request = StageRequest(
            build=build,
            name=stage.NAME,
            settings=stage.Settings(**_variables(env, stage.BUILDER, defaults)),
            timeout=_timeout(env, stage.BUILDER, stage.NAME),
        )
        target[0].attributes.wasmtrim = request
        features = env.get("WASM_FEATURES") or features_of(env, source[0])
        record = beside(target[0], ".stage.json")
        return [target[0], record], [source[0], features, *map(File, request.files())]

    return emit


def features_of(env: Any, module: Node) -> Node:
    """Give the node of a module's features; it is one, however many ask for it."""
    node = note_on(module, ".features.json")
    return node if node.has_builder() else env.WasmFeatures(node, module)[0]


def size_of(env: Any, module: Node) -> Node:
    """Give the node of a module's size; it is one, however many ask for it."""
    node = note_on(module, ".size.json")
    return node if node.has_builder() else env.WasmMeasure(node, module)[0]


def plain_emitter(request: Request) -> Emitter:
    """Give the emitter of a builder whose targets all are what one request says."""

    def emit(target: Nodes, source: Nodes, env: Any) -> tuple[Nodes, Nodes]:  # noqa: ARG001
        target[0].attributes.wasmtrim = request
        return target, source

    return emit


def runs_of(
    env: Any, build: Build, modules: Sequence[Node], loaded: Loaded, compiler: str | None
) -> Nodes:
    """Give the nodes of each module's smoke run, each one's `run.json`; none without a smoke run.

    A module with the same code as the one before it takes over that one's run, and so hangs on it.
    """
    if loaded.profile.smoke is None:
        return []
    runs: Nodes = []
    for at, module in enumerate(modules):
        request = RunRequest(build, loaded.profile, compiler, follows=at > 0)
        key = signature.digest(request.asked(), module.path)[:8]
        folder = f"{RUNS_FOLDER}/{module.name.removesuffix('.wasm')}-{key}"
        node = File(f"{folder}/{RUN_FILE}")
        if not node.has_builder():
            before = [modules[at - 1], runs[-1]] if at > 0 else []
            env.WasmRun(node, [module, *before], WASMRUN_REQUEST=request)
        runs.append(node)
    return runs


def _run_emitter(target: Nodes, source: Nodes, env: Any) -> tuple[Nodes, Nodes]:
    request: RunRequest = env["WASMRUN_REQUEST"]
    target[0].attributes.wasmtrim = request
    outputs = [target[0].dir.File("stdout"), target[0].dir.File("stderr")]
    return [target[0], *outputs], [*source, *map(File, request.files())]


def _sizes_emitter(build: Build) -> Emitter:
    def emit(target: Nodes, source: Nodes, env: Any) -> tuple[Nodes, Nodes]:
        stages = _stage_names(env.get("WASMSIZES_STAGES"), source)
        runs = env.get("WASMSIZES_RUNS") or []
        features = env.get("WASM_FEATURES") or features_of(env, source[0])
        request = SizesRequest(
            build=build,
            name=target[0].name.removesuffix(".sizes.json"),
            stages=tuple(stages),
            compiler=env.get("WASMSIZES_COMPILER"),
            runs=bool(runs),
        )
        target[0].attributes.wasmtrim = request
        records = [record for node in source if (record := record_of(node))]
        measured = [size_of(env, node) for node in source]
        return target, [features, *measured, *runs, *source, *records]

    return emit


def _verify_emitter(build: Build) -> Emitter:
    def emit(target: Nodes, source: Nodes, env: Any) -> tuple[Nodes, Nodes]:
        loaded = _loaded(build, env)
        stages = _stage_names(env.get("WASMVERIFY_STAGES"), source)
        compiler = env.get("WASMVERIFY_COMPILER")
        runs = runs_of(env, build, source, loaded, compiler)
        request = VerifyRequest(build, loaded.name, loaded.profile, tuple(stages), compiler)
        target[0].attributes.wasmtrim = request
        delivered = env.get("WASMVERIFY_DELIVER")
        targets = [target[0], File(delivered)] if delivered else [target[0]]
        return targets, [*source, size_of(env, source[-1]), *runs, *map(File, request.files())]

    return emit


def _loaded(build: Build, env: Any) -> Loaded:
    given = env.get("WASMVERIFY_PROFILE")
    if isinstance(given, Loaded):
        return given
    if not given:
        raise UsageError("WasmVerify: give WASMVERIFY_PROFILE, a profile's name or file")
    return profiles.load(str(given), build.root)


def _stage_names(given: Sequence[str] | None, modules: Nodes) -> Sequence[str]:
    """Name each module by the stage that made it, as the one who calls says or the node knows."""
    if given:
        return given
    requests = [getattr(module.attributes, "wasmtrim", None) for module in modules]
    return [getattr(request, "stage", READY) for request in requests]


def record_of(module: Node) -> Node | None:
    """Give the node of the record of the stage that made a module; None for a ready one."""
    node = beside(module, ".stage.json")
    return node if node.has_builder() else None


def _timeout(env: Any, builder: str, stage: str) -> float:
    name = _variable(builder, "timeout")
    given = env.get(name) or getattr(Timeouts(), stage)
    try:
        return float(given)
    except ValueError:
        raise UsageError(f"{name}={given!r}: must be a number of seconds") from None


def _variables(env: Any, builder: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Read a builder's parameters out of its construction variables; words are a list's entries."""
    given: dict[str, Any] = {}
    for field, default in defaults.items():
        value = env.get(_variable(builder, field))
        if value is not None:
            given[field] = tuple(Split(value)) if isinstance(default, tuple) else value
    return given


def _variable(builder: str, field: str) -> str:
    return f"{builder.upper()}_{field.upper()}"
