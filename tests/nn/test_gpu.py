"""Models on a GPU: the same figures as on the CPU, within the same bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from tests.nn import guests, models
from tests.nn.models import SETTINGS, identity
from tests.nn.test_backend import MODELS, TOLERANCE, network

from wasmtrim.nn.abi import Errno, Refused
from wasmtrim.nn.backend import CUDA, Backend
from wasmtrim.nn.settings import CPU_PROVIDER
from wasmtrim.verify import sandbox
from wasmtrim.verify.sandbox import Given

GPU = replace(SETTINGS, providers=(CUDA,), require="gpu", memory=256 << 20)


@pytest.fixture(scope="module")
def backend() -> Backend:
    if CUDA not in onnxruntime.get_available_providers():
        pytest.skip("needs onnxruntime-gpu: pip install 'wasmtrim[nn-gpu]' beside an NVIDIA GPU")
    made = Backend(GPU)
    if made.dispatch.missing:
        pytest.skip(f"needs an NVIDIA GPU: {made.dispatch.told}")
    return made


def computed(backend: Backend, data: bytes, given: np.ndarray[Any, Any]) -> Any:
    return backend.compute(backend.load(data, cpu=False), [given])[0]


def test_the_gpu_is_what_there_is(backend: Backend) -> None:
    assert backend.dispatch.got == (CUDA, CPU_PROVIDER)
    assert backend.dispatch.refusal("gpu") == ""
    assert backend.load(identity(), cpu=True).session.get_providers() == [CPU_PROVIDER]


def test_floats_are_those_of_the_cpu_within_the_tolerance(backend: Backend) -> None:
    given = np.random.default_rng(2).random((1, 3, 240, 320), np.float32)
    on_cpu = Backend(replace(GPU, providers=(CPU_PROVIDER,)))
    expected, found = (computed(each, network(), given) for each in (on_cpu, backend))
    assert np.abs(found - expected).max() < TOLERANCE


def test_the_example_gives_the_same_bytes(backend: Backend) -> None:
    data = (MODELS / "scale2x.onnx").read_bytes()
    picture = np.random.default_rng(3).integers(0, 2, (1, 130, 170, 4), np.uint8) * 255
    on_cpu = Backend(replace(GPU, providers=(CPU_PROVIDER,)))
    expected, found = (computed(each, data, picture) for each in (on_cpu, backend))
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("make", [lambda: models.bomb(1 << 36), models.endless])
def test_what_takes_too_much_fails(backend: Backend, make: Callable[[], bytes]) -> None:
    hurried = Backend(replace(GPU, seconds=1))
    with pytest.raises(Refused) as refused:
        computed(hurried, make(), np.ones(3, np.float32))
    assert refused.value.error is Errno.RUNTIME_ERROR


def test_a_verification_runs_there_too(
    backend: Backend, assemble: Callable[[str], bytes], tmp_path: Path
) -> None:
    module, given = tmp_path / "guest.wasm", np.arange(3, dtype=np.float32).tobytes()
    module.write_bytes(assemble(guests.asking(identity(), given, target=1)))
    (done,) = sandbox.run(module, [Given(tmp_path / "run")], nn=GPU)
    assert (done.kind, done.exit, done.said) == ("exit", 0, "")
    assert done.nn is not None
    assert done.nn.got == (CUDA, CPU_PROVIDER)
    assert (tmp_path / "run" / "stdout").read_bytes() == given
