"""What a profile says about WASI-NN, as the processes that run a guest are told it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

from wasmtrim.errors import ToolError

CPU_PROVIDER: Final = "CPUExecutionProvider"
# Those that compute on a graphics card or an accelerator (onnxruntime, "Execution Providers").
ACCELERATORS: Final = (
    "CANNExecutionProvider",
    "CUDAExecutionProvider",
    "CoreMLExecutionProvider",
    "DmlExecutionProvider",
    "MIGraphXExecutionProvider",
    "NvTensorRTRTXExecutionProvider",
    "QNNExecutionProvider",
    "ROCMExecutionProvider",
    "TensorrtExecutionProvider",
    "WebGpuExecutionProvider",
)
LIBRARY_BYTES: Final = 512 << 20  # of data, for onnxruntime, onnx and numpy
ACCELERATOR_BYTES: Final = 4 << 30  # of data on the host's side, for an accelerator's libraries
_PACKAGES: Final = ("onnxruntime", "onnx")


@dataclass(frozen=True)
class Settings:
    """`models` is an absolute path, "" where no model has a name; `memory` is in bytes.

    `exact`: the same figures on every machine and in every run, rather than the best speed.
    """

    abi: str
    models: str
    providers: tuple[str, ...]
    require: str | None
    graphs: int
    contexts: int
    memory: int
    seconds: float
    exact: bool

    @classmethod
    def of(cls, content: dict[str, Any] | None) -> Settings | None:
        """Read what `asdict` gave and JSON carried; None stays None."""
        if content is None:
            return None
        return cls(**{**content, "providers": tuple(content["providers"])})

    @property
    def host_bytes(self) -> int:
        """What a process needs for it beside the guest, on the host."""
        accelerated = any(name in ACCELERATORS for name in self.providers)
        return self.memory + LIBRARY_BYTES + (ACCELERATOR_BYTES if accelerated else 0)


@dataclass(frozen=True)
class Dispatch:
    """Which providers were asked for, and which there are; `runtime` is onnxruntime's version.

    `targets` are those that the guest asked for beside the CPU: gpu, tpu.
    """

    asked: tuple[str, ...]
    got: tuple[str, ...]
    runtime: str
    targets: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: dict[str, Any]) -> Dispatch:
        """Read what `asdict` gave and JSON carried."""
        lists = {name: tuple(content[name]) for name in ("asked", "got", "targets")}
        return cls(runtime=content["runtime"], **lists)

    @property
    def missing(self) -> tuple[str, ...]:
        """The providers that were asked for and are not there: onnxruntime drops them silently."""
        return tuple(name for name in self.asked if name not in self.got)

    @property
    def accelerated(self) -> bool:
        """Whether a provider that is there computes on an accelerator, such as a GPU."""
        return any(name in ACCELERATORS for name in self.got)

    @property
    def fell_back(self) -> bool:
        """Whether something was asked for that is not there, by the profile or by the guest."""
        return bool(self.missing or (self.targets and not self.accelerated))

    @property
    def told(self) -> str:
        """What was asked for and what there is, in one line."""
        line = f"asked {', '.join(self.asked)}; got {', '.join(self.got)}"
        absent = f"; {', '.join(self.missing)} is not there" if self.missing else ""
        wanted = "; the module asked for " + " and ".join(self.targets) if self.targets else ""
        return f"{line} (onnxruntime {self.runtime}){absent}{wanted}"

    def refusal(self, require: str | None) -> str:
        """Say in one line why the profile does not run here; "" where it does."""
        if require is None or self.accelerated:
            return ""
        return f"nn.require is {require}, and no provider of one is there: {self.told}"


def runtime_version() -> str:
    """The version of onnxruntime, whichever package brought it; "" where there is none."""
    from importlib.metadata import PackageNotFoundError, version

    for package in ("onnxruntime", "onnxruntime-gpu"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return ""


def need_packages() -> None:
    """Raise ToolError where a package that the extra brings is missing."""
    missing = next((name for name in _PACKAGES if find_spec(name) is None), None)
    if missing:
        raise ToolError(
            f"{missing} is not installed, and the profile has the key nn;"
            " fix: pip install 'wasmtrim[nn]'"
        )
