"""WASI-NN in a verification: in the child process, under its limits, with its record."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.nn import guests, models
from tests.nn.models import SETTINGS, identity
from tests.nn.test_backend import ABSENT, noise
from tests.nn.test_models import by_initializer

from wasmtrim.cli.main import main
from wasmtrim.nn.settings import CPU_PROVIDER, Settings
from wasmtrim.profile import load
from wasmtrim.verify import sandbox
from wasmtrim.verify.run import Run
from wasmtrim.verify.sandbox import Given, RunLimits

Assemble = Callable[[str], bytes]
GIVEN = np.array([1, 2, 3], np.float32).tobytes()
INVALID_ARGUMENT, MISSING_MEMORY, RUNTIME_ERROR, UNSUPPORTED_OPERATION = 1, 3, 5, 6
LIMITS = RunLimits()
ASK: dict[str, Any] = {"call": "ask", "args": [], "memory": None, "output": None}


@pytest.fixture
def ran(assemble: Assemble, tmp_path: Path) -> Callable[..., tuple[Run, bytes]]:
    """Runs a guest, and gives how it ended and what it printed."""

    def run(text: str, limits: RunLimits = LIMITS, **changes: Any) -> tuple[Run, bytes]:
        module, into = tmp_path / "guest.wasm", tmp_path / "run"
        module.write_bytes(assemble(text))
        asked = [ASK] if '"ask"' in text else []
        nn = replace(SETTINGS, memory=64 << 20, **changes)
        (done,) = sandbox.run(module, [Given(into, steps=asked)], run_limits=limits, nn=nn)
        return done, (into / "stdout").read_bytes()

    return run


Ran = Callable[..., tuple[Run, bytes]]


def test_a_guest_asks_the_model_that_it_brings(ran: Ran) -> None:
    done, output = ran(guests.asking(identity(), GIVEN))
    assert (done.kind, done.exit, output) == ("exit", 0, GIVEN)
    assert done.nn is not None
    assert (done.nn.asked, done.nn.got) == ((CPU_PROVIDER,), (CPU_PROVIDER,))


def test_a_guest_asks_a_model_by_its_name(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / "same.onnx").write_bytes(identity())
    assert ran(guests.asking("same", GIVEN), models=str(tmp_path))[1] == GIVEN


def test_every_run_gives_the_same(ran: Ran) -> None:
    text = guests.asking(noise(), bytes(64))
    first, second = ran(text)[1], ran(text)[1]
    assert first == second
    assert len(first) == 64


@pytest.mark.parametrize(
    "call",
    [
        "(call $load (i32.const -8) (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 0))",
        "(call $load (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 65533))",
        "(call $load_by_name (i32.const 65535) (i32.const 2) (i32.const 0))",
        "(call $init_execution_context (i32.const 0) (i32.const -1))",
        "(call $set_input (i32.const 0) (i32.const 0) (i32.const -20))",
        "(call $get_output (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0))",
        "(call $compute (i32.const -1))",
    ],
)
def test_no_argument_is_a_trap(ran: Ran, call: str) -> None:
    done, _ = ran(guests.calling(call))
    assert done.steps
    assert done.steps[0].shown == [INVALID_ARGUMENT]


@pytest.mark.parametrize("memory", ["", "(memory 1)"])
def test_a_guest_without_a_memory_of_its_own_is_told_so(ran: Ran, memory: str) -> None:
    done, _ = ran(guests.calling("(call $compute (i32.const 0))", memory))
    assert done.steps
    assert done.steps[0].shown == [MISSING_MEMORY]


@pytest.mark.parametrize("elements", [1 << 29, 1 << 36, 1 << 60])
def test_a_model_that_wants_more_memory_than_there_may_be_fails(ran: Ran, elements: int) -> None:
    done, _ = ran(guests.asking(models.bomb(elements), GIVEN))
    assert (done.kind, done.exit) == ("exit", guests.ERROR + RUNTIME_ERROR)


def test_a_model_that_computes_for_too_long_fails(ran: Ran) -> None:
    done, _ = ran(guests.asking(models.endless(), GIVEN), seconds=0.3)
    assert (done.kind, done.exit) == ("exit", guests.ERROR + RUNTIME_ERROR)


def test_a_run_that_computes_for_too_long_is_ended(ran: Ran) -> None:
    done, _ = ran(guests.asking(models.endless(), GIVEN), RunLimits(seconds=1), seconds=60)
    assert done.kind == "time"


def test_no_file_of_the_project_comes_out_of_a_model(
    ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "passwd").write_bytes(b"root")
    done, output = ran(guests.asking(by_initializer(), GIVEN))
    assert (done.exit, output) == (guests.ERROR + UNSUPPORTED_OPERATION, b"")


def test_what_a_model_says_is_not_an_answer(ran: Ran) -> None:
    """Where a provider fails, onnxruntime's package would print on the stream of answers."""
    done, _ = ran(guests.asking(identity(), GIVEN), providers=(ABSENT,))
    assert (done.kind, done.exit) == ("exit", 0)


