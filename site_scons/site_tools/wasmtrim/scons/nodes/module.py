"""What the two kinds of node that make modules share: the module, the record of its stage."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from SCons.Node import Node

from wasmtrim import atomic, records
from wasmtrim.errors import UsageError
from wasmtrim.records.stage import READY
from wasmtrim.scons.build import beside
from wasmtrim.scons.nodes.spec import NodeSpec, spec_of
from wasmtrim.stages.execution import StageResult


@dataclass(frozen=True)
class ModuleSpec(NodeSpec):
    """A module that a stage makes; beside it, `X.stage.json` tells how."""

    @property
    @abstractmethod
    def stage(self) -> str:
        """The stage's name."""

    @property
    def record(self) -> Node:
        """The record of the stage."""
        return beside(self.target, ".stage.json")

    @property
    def linked(self) -> Node | None:
        """The module before the compiler's own optimizer ran, where the compiler shows it."""
        return None

    def targets(self) -> list[Node]:
        return [self.target, self.record, *([self.linked] if self.linked else [])]

    def write(self, result: StageResult) -> None:
        """Write what the stage made, the module last."""
        self.build.say(result.record.argv)
        records.STAGE.write(Path(self.record.abspath), result.record)
        if self.linked:
            atomic.write_bytes(Path(self.linked.abspath), result.linked or result.module)
        atomic.write_bytes(Path(self.target.abspath), result.module)


def record_of(module: Node) -> Node | None:
    """Return the node of the record of the stage that made a module; None for a ready module."""
    spec = spec_of(module)
    return spec.record if isinstance(spec, ModuleSpec) else None


def stages_of(variable: str, given: Sequence[str], modules: Sequence[Node]) -> Sequence[str]:
    """Name the stage of each module: as a construction variable says, else as the module knows.

    Raises UsageError where the variable names more stages or fewer than there are modules.
    """
    if given and len(given) != len(modules):
        raise UsageError(f"{variable}: {len(given)} stages, but {len(modules)} modules; name each")
    return given or [_stage(module) for module in modules]


def _stage(module: Node) -> str:
    spec = spec_of(module)
    return spec.stage if isinstance(spec, ModuleSpec) else READY
