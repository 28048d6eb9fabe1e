"""A component is driven as the reactor in it is, and gives the same, or is refused."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.verify import running
from tests.verify.reactor import FRAMES, NAME, PARTS, given, push, take, text

from wasmtrim import profile, sizes
from wasmtrim.toolchain.locate import Tool
from wasmtrim.verify import StageRun, run_smoke, verify
from wasmtrim.verify.run import Run
from wasmtrim.verify.sandbox import RunLimits

Assemble = Callable[..., Path]
Made = Callable[..., Path]
WIT = Path(__file__).parents[2] / "guest" / "wit"
USUAL = RunLimits()


@pytest.fixture
def made(module: Assemble, tmp_path: Path, wasm_tools: Tool) -> Made:
    """Gives the reactor, with other parts in place of its own, as a component of a world."""

    def component(wit: Path = WIT, **parts: str) -> Path:
        core, whole = module(text(**parts)), tmp_path / "component.wasm"
        for argv in (
            ("embed", str(wit), str(core), "-o", str(core)),
            ("new", str(core), "-o", str(whole)),
        ):
            done = subprocess.run([*wasm_tools.argv, "component", *argv], capture_output=True)
            assert done.returncode == 0, done.stderr.decode()
        return whole

    return component


@pytest.fixture
def drive(tmp_path: Path) -> Callable[..., Run]:
    """Gives two frames to a component."""

    def run(component: Path, run_limits: RunLimits = USUAL) -> Run:
        (tmp_path / "input").write_bytes(given(*FRAMES))
        return running.run(
            component, tmp_path / "run", drive=tmp_path / "input", run_limits=run_limits
        )

    return run


def test_what_the_calls_give_is_the_output(
    made: Made, drive: Callable[..., Run], module: Assemble, tmp_path: Path
) -> None:
    run = drive(made())
    assert (run.kind, run.detail, run.exit) == ("exit", "", 0)
    assert (tmp_path / "run" / "stdout").read_bytes() == b"GIF" + b"".join(FRAMES) + b"end"
    assert run == drive(made())
    core = drive(module(text()))
    assert run.stdout_sha256 == core.stdout_sha256
    assert run.fuel
    assert core.fuel
    assert run.memory is None, "nobody sees the memory of a component"


HOSTILE = {
    "refuses": (
        push("(i32.store (i32.const 256) (i32.const 0x0801)) (i32.const 256)"),
        "interface",
        "push-frame of frame 1: frame-size",
    ),
    "a case that is none": (
        push("(i32.store (i32.const 256) (i32.const 0x0a01)) (i32.const 256)"),
        "trap",
        "trap: push-frame of frame 1: ",
    ),
    "a list beyond the memory": (
        take(
            "(i32.store (i32.const 264) (i32.const 65530))"
            "(i32.store (i32.const 268) (i32.const 7)) (i32.const 264)"
        ),
        "trap",
        "trap: take-output after frame 1: ",
    ),
    "memory beyond the memory": (
        {"realloc": PARTS["realloc"].replace("2048", "65533")},
        "trap",
        "trap: push-frame of frame 1: ",
    ),
    "traps": (push("unreachable"), "trap", "trap: push-frame of frame 1: wasm trap: "),
    "loops": (push("(loop (br 0)) unreachable"), "fuel", "more than 1,000,000 instructions"),
    "calls itself": (
        push("(call 1 (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0))"),
        "stack",
        "call stack exhausted",
    ),
    "gives without end": (
        take(
            "(i32.store (i32.const 264) (i32.const 0))"
            "(i32.store (i32.const 268) (i32.const 65536)) (i32.const 264)"
        ),
        "output",
        "it prints without end: more than 100,000 bytes",
    ),
    "needs more memory": (
        {"memory": '(memory (export "memory") 100)'},
        "instance",
        "no instance: ",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_component_that_breaks_its_word(name: str, made: Made, drive: Callable[..., Run]) -> None:
    parts, kind, detail = HOSTILE[name]
    run = drive(made(**parts), RunLimits(fuel=1_000_000, output=100_000, memory=1 << 20))
    assert run.kind == kind, run
    assert detail in run.ended
    assert run.ended.isprintable()
    assert run.exit is None


OTHER_TYPES = {
    "start: func(width: u32, height: u32, options: string)": (
        "start: func(width: s32, height: u32, options: string)",
        "start has not the type",
    ),
    "finish: func(pts: u64) -> result<_, fault>": (
        "finish: func(pts: u64) -> list<u8>",
        "finish has not the type",
    ),
    "take-output: func() -> list<u8>;": ("", f"{NAME} has no function take-output"),
    "    sequence,\n": ("    order,\n", "start has not the type"),
    "package wasmtrim:gif@0.1.0": ("package wasmtrim:gif@0.2.0", f"exports no instance {NAME}"),
}


@pytest.mark.parametrize("line", OTHER_TYPES)
def test_another_interface_is_not_called(
    line: str, made: Made, drive: Callable[..., Run], tmp_path: Path
) -> None:
    wit = (WIT / "frame-stream.wit").read_text()
    assert line in wit
    other, says = OTHER_TYPES[line]
    (tmp_path / "wit").mkdir()
    (tmp_path / "wit" / "other.wit").write_text(wit.replace(line, other))
    version = {"package": "0.2.0"}.get(line.split()[0], "0.1.0")
    parts = {name: part.replace("@0.1.0#", f"@{version}#") for name, part in PARTS.items()}
    run = drive(made(wit=tmp_path / "wit", **parts))
    assert run.kind == "missing"
    assert says in run.detail


def test_a_component_is_called_by_its_interface_alone(made: Made, tmp_path: Path) -> None:
    run = running.run(made(), tmp_path / "run")
    assert (run.kind, run.detail) == (
        "missing",
        "a component is called by its interface; name it under smoke.interface",
    )


PROFILE = """
module: it.wasm
stages: [embed, componentize, trim]
component: {wit: wit}
contract:
  imports: {}
  exports: {"wasmtrim:gif/frame-stream@0.1.0": instance}
