"""WASI-NN behind `wasmtrim serve`: one instance after the other, and what nobody may do to it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from tests.nn import guests, models
from tests.nn.models import identity
from tests.nn.test_backend import ABSENT
from tests.serve.conftest import WASMTRIM, Served, cache, environ, project, serving

Assemble = Callable[[str], bytes]
GIVEN = np.array([1, 2, 3], np.float32).tobytes()
__all__ = ["cache", "environ"]


def profile(**nn: Any) -> dict[str, object]:
    return {
        "contract": guests.CONTRACT,
        "limits": {"seconds": 2, "memory": "4 MiB"},
        "nn": {"models": "models", "graphs": 1, "contexts": 1, "memory": "16 MiB", **nn},
    }


def made(folder: Path, module: bytes, **nn: Any) -> Path:
    project(folder, module, profile(**nn))
    (folder / "models").mkdir()
    (folder / "models" / "same.onnx").write_bytes(identity())
    return folder


@pytest.fixture(scope="module")
def served(
    assemble: Assemble, environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    made(folder, assemble(guests.asking("same", GIVEN)))
    with serving(folder, environ, "it", "--workers", "1") as server:
        yield server


def test_each_request_asks_the_model_anew(served: Served) -> None:
    # An instance may load one model: the second request would have none if it were not its own.
    for _ in range(3):
        answer = served.post(b"")
        assert (answer.status_code, answer.content) == (200, GIVEN)


def test_a_provider_that_is_missing_is_told_at_the_start(
    assemble: Assemble, tmp_path: Path, environ: dict[str, str]
) -> None:
    made(tmp_path, assemble(guests.asking("same", GIVEN)), providers=[ABSENT], require="gpu")
    argv = [WASMTRIM, "serve", "it", "--port", "0", "--workers", "1"]
    done = subprocess.run(
        argv, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "it.wasm: nn.require is gpu, and no provider of one is there" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_provider_that_is_missing_is_told_and_the_cpu_takes_its_place(
    assemble: Assemble, tmp_path: Path, environ: dict[str, str]
) -> None:
    made(tmp_path, assemble(guests.asking("same", GIVEN)), providers=[ABSENT])
    argv = [WASMTRIM, "serve", "it", "--port", "0", "--workers", "1", "--quiet"]
    with subprocess.Popen(
        argv, cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        try:
            told = [process.stderr.readline() for _ in range(2)]
        finally:
            process.terminate()
    assert told[0].startswith(f"wasmtrim: nn: asked {ABSENT}; got CPUExecutionProvider")
    assert "http://127.0.0.1" in told[1]


def slow_to_load() -> bytes:
    """Products of constants, which onnxruntime computes before there is a session."""
    size = [helper.make_tensor("size", TensorProto.INT64, [2], [900, 900])]
    nodes = [models.node("ConstantOfShape", "size", "m0")]
    nodes += [models.node("MatMul", f"m{n} m{n}", f"m{n + 1}") for n in range(300)]
    nodes += [models.node("ReduceSum", "m300", "sum"), models.node("Add", "x sum", "y")]
    ends = [[models.tensor(name, TensorProto.FLOAT, None)] for name in "xy"]
    return models.model(nodes, ends[0], ends[1], size)


@pytest.mark.long
def test_a_model_that_takes_too_long_to_load_costs_its_worker_and_no_other_request(
    assemble: Assemble, tmp_path: Path, environ: dict[str, str]
) -> None:
    made(tmp_path, assemble(guests.asking(slow_to_load(), GIVEN)), memory="256 MiB")
    with serving(tmp_path, environ, "it", "--workers", "1") as server:
        for _ in range(2):
            answer = server.post(b"")
            assert answer.status_code == 504
            # The second is said where the load just ends before its worker is ended.
            assert answer.text in (
                "it blocks in a host call for over 2 s\n",
                "it needs more than 2 s\n",
            )


@pytest.mark.parametrize("model", [models.bomb(1 << 34), models.endless()])
def test_a_model_that_takes_too_much_costs_its_own_request_only(
    assemble: Assemble, tmp_path: Path, environ: dict[str, str], model: bytes
) -> None:
    made(tmp_path, assemble(guests.asking(model, GIVEN)), seconds=1)
    with serving(tmp_path, environ, "it", "--workers", "1") as server:
        before = server.workers()
        answer = server.post(b"")
        assert answer.status_code == 422
        assert f"exit status {guests.ERROR + 5}" in answer.text
        assert server.workers() == before
