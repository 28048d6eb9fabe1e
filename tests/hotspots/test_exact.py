"""Fuel, calls and allocations by function and call stack, out of real runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from wasmtrim.errors import CheckError, UsageError
from wasmtrim.hotspots import exact, subject, summary
from wasmtrim.hotspots.runtime import DEPTH
from wasmtrim.records.hotspots import NO_PARENT, HotspotsRecord
from wasmtrim.toolchain import Locator
from wasmtrim.verify.sandbox import RunLimits

Assemble = Callable[[str], bytes]
WASI = """(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)"""


@pytest.fixture
def measure(tmp_path: Path, assemble: Assemble) -> Callable[..., HotspotsRecord]:
    def measured(text: str, given: bytes | None = None, *args: str) -> HotspotsRecord:
        file = tmp_path / "it.wasm"
        file.write_bytes(assemble(text))
        read = tmp_path / "input"
        if given is not None:
            read.write_bytes(given)
        taken = subject.of_module(file, read if given is not None else None, args, tmp_path / "r")
        return exact.measure(taken, tmp_path / "r")

    return measured


Measure = Callable[..., HotspotsRecord]


def stacks(record: HotspotsRecord) -> dict[str, tuple[int, int]]:
    """Calls and fuel by the names in a stack."""
    found: list[str] = []
    for stack in record.stacks:
        above = "" if stack.parent == NO_PARENT else f"{found[stack.parent]} "
        found.append(above + record.functions[stack.function].name)
    return {name: (s.calls, s.fuel) for name, s in zip(found, record.stacks, strict=True)}


def test_calls_and_fuel_by_call_stack(measure: Measure) -> None:
    record = measure("""(module
        (func $leaf (param i32) (drop (i32.mul (local.get 0) (local.get 0))))
        (func $twice (call $leaf (i32.const 1)) (call $leaf (i32.const 2)))
        (func $main (export "_start") (call $twice) (call $leaf (i32.const 3)) (call $twice)))""")
    assert stacks(record) == {
        "main": (1, 5),
        "main twice": (2, 10),
        "main twice leaf": (4, 16),
        "main leaf": (1, 4),
    }
    assert record.cases[0].fuel == record.cases[0].shipped == 35
    assert record.notes == ()
    leaf, main = (
        next(figures for at, figures in summary.by_function(record).items()
             if record.functions[at].name == name)
        for name in ("leaf", "main")
    )  # fmt: skip
    assert (leaf.own, leaf.total, leaf.calls) == (20, 20, 5)
    assert (main.own, main.total, main.calls) == (5, 35, 1)


def test_a_function_that_calls_itself_counts_once(measure: Measure) -> None:
    record = measure("""(module
        (func $down (param i32) (if (local.get 0)
            (then (call $down (i32.sub (local.get 0) (i32.const 1))))))
        (func $main (export "_start") (call $down (i32.const 9))))""")
    figures = {record.functions[at].name: f for at, f in summary.by_function(record).items()}
    assert figures["down"].calls == 10
    assert figures["down"].total == figures["down"].own == record.cases[0].fuel - 3


def test_stacks_that_are_too_deep_are_cut_and_the_sum_is_whole(measure: Measure) -> None:
    record = measure(f"""(module
        (func $down (param i32) (if (local.get 0)
            (then (call $down (i32.sub (local.get 0) (i32.const 1))))))
        (func $main (export "_start") (call $down (i32.const {3 * DEPTH}))))""")
    assert record.cases[0].fuel == record.cases[0].shipped == summary.total(record)
    assert any("they were cut" in note for note in record.notes)
    assert "(stacks that were cut)" in {row.name for row in record.functions}
    assert len(record.stacks) <= 2 * DEPTH + 2


def test_an_exit_deep_inside_keeps_the_counts(measure: Measure) -> None:
    record = measure(f"""(module {WASI}
        (func $deep (call $exit (i32.const 7)) (drop (i32.const 1)))
        (func $main (export "_start") (call $deep) (drop (i32.const 1)) (drop (i32.const 1))))""")
    assert record.cases == (("", "exit status 7", 5, 5),)
    assert stacks(record)["main deep exit"] == (1, 0)


def test_a_trap_keeps_the_counts_up_to_there(measure: Measure) -> None:
    record = measure("""(module
        (func $bad (drop (i32.div_u (i32.const 1) (i32.const 0))))
        (func $good) (func $main (export "_start") (call $good) (call $bad)))""")
    assert record.cases[0].ended.startswith("trap: integer division by zero")
    assert stacks(record) == {"main": (1, 3), "main good": (1, 1), "main bad": (1, 4)}
    assert "instructions around the trap" in record.notes[0]


def test_an_exception_leaves_the_functions_that_it_passes(measure: Measure) -> None:
    record = measure("""(module (tag $t)
        (func $throw (throw $t)) (func $between (call $throw)) (func $after)
        (func $main (export "_start")
            (block $caught (try_table (catch $t $caught) (call $between)))
            (call $after)))""")
    assert "main after" in stacks(record)
    assert record.cases[0].fuel == record.cases[0].shipped


def test_a_start_function_counts_too(measure: Measure) -> None:
    record = measure("""(module (func $first (drop (i32.const 1))) (start $first)
        (func $main (export "_start")))""")
    assert stacks(record) == {"first": (1, 2), "main": (1, 1)}


def test_a_trap_in_a_start_function_leaves_nothing_to_read(measure: Measure) -> None:
    with pytest.raises(CheckError, match="in its start function, so that there is nothing"):
        measure('(module (func $first unreachable) (start $first) (func (export "_start")))')


def test_allocations_by_call_stack(measure: Measure) -> None:
    record = measure("""(module (memory 1)
        (func $malloc (param i32) (result i32) (call $dlmalloc (local.get 0)))
        (func $dlmalloc (param i32) (result i32) i32.const 64)
        (func $calloc (param i32 i32) (result i32) i32.const 64)
        (func $cabi_realloc (param i32 i32 i32 i32) (result i32) i32.const 64)
        (func $user (drop (call $malloc (i32.const 100))) (drop (call $malloc (i32.const 20)))
            (drop (call $calloc (i32.const 6) (i32.const 7))))
        (func $main (export "_start") (call $user) (drop (call $cabi_realloc
            (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 9)))))""")
    asked = {
        record.functions[stack.function].name: (stack.allocations, stack.allocated)
        for stack in record.stacks
        if stack.allocations
    }
    assert asked == {"malloc": (2, 120), "calloc": (1, 42), "cabi_realloc": (1, 9)}
    figures = {record.functions[at].name: f for at, f in summary.by_function(record).items()}
    assert (figures["user"].allocations, figures["user"].allocated) == (3, 162)
    assert (figures["main"].allocations, figures["main"].allocated) == (4, 171)


@pytest.mark.parametrize(
    ("name", "params", "given", "asked"),
    [
        ("runtime.alloc", "i32 i32", (30, 0), 30),
        ("runtime.realloc", "i32 i32", (8, 31), 31),
        ("malloc", "i64", (32,), 32),
        ("__rust_alloc_zeroed", "i32 i32", (33, 8), 33),
        ("_RNvCs5QKde7ScR4E_7___rustc14___rust_realloc", "i32 i32 i32 i32", (8, 9, 1, 34), 34),
        ("~lib/rt/itcms/__new", "i32 i32", (35, 4), 35),
        ("free", "i32", (36,), 0),
        ("malloc", "f32", (37,), 0),
    ],
)
def test_allocators_of_each_compiler(
    measure: Measure, name: str, params: str, given: tuple[int, ...], asked: int
) -> None:
    kinds = zip(params.split(), given, strict=True)
    values = " ".join(f"({kind}.const {value})" for kind, value in kinds)
    record = measure(f"""(module
        (func $"{name}" (param {params}))
        (func $main (export "_start") (call $"{name}" {values})))""")
    assert sum(stack.allocated for stack in record.stacks) == asked
    assert sum(stack.allocations for stack in record.stacks) == bool(asked)


def test_initial_values_are_what_the_engine_adds(measure: Measure) -> None:
    record = measure("""(module (global i32 (i32.add (i32.const 1) (i32.const 2)))
        (func (export "_start")))""")
    assert record.cases[0].fuel == 1
    assert "+" in record.notes[0]
    assert "initial values" in record.notes[0]


def test_a_module_without_end_is_refused(tmp_path: Path, assemble: Assemble) -> None:
    file = tmp_path / "it.wasm"
    file.write_bytes(assemble('(module (func (export "_start") (loop (br 0))))'))
    taken = subject.of_module(file, None, [], tmp_path)
    bounded = replace(taken.conditions, run_limits=RunLimits(fuel=10_000))
    with pytest.raises(CheckError, match=r"it\.wasm: the shipped module: it loops"):
        exact.measure(replace(taken, conditions=bounded), tmp_path)


def test_a_reactor_that_nobody_knows_is_refused(measure: Measure) -> None:
    with pytest.raises(UsageError, match="no _start and no interface that is known"):
        measure('(module (func (export "run")))')


GO = r"""
package main