# The command and the profile


@pytest.fixture
def project(tmp_path: Path, assemble: Assemble, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config" / "profiles").mkdir(parents=True)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "same.onnx").write_bytes(identity())
    (tmp_path / "wanted").write_bytes(GIVEN)
    (tmp_path / "it.wasm").write_bytes(assemble(guests.asking("same", GIVEN)))
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    return tmp_path


def write(project: Path, **nn: Any) -> None:
    content = {
        "module": "it.wasm",
        "contract": guests.CONTRACT,
        "nn": {"models": "models", **nn},
        "smoke": {"expect": {"bytes": "wanted"}},
        "differ": {"runs": 4},
    }
    (project / "config" / "profiles" / "it.yaml").write_text(json.dumps(content))


def verified(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    status = main(["verify", "it.wasm", "--profile", "it", "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_the_record_has_what_was_asked_for_and_what_there_was(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, providers=[ABSENT, CPU_PROVIDER])
    status, record = verified(capsys)
    assert status == 0
    assert record["nn"]["asked"] == [ABSENT, CPU_PROVIDER]
    assert record["nn"]["got"] == [CPU_PROVIDER]
    (row,) = (row for row in record["checks"] if row["name"] == "nn")
    assert (row["ok"], row["judged"]) == (True, False)
    assert row["detail"].endswith(f"; {ABSENT} is not there")


def test_a_guest_that_asks_for_a_gpu_is_told_of_where_there_is_none(
    project: Path, assemble: Assemble, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "it.wasm").write_bytes(assemble(guests.asking(identity(), GIVEN, target=1)))
    status, record = verified(capsys)
    assert status == 0
    (row,) = (row for row in record["checks"] if row["name"] == "nn")
    assert (row["ok"], row["judged"]) == (True, False)
    assert row["detail"].endswith("; the module asked for gpu")
    assert record["nn"]["targets"] == ["gpu"]


def test_a_gpu_may_be_required(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, providers=[ABSENT], require="gpu")
    status, record = verified(capsys)
    assert status == 1
    failed = {row["name"]: row["detail"] for row in record["checks"] if not row["ok"]}
    assert failed["nn"].startswith("nn.require is gpu, and no provider of one is there")
    assert failed["run"].startswith("no instance: nn.require is gpu")


def test_without_the_key_the_host_has_no_such_functions(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project / "config" / "profiles" / "it.yaml"
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "nn": None}))
    status, record = verified(capsys)
    assert status == 1
    assert record["nn"] is None
    (row,) = (row for row in record["checks"] if row["name"] == "run")
    assert "wasi_ephemeral_nn" in row["detail"]


def test_without_the_extra_one_line_names_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("wasmtrim.nn.settings.find_spec", lambda _: None)
    assert main(["verify", "it.wasm", "--profile", "it"]) == 3
    assert capsys.readouterr().err == (
        "wasmtrim: onnxruntime is not installed, and the profile has the key nn;"
        " fix: pip install 'wasmtrim[nn]'\n"
    )


def test_the_settings_are_those_of_the_profile(project: Path) -> None:
    write(project, abi="crate-0.5", memory="1 MiB", seconds=3, graphs=2, contexts=5)
    nn = load("it", project).profile.nn
    assert nn is not None
    assert nn.settings(project, exact=True) == Settings(
        abi="crate-0.5",
        models=str(project / "models"),
        providers=(CPU_PROVIDER,),
        require=None,
        graphs=2,
        contexts=5,
        memory=1 << 20,
        seconds=3,
        exact=True,
    )


def test_hot_spots_are_found_of_a_module_with_models(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "dist").mkdir()
    (project / "it.wasm").rename(project / "dist" / "it.wasm")
    assert main(["hotspots", "it"]) == 0
    assert "Packages" in capsys.readouterr().out
