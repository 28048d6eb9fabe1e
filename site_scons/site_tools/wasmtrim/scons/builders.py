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
from wasmtrim.scons import signature, variables
from wasmtrim.scons.build import Build, as_build_error, as_stop_error
from wasmtrim.scons.mending import mended
from wasmtrim.scons.nodes import compile as compile_node
from wasmtrim.scons.nodes import provenance, sizes, stage, sums, verify
from wasmtrim.scons.nodes.spec import GIVEN, NodeSpec, attach
from wasmtrim.stages import STAGES

Read = Callable[[Build, Any, Node, list[Node]], NodeSpec]  # build, environment, target, sources


@dataclass(frozen=True)
class Registration:
    """A builder, and what it prints by default.

    `read` gives the spec of a call; without it, only specs make such nodes. `grows`: a further
    call for the same target adds sources.
    """

    name: str
    shown: str
    read: Read | None = None
    source_factory: Any = File
    grows: bool = False


BUILDERS = (
    *(
        Registration(name, "compile $TARGET", compile_node.reader(compiler), Entry)
        for compiler, name in compile_node.BUILDERS.items()
    ),
    *(
        Registration(each.BUILDER, f"{each.NAME} $TARGET", stage.reader(each))
        for each in STAGES.values()
    ),
    Registration("WasmFeatures", "analyze $TARGET"),
    Registration("WasmMeasure", "measure $SOURCE"),
    Registration("WasmRun", "run $SOURCE"),
    Registration("WasmSizes", "write $TARGET", sizes.read),
    Registration("WasmVerify", "verify $TARGET", verify.read),
    Registration("WasmUnstripped", "write $TARGET"),
    Registration("WasmLocations", "analyze $TARGET"),
    Registration("WasmBreakdown", "analyze $TARGET"),
    Registration("WasmHotspots", "measure $TARGET"),
    Registration("WasmRegression", "compare $TARGET"),
    Registration("WasmSums", "write $TARGET", sums.read, grows=True),
    Registration("WasmProvenance", "write $TARGET", provenance.read, grows=True),
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
                if registration.read is None:
                    raise UsageError(f"{registration.name}: WasmRelease alone makes such nodes")
                spec = registration.read(build, env, target[0], source)
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
