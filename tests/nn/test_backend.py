"""What onnxruntime is asked and what it gives: providers, the same figures, other backends."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from tests.nn import models
from tests.nn.models import SETTINGS, Guest, identity

from wasmtrim.nn.backend import Backend
from wasmtrim.nn.settings import CPU_PROVIDER, Dispatch, Settings

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "config" / "models"
ABSENT = "StandInExecutionProvider"
TOLERANCE = 1e-5  # of floats near 1, whose sums are in another order


def test_a_provider_that_is_not_there_is_told_and_the_cpu_takes_its_place(
    capfd: pytest.CaptureFixture[str],
) -> None:
    backend = Backend(replace(SETTINGS, providers=(ABSENT, CPU_PROVIDER)))
    found = backend.dispatch
    assert (found.asked, found.got) == ((ABSENT, CPU_PROVIDER), (CPU_PROVIDER,))
    assert found.missing == (ABSENT,)
    assert f"{ABSENT} is not there" in found.told
    assert backend.load(identity(), cpu=False).session.get_providers() == [CPU_PROVIDER]
    # Both are streams of the process that runs a guest: onnxruntime must not write there.
    assert capfd.readouterr() == ("", "")


def test_a_gpu_that_is_required_and_not_there_is_a_refusal() -> None:
    found = Dispatch(("CUDAExecutionProvider",), (CPU_PROVIDER,), "1.0")
    assert found.refusal(None) == ""
    assert found.refusal("gpu") == (
        "nn.require is gpu, and no provider of one is there: asked CUDAExecutionProvider; got"
        " CPUExecutionProvider (onnxruntime 1.0); CUDAExecutionProvider is not there"
    )
    there = Dispatch(("CUDAExecutionProvider",), ("CUDAExecutionProvider", CPU_PROVIDER), "1.0")
    assert there.refusal("gpu") == ""


def test_settings_come_back_from_json_as_they_were() -> None:
    content = {**vars(SETTINGS), "providers": list(SETTINGS.providers)}
    assert Settings.of(content) == SETTINGS
    assert Settings.of(None) is None


def noise() -> bytes:
    """Gives random numbers, by no seed of its own."""
    return models.model(
        [
            models.node("RandomNormalLike", "x", "drawn", dtype=TensorProto.FLOAT),
            models.node("Add", "x drawn", "y"),
        ],
        [models.tensor("x", TensorProto.FLOAT, [None])],
        [models.tensor("y", TensorProto.FLOAT, [None])],
    )


def test_random_numbers_are_the_same_in_every_exact_run() -> None:
    def drawn() -> list[float]:
        guest = Guest().ready(noise())
        guest.set_input(np.zeros(8, np.float32))
        assert guest.call("compute", 0) == 0
        numbers: list[float] = guest.output("<f4").tolist()
        return numbers

    first = drawn()
    Guest().ready(noise()).set_input(np.zeros(8, np.float32))  # others in between
    assert first == drawn()
    assert len(set(first)) > 1


def network(seed: int = 1) -> bytes:
    """Two layers of convolution, as a small denoiser has, and a sum over all."""
    draw = np.random.default_rng(seed)
    sizes = {"first": (8, 3, 3, 3), "second": (3, 8, 3, 3)}
    weights = [
        helper.make_tensor(name, TensorProto.FLOAT, shape, draw.normal(0, 0.2, shape).ravel())
        for name, shape in sizes.items()
    ]
    return models.model(
        [
            models.node("Conv", "x first", "a", pads=[1, 1, 1, 1]),
            models.node("Relu", "a", "b"),
            models.node("Conv", "b second", "c", pads=[1, 1, 1, 1]),
            models.node("Sigmoid", "c", "y"),
        ],
        [models.tensor("x", TensorProto.FLOAT, [1, 3, None, None])],
        [models.tensor("y", TensorProto.FLOAT, [1, 3, None, None])],
        weights,
    )


def through_the_layer(data: bytes, given: np.ndarray[Any, Any], **changes: Any) -> Any:
    """What a guest gets, by a backend made for it."""
    backend = Backend(replace(SETTINGS, memory=64 << 20, **changes))
    return backend.compute(backend.load(data, cpu=False), [given])[0]


@pytest.mark.parametrize("exact", [True, False])
def test_floats_are_those_of_the_reference_within_the_tolerance(exact: bool) -> None:
    given = np.random.default_rng(2).random((1, 3, 24, 32), np.float32)
    (expected,) = ReferenceEvaluator(onnx.load_from_string(network())).run(None, {"x": given})
    found = through_the_layer(network(), given, exact=exact)
    assert np.abs(found - expected).max() < TOLERANCE


def test_the_example_gives_the_same_bytes_by_the_reference() -> None:
    data = (MODELS / "scale2x.onnx").read_bytes()
    picture = np.random.default_rng(3).integers(0, 2, (1, 13, 17, 4), np.uint8) * 255
    picture[..., 1:] = 255
    (expected,) = ReferenceEvaluator(onnx.load_from_string(data)).run(None, {"frame": picture})
    found = through_the_layer(data, picture)
    assert found.shape == (1, 26, 34, 4)
    assert np.array_equal(found, expected)
    repeated = picture.repeat(2, axis=1).repeat(2, axis=2)
    assert not np.array_equal(found, repeated)


@pytest.mark.generated
def test_the_example_is_what_its_recipe_makes(request: pytest.FixtureRequest) -> None:
    spec = importlib.util.spec_from_file_location("make", MODELS / "make.py")
    assert spec
    assert spec.loader
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    made: Callable[[], bytes] = recipe.model
    file = MODELS / "scale2x.onnx"
    if request.config.getoption("--bless"):
        file.write_bytes(made())
    assert file.read_bytes() == made()
