"""What the baseline compiler brings to its end, ends so by the other one, in all figures."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wasmtime
from tests.conftest import WASM_TOOLS

from wasmtrim import wasm
from wasmtrim.engine import private_api
from wasmtrim.engine.run import Way, make_engine
from wasmtrim.verify import child, sandbox
from wasmtrim.verify.run import Run
from wasmtrim.verify.sandbox import Given, RunLimits
from wasmtrim.wasm import Module, bulk

MOST = 1 << 40
VALUES = {"i32": 3, "i64": 5, "f32": 1.5, "f64": 2.5}
Assemble = Callable[[str], bytes]

pytestmark = pytest.mark.skipif(
    bool(private_api.baseline_missing()), reason=private_api.baseline_missing()
)

LOOP = """(module (memory 1) (func (export "_start") (local i32)
  (local.set 0 (i32.const 20))
  (loop
    (memory.fill (i32.const 0) (i32.const 7) (i32.mul (local.get 0) (i32.const 50)))
    (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"""
SETTLED = {
    "nothing": '(module (func (export "_start")))',
    "numbers": """(module (memory 1) (func (export "_start") (local f64)
      (local.set 0 (f64.div (f64.const 0) (f64.const 0)))
      (f64.store (i32.const 0) (f64.sqrt (f64.neg (local.get 0))))))""",
    "fill": LOOP,
    "copy": """(module (memory 1) (data (i32.const 0) "some") (func (export "_start")
      (memory.copy (i32.const 9) (i32.const 0) (i32.const 4))
      (memory.copy (i32.const 9) (i32.const 1) (i32.const 5000))))""",
    "init": """(module (memory 1) (data $d "some bytes") (func (export "_start")
      (memory.init $d (i32.const 0) (i32.const 2) (i32.const 6)) (data.drop $d)))""",
    "grow": """(module (memory 1) (func (export "_start") (local i32)
      (drop (memory.grow (i32.const 3))) (local.set 0 (memory.grow (i32.const 200)))
      (i32.store (i32.const 0) (memory.grow (local.get 0)))))""",
    "exit": """(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const 3))))""",
    "no end": '(module (func (export "_start") (loop (br 0))))',
    "in no order": """(module (memory 1) (func (export "_start") (local i32)
      (block (br 0) (memory.fill) (drop (memory.grow))) (drop (memory.grow (i32.const 1)))))""",
}
NOT_SETTLED = {
    "a trap": '(module (func (export "_start") (unreachable)))',
    "a fill beyond the end": """(module (memory 1) (func (export "_start")
      (memory.fill (i32.const 65530) (i32.const 1) (i32.const 100))))""",
    "growing fails": """(module (memory 1 2) (func (export "_start")
      (drop (memory.grow (i32.const 10))) (drop (memory.grow (i32.const 1000)))))""",
    "much stack": '(module (func $again (export "_start") (call $again)))',
    "no start": '(module (func (export "begin")))',
}
NOT_TAKEN = {
    "two memories": '(module (memory 1) (memory 1) (func (export "_start")))',
    "64 bits": '(module (memory i64 1) (func (export "_start")))',
    "tables": """(module (table 9 funcref) (func (export "_start")
      (table.copy (i32.const 0) (i32.const 1) (i32.const 2))))""",
    "a tail call": '(module (func $f) (func (export "_start") (return_call $f)))',
}


def run(module: bytes, folder: Path, *, baseline: bool, **most: int) -> Run:
    path = folder / "module.wasm"
    path.write_bytes(module)
    limits = RunLimits(**{"fuel": 100_000, **most})
    (found,) = sandbox.run(path, [Given(folder / "run")], run_limits=limits, baseline=baseline)
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The tasks of the child processes."""
    tasks: list[dict[str, Any]] = []
    ask = child.ask

    def kept(script: str, task: dict[str, Any], seconds: float) -> Any:
        tasks.append(task)
        return ask(script, task, seconds)

    monkeypatch.setattr(child, "ask", kept)
    return tasks


@pytest.mark.parametrize("kind", [*SETTLED, *NOT_SETTLED, *NOT_TAKEN])
def test_a_run_is_the_same_either_way(kind: str, assemble: Assemble, tmp_path: Path) -> None:
    module = assemble({**SETTLED, **NOT_SETTLED, **NOT_TAKEN}[kind])
    one, other = (run(module, tmp_path, baseline=baseline) for baseline in (False, True))
    assert one == other
    assert one.kind in ("exit", "fuel") or kind not in SETTLED


def test_fuel_ends_a_run_at_the_same_figure(assemble: Assemble, tmp_path: Path) -> None:
    module = assemble(LOOP)
    whole = run(module, tmp_path, baseline=False).fuel
    assert whole
    for most in (*range(whole - 2, whole + 3), whole // 2, 1_050, 1_070):
        one, other = (run(module, tmp_path, baseline=it, fuel=most) for it in (False, True))
        assert one == other, most


@pytest.mark.parametrize("kind", NOT_TAKEN)
def test_what_cannot_be_counted_is_not_given_to_it(kind: str, assemble: Assemble) -> None:
    module = wasm.read(assemble(NOT_TAKEN[kind]))
    counted = bulk.counted(module)
    if counted == b"":  # it may be counted, and is refused by the compiler
        with pytest.raises(wasmtime.WasmtimeError):
            wasmtime.Module(make_engine(1 << 20, Way.BASELINE), module.data)


def test_a_crash_of_it_is_none_of_the_module(
    asked: list[dict[str, Any]], assemble: Assemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = child.ask

    def crashing(script: str, task: dict[str, Any], seconds: float) -> Any:
        missing = {**task, "baseline": "/nowhere"} if task["baseline"] else task
        return ask(script, missing, seconds)

    monkeypatch.setattr(child, "ask", crashing)
    found = run(assemble(LOOP), tmp_path, baseline=True)
    assert (found.kind, found.exit) == ("exit", 0)
    assert [bool(task["baseline"]) for task in asked] == [True, False]


def test_one_that_ends_by_it_is_compiled_once(
    asked: list[dict[str, Any]], assemble: Assemble, tmp_path: Path
) -> None:
    run(assemble(LOOP), tmp_path, baseline=True)
    (task,) = asked
    assert task["bulk"] == bulk.COUNTS
    assert Path(task["baseline"]).name == "baseline.wasm"


def generated(seed: int) -> bytes:
    """A module of wasm-tools smith that ends, with the features that the compiler takes."""
    choice = random.Random(seed)
    on = ("bulk-memory", "multi-value", "extended-const", "simd")
    off = (
        "reference-types",
        "gc",
        "exceptions",
        "tail-call",
        "threads",
        "memory64",
        "wide-arithmetic",
    )
    switches = [f"--{name}-enabled={str(name in on).lower()}" for name in (*on, *off)]
    shape = [
        "--max-imports=0",
        "--max-memories=1",
        "--min-memories=1",
        "--max-tables=0",
        "--min-funcs=4",
    ]
    small = ["--max-memory32-bytes=1000000", "--min-exports=3", "--relaxed-simd-enabled=false"]
    argv = [WASM_TOOLS, "smith", "--ensure-termination", "--export-everything=true"]
    argv.append(f"--disallow-traps={str(choice.random() < 0.8).lower()}")
    seed_bytes = choice.randbytes(choice.choice([1_000, 5_000, 20_000]))
    ended = subprocess.run(
        [*argv, *shape, *small, *switches], input=seed_bytes, check=True, capture_output=True
    )
    return ended.stdout


def called(module: Module, way: Way, data: bytes) -> list[tuple[str, int]]:
    """What calls of all exports give with zeros, with their fuel; up to one that fails."""
    found: list[tuple[str, int]] = []
    engine = make_engine(1 << 22, way)
    with wasmtime.Store(engine) as store:
        store.set_limits(memory_size=1 << 22)
        store.set_fuel(MOST)
        instance = wasmtime.Instance(store, wasmtime.Module(engine, data), [])
        exports: Any = instance.exports(store)
        for export in module.exports:
            kinds = module.function_type(export.index).params if export.kind == "func" else None
            if kinds is None or not VALUES.keys() >= {*kinds}:
                continue
            try:
                gives = exports[export.name](store, *(VALUES[kind] for kind in kinds))
            except (wasmtime.Trap, wasmtime.WasmtimeError, TypeError):
                break
            fuel = MOST - store.get_fuel()
            if way is Way.BASELINE and data != module.data:
                counted, unknown = (exports[name].value(store) for name in bulk.COUNTS)
                if unknown:
                    break
                fuel += counted
            found.append((repr(gives), fuel))
    return found


def compared(seed: int) -> int:
    """Hold the calls by one compiler against those by the other; tell how many there are."""
    module = wasm.read(generated(seed))
    counted = bulk.counted(module)
    if counted is None:
        return 0
    try:
        one = called(module, Way.BASELINE, counted or module.data)
    except (wasmtime.WasmtimeError, wasmtime.Trap):  # there is no instance
        return 0
    other = called(module, Way.HURRIED, module.data)
    assert one == other[: len(one)], seed
    return len(one)


def test_modules_of_every_feature_take_the_same_fuel() -> None:
    assert sum(map(compared, range(100))) > 30


@pytest.mark.long
def test_some_thousand_modules_take_the_same_fuel() -> None:
    assert sum(map(compared, range(1_000, 5_000))) > 500
