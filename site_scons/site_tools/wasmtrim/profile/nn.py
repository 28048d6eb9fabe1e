"""WASI-NN: which models a module may load, what they run on, and what they may take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from wasmtrim.nn.abi import AbiName
from wasmtrim.nn.settings import CPU_PROVIDER, Settings
from wasmtrim.profile.map import List, Map
from wasmtrim.profile.values import ProjectPath, Provider, Size

Handles: TypeAlias = Annotated[int, Field(ge=1, le=10_000)]


class Nn(Map):
    abi: AbiName = "2024-10"
    """The numbers of types and errors: of the WITX of that month, or of a crate `wasi-nn`."""
    models: ProjectPath | None = None
    """The folder of the models that `load_by_name` finds, NAME.onnx each; null: it finds none."""
    providers: List[Provider] = (CPU_PROVIDER,)
    """onnxruntime's execution providers, the best one first; the CPU's is always the last."""
    require: Literal["gpu"] | None = None
    """gpu: refuse to run without a GPU's provider; null: use the CPU then."""
    graphs: Handles = 8
    """Models that an instance may load."""
    contexts: Handles = 16
    """Execution contexts that an instance may make."""
    memory: Size = 256 << 20
    """Bytes of an instance's models and tensors, and as many again to compute with."""
    seconds: Annotated[int, Field(ge=1, le=86_400)] = 10
    """Wall-clock time of one `compute`."""

    def settings(self, root: Path, *, exact: bool) -> Settings:
        """What the process that runs a module is told; see `nn.settings.Settings`."""
        return Settings(
            abi=self.abi,
            models=str((root / self.models).absolute()) if self.models else "",
            providers=self.providers,
            require=self.require,
            graphs=self.graphs,
            contexts=self.contexts,
            memory=self.memory,
            seconds=self.seconds,
            exact=exact,
        )