limits: {memory: 1 MiB, fuel: 100 k}
smoke:
  input: input
  interface: wasmtrim:gif/frame-stream@0.1.0
  expect: {bytes: expected}
"""


def test_the_contract_speaks_of_the_components_own_names(
    made: Made, module: Assemble, tmp_path: Path, wasm_tools: Tool
) -> None:
    (tmp_path / "input").write_bytes(given(*FRAMES))
    (tmp_path / "expected").write_bytes(b"GIF" + b"".join(FRAMES) + b"end")
    folder = tmp_path / "config" / "profiles"
    folder.mkdir(parents=True)
    (folder / "it.yaml").write_text(PROFILE)
    own = profile.load("it", tmp_path).profile
    grows = {"initialize": '(func (export "_initialize") (drop (memory.grow (i32.const 2))))'}
    whole, core = made(**grows), module(text(**grows), "core.wasm")
    stages = []
    for name, path in (("module", core), ("componentize", whole)):
        run_smoke(path, own, None, tmp_path, tmp_path / name)
        stages.append(StageRun(name, path, tmp_path / name))
    verdict = verify(
        own,
        None,
        stages,
        sizes.measure(whole.read_bytes()),
        wasm_tools=wasm_tools,
        root=tmp_path,
        into=tmp_path / "differences",
    )
    told = {check.name: check.detail for check in verdict.checks}
    assert verdict.ok, told
    assert told["imports"] == "none"
    assert told["exports"] == "all 1 that the contract names"
    assert told["memory"] == ("196,608 of 1,048,576 bytes after its run; 65,536 at the start"), (
        "as the module did before"
    )
    assert told["same at each stage"] == "2 stages give the same"


CLOCKS = """
(component
  (import "wasi:clocks/monotonic-clock@{version}" (instance $m (export "now" (func (result u64)))))
  (core func $now (canon lower (func $m "now")))
  (core module $main
    (import "" "now" (func $now (result i64)))
    (func (export "run") (result i64) (drop (call $now)) (call $now)))
  (core instance $made (instantiate $main (with "" (instance (export "now" (func $now))))))
  (func (export "run") (result u64) (canon lift (core func $made "run"))))
"""


def test_the_clock_is_driven_by_hand(module: Assemble) -> None:
    """Of the version that the engine has, and of another one where nothing else is asked for."""
    import wasmtime
    from wasmtime.component import Component as Made

    from wasmtrim.engine.component import Component

    engine = wasmtime.Engine()
    data = module(CLOCKS.format(version="0.2.12")).read_bytes()
    component = Component(engine, Made(engine, data), {"clock": {"start_ms": 1000, "step_ms": 5}})
    store = wasmtime.Store(engine)
    store.set_wasi(wasmtime.WasiConfig())
    component.instantiate(store)
    assert component.instance is not None
    function = component.instance.get_func(store, "run")
    assert function is not None
    assert function(store) == 1_005_000_000
