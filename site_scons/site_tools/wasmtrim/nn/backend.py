"""onnxruntime: the providers that there are, and sessions of models."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wasmtrim.nn import models
from wasmtrim.nn.abi import Errno, Refused
from wasmtrim.nn.deadline import Deadline
from wasmtrim.nn.settings import CPU_PROVIDER, Dispatch, Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

SEED: Final = 1
CUDA: Final = "CUDAExecutionProvider"
_FATAL: Final = 4  # onnxruntime's severity of a log line; what a model may put there is no line
# A model of one Identity: by its session onnxruntime tells which providers are at work.
_TRIAL: Final = bytes.fromhex(
    "08083a330a100a01781201792208" + b"Identity".hex() + "1201675a0d0a01781208"
    "0a06080112020a00620d0a017912080a06080112020a0042040a001011"
)
_TYPES: Final[Mapping[str, str]] = {
    "tensor(float16)": "<f2",
    "tensor(float)": "<f4",
    "tensor(double)": "<f8",
    "tensor(uint8)": "|u1",
    "tensor(int32)": "<i4",
    "tensor(int64)": "<i8",
}


@dataclass(frozen=True)
class Input:
    """`type` is numpy's name, "" where no tensor of WASI-NN has it.

    A free dimension is None, as is a shape that onnxruntime checks by itself.
    """

    name: str
    type: str
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True)
class Graph:
    """A model that is ready; `size` is that of its bytes."""

    session: Any
    inputs: tuple[Input, ...]
    outputs: int
    size: int


class Backend:
    """Makes sessions by the providers that were asked for, those that are there."""

    def __init__(self, settings: Settings) -> None:
        import onnxruntime

        self.settings = settings
        self.onnxruntime = onnxruntime
        onnxruntime.set_default_logger_severity(_FATAL)
        self.deadline = Deadline(settings.seconds)
        models.check(_TRIAL)  # it imports what the first guest would have to wait for
        self.providers = self._found()
        got = self._session(_TRIAL, self.providers).get_providers()
        self.dispatch = Dispatch(settings.providers, tuple(got), onnxruntime.__version__)
        self._named: dict[str, tuple[tuple[int, ...], Graph]] = {}

    def begin(self) -> None:
        """Let a run draw the same random numbers whatever ran before."""
        if self.settings.exact:
            self.onnxruntime.set_seed(SEED)

    def load(self, data: bytes, *, cpu: bool) -> Graph:
        """Make a model ready, on the CPU alone where the guest asks for it. Raises Refused."""
        if len(data) > self.settings.memory:
            raise Refused(Errno.TOO_LARGE)
        models.check(data)
        providers = [CPU_PROVIDER] if cpu else self.providers
        try:
            session = self._session(data, providers)
            inputs = tuple(map(_input, session.get_inputs()))
            return Graph(session, inputs, len(session.get_outputs()), len(data))
        except Exception:  # onnxruntime's own kinds have no class in common
            raise Refused(Errno.RUNTIME_ERROR) from None

    def load_named(self, name: str) -> Graph:
        """Make a model of the folder ready. Raises Refused.

        Where speed counts, it stays for guests to come, as long as its file is the same.
        """
        settings = self.settings
        file = models.find(settings.models, name)
        state = _state(file)
        held = self._named.get(name)
        if held and held[0] == state:
            return held[1]
        graph = self.load(models.read(file, settings.memory), cpu=False)
        if not settings.exact:
            while len(self._named) >= settings.graphs:
                del self._named[next(iter(self._named))]
            self._named[name] = state, graph
        return graph

    def compute(self, graph: Graph, inputs: Sequence[Array]) -> list[Any]:
        """Return the outputs, in their order. Raises Refused where it fails or takes too long."""
        options = self.onnxruntime.RunOptions()
        options.log_severity_level = _FATAL
        names = [each.name for each in graph.inputs]
        try:
            with self.deadline.over(options):
                outputs: list[Any] = graph.session.run(
                    None, dict(zip(names, inputs, strict=True)), options
                )
        except Exception:
            raise Refused(Errno.RUNTIME_ERROR) from None
        return outputs

    def _found(self) -> list[str]:
        """Those asked for with which a session can be made."""
        known = self.onnxruntime.get_available_providers()
        if CUDA in known and CUDA in self.settings.providers:
            # CUDA's own libraries lie in packages, where the loader does not look. What it prints
            # about one that it does not find would be on the stream of a verification's answers.
            with redirect_stdout(io.StringIO()):
                self.onnxruntime.preload_dlls()
        found: list[str] = []
        for name in self.settings.providers:
            if name in known:
                try:
                    got = self._session(_TRIAL, [name]).get_providers()
                except Exception:  # it is in the package, but its device or library is not here
                    continue
                found += [name] if name in got else []
        return found or [CPU_PROVIDER]

    def _session(self, data: bytes, providers: Sequence[str]) -> Any:
        options = self.onnxruntime.SessionOptions()
        options.log_severity_level = _FATAL
        # A worker or a verification has one CPU, and sums are in one order.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.load_model_format", "ONNX")
        if self.settings.exact:
            levels = self.onnxruntime.GraphOptimizationLevel
            options.graph_optimization_level = levels.ORT_DISABLE_ALL
            options.use_deterministic_compute = True
            options.enable_cpu_mem_arena = False  # it grows by doubling, beyond what is needed
        chosen = [(name, self._options(name)) for name in providers]
        # By itself it would try again without the provider, and print that on stdout.
        return self.onnxruntime.InferenceSession(
            data, options, providers=chosen, enable_fallback=0, read_config_from_model=0
        )

    def _options(self, provider: str) -> dict[str, str]:
        if provider != CUDA:
            return {}
        # TF32 has 10 bits of a float's 23, so it would differ from the CPU by a thousandth.
        options = {"use_tf32": "0", "gpu_mem_limit": str(self.settings.memory)}
        if self.settings.exact:
            options["cudnn_conv_algo_search"] = "DEFAULT"  # else it is chosen by a race
        return options


def _input(argument: Any) -> Input:
    free = tuple(s if isinstance(s, int) and s >= 0 else None for s in argument.shape)
    # onnxruntime tells an unknown rank as it tells that of a single number.
    return Input(argument.name, _TYPES.get(argument.type, ""), free or None)


def _state(file: Path) -> tuple[int, ...]:
    """What changes with a file's content."""
    try:
        status = file.stat()
    except OSError:
        raise Refused(Errno.NOT_FOUND) from None
    return status.st_ino, status.st_size, status.st_mtime_ns
