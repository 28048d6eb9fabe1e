"""A release whose module asks a model: the model is an input, and what it ran on is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from onnx import TensorProto
from tests.nn import guests, models
from tests.nn.models import identity
from tests.nn.test_backend import ABSENT
from tests.scons.project import SCONSTRUCT, Project

GIVEN = np.array([1, 2, 3], np.float32)
PROFILE = f"""
module: it.wasm
stages: [strip]
contract:
  imports: {{"wasi_ephemeral_nn.*": any, "wasi_snapshot_preview1.*": any}}
  exports: {{_start: func(), memory: memory}}
nn: {{models: models, providers: [{ABSENT}]}}
smoke: {{expect: {{bytes: wanted}}}}
"""


def twice() -> bytes:
    ends = [[models.tensor(name, TensorProto.FLOAT, [None])] for name in "xy"]
    return models.model([models.node("Add", "x x", "y")], ends[0], ends[1])


def test_another_model_is_verified_again(tmp_path: Path, assemble: Callable[[str], bytes]) -> None:
    project = Project(tmp_path / "project")
    module = assemble(guests.asking("same", GIVEN.tobytes()))
    project.write({"SConstruct": SCONSTRUCT, "it.wasm": module, "wanted": GIVEN.tobytes()})
    project.write({"models/same.onnx": identity()})
    project.profile("it", PROFILE)
    told = project.scons().tells("it")
    assert f"not judged: nn: asked {ABSENT}; got CPUExecutionProvider" in told
    verdict = project.verdict("it")
    assert verdict["nn"]["asked"] == [ABSENT]
    assert project.scons().steps == set()
    project.write({"models/same.onnx": twice()})
    ended = project.scons(status=2)
    assert {"run it-strip", "verify it.verify"} <= ended.steps
    assert "output: 12 bytes, expected are 12; the first that differs is byte 2" in ended.stderr
