"""The builders: a line for each, public or ours. All share one action, and one wrap of errors.

The settings of a public builder are construction variables (`variables.py`), which its kind of
node reads into a spec. `chain` makes the specs of a profile's nodes, and hands them to the same
builders. `NAMECOMSTR` is what the builder NAME prints.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from SCons.Action import Action
from SCons.Builder import Builder
from SCons.Node import Node
from SCons.Script import Entry, File

from wasmtrim.errors import UsageError, WasmtrimError
from wasmtrim.scons import builder_names, signature, variables
from wasmtrim.scons.build import Build, as_build_error, as_stop_error
from wasmtrim.scons.mending import mended
from wasmtrim.scons.nodes.spec import GIVEN, NodeSpec, attach

Read = Callable[[Build, Any, Node, list[Node]], NodeSpec]  # build, environment, target, sources


@dataclass(frozen=True)
class Registration:
    """A builder, and what it prints by default.

    `reader` imports what gives the spec of a call, which a build with nothing to do never needs;
    without it, only specs make such nodes. `grows`: a further call for the same target adds
    sources.
    """

    name: str
    shown: str
    reader: Callable[[], Read] | None = None
    source_factory: Any = File
    grows: bool = False


def _of_compiler(name: str) -> Callable[[], Read]:
    def reader() -> Read:
        from wasmtrim.scons.nodes import compile as compile_node

        return compile_node.reader(name)

    return reader


def _of_stage(name: str) -> Callable[[], Read]:
    def reader() -> Read:
        from wasmtrim.scons.nodes import stage
        from wasmtrim.stages.registry import STAGES

        return stage.reader(STAGES[name])

    return reader


def _of_sizes() -> Read:
    from wasmtrim.scons.nodes import sizes

    return sizes.read


def _of_verify() -> Read:
    from wasmtrim.scons.nodes import verify

    return verify.read


def _of_sums() -> Read:
    from wasmtrim.scons.nodes import sums

    return sums.read


def _of_provenance() -> Read:
    from wasmtrim.scons.nodes import provenance

    return provenance.read


BUILDERS = (
    *(
        Registration(builder, "compile $TARGET", _of_compiler(name), Entry)
        for name, builder in builder_names.COMPILERS.items()
    ),
    *(
        Registration(builder, f"{name} $TARGET", _of_stage(name))
        for name, builder in builder_names.STAGES.items()
    ),
    Registration("WasmFeatures", "analyze $TARGET"),
    Registration("WasmMeasure", "measure $SOURCE"),
    Registration("WasmRun", "run $SOURCE"),
    Registration("WasmSizes", "write $TARGET", _of_sizes),
    Registration("WasmVerify", "verify $TARGET", _of_verify),
    Registration("WasmUnstripped", "write $TARGET"),
    Registration("WasmLocations", "analyze $TARGET"),
    Registration("WasmImports", "write $TARGET"),
    Registration("WasmBreakdown", "analyze $TARGET"),
    Registration("WasmHotspots", "measure $TARGET"),
    Registration("WasmRegression", "compare $TARGET"),
    Registration("WasmSums", "write $TARGET", _of_sums, grows=True),
    Registration("WasmProvenance", "write $TARGET", _of_provenance, grows=True),
)


def add(env: Any, build: Build) -> None:
    """Give the environment every builder, and what each prints where the user says nothing."""
    env[signature.VARIABLE] = signature.expand
    for registration in BUILDERS:
        message = variables.message_of(registration.name)
        env.SetDefault(**{message: registration.shown})
        env["BUILDERS"][registration.name] = Builder(
            action=Action(make, f"${message}", varlist=[signature.VARIABLE]),
            emitter=_emitter(registration, build),
            source_factory=registration.source_factory,
            multi=registration.grows,
        )


def _emitter(registration: Registration, build: Build) -> Any:
    def emit(target: list[Node], source: list[Node], env: Any) -> tuple[list[Node], list[Node]]:
        spec: NodeSpec = env.get(GIVEN)
        try:
            if spec is None:
                if registration.reader is None:
                    raise UsageError(f"{registration.name}: WasmRelease alone makes such nodes")
                spec = registration.reader()(build, env, target[0], source)
            attach(spec)
            return spec.targets(), spec.sources()
        except WasmtrimError as error:
            raise as_stop_error(error) from None

    return emit


def make(target: list[Node], source: list[Node], env: Any) -> None:  # noqa: ARG001 - SCons names them
    """Make a target as its spec says."""
    spec: NodeSpec = target[0].attributes.wasmtrim
    try:
        mended(spec.build, spec.make)
    except (WasmtrimError, OSError) as error:
        raise as_build_error(error, target[0]) from None