import (
	"io"
	"os"
	"strings"
)

type shape struct{ a, b, c int }

//go:noinline
func allocate(n int) []*shape {
	made := make([]*shape, 0)
	for i := 0; i < n; i++ {
		made = append(made, &shape{i, i, i})
	}
	return made
}

//go:noinline
func wait(done chan int) { done <- 1 }

func main() {
	input, _ := io.ReadAll(os.Stdin)
	done := make(chan int)
	go wait(done)
	<-done
	println(len(allocate(1000)), strings.ToUpper(string(input)), len(os.Args))
}
"""


@pytest.fixture(scope="session")
def go_module(locator: Locator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    go = locator.find("go")
    (folder / "go.mod").write_text("module sample\n\ngo 1.22\n")
    (folder / "main.go").write_text(GO)
    fixed = {"GOOS": "wasip1", "GOARCH": "wasm", "GOENV": "off", "GOFLAGS": "", "GOWORK": "off"}
    argv = [*go.argv, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", "m.wasm"]
    subprocess.run(argv, cwd=folder, env={**os.environ, **go.env, **fixed}, check=True)
    return folder / "m.wasm"


def test_a_program_of_standard_go_to_the_last_instruction(go_module: Path, tmp_path: Path) -> None:
    given = tmp_path / "input"
    given.write_text("some text")
    taken = subject.of_module(go_module, given, ["one", "two"], tmp_path)
    record = exact.measure(taken, tmp_path)
    (case,) = record.cases
    assert case.ended.startswith("exit status 0")
    assert case.fuel == case.shipped == summary.total(record) > 100_000
    figures = {record.functions[at].name: f for at, f in summary.by_function(record).items()}
    assert figures["main.allocate"].calls == 1
    assert 1_000 <= figures["main.allocate"].allocations <= 1_050  # one a shape, and the slice's
    assert figures["main.allocate"].allocated >= 24_000
    row = next(row for row in record.functions if row.name == "main.allocate")
    assert (row.package, row.where) == ("main", "sample/main.go:13")
