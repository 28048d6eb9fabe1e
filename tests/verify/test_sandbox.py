"""However a guest ends, or doesn't, there is one line that says how."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.verify import running

from wasmtrim.errors import ToolError
from wasmtrim.process import Finished
from wasmtrim.verify import child
from wasmtrim.verify.run import Run, Step
from wasmtrim.verify.sandbox import RunLimits

Assemble = Callable[..., Path]

PRINTS = """
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00hello\\nhello\\n")
  (data (i32.const 16) "hello\\n")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))))
"""
READS = """
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
  (func (export "_start")
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))))
"""
LOOPS = '(module (func (export "_start") (loop (br 0))))'


def test_what_it_writes_lies_beside_how_it_ended(module: Assemble, tmp_path: Path) -> None:
    into = tmp_path / "run"
    run = running.run(module(PRINTS), into)
    assert (run.kind, run.exit, run.ended) == ("exit", 0, "exit status 0")
    assert (into / "stdout").read_bytes() == b"hello\n"
    assert (run.stdout_bytes, run.said) == (6, "hello")
    assert sorted(path.name for path in into.iterdir()) == ["run.json", "stderr", "stdout"]
    assert Run.read(into) == run


def test_fuel_is_that_of_the_instructions(module: Assemble, tmp_path: Path) -> None:
    text = '(module (func (export "_start") (nop) (drop (i32.const 1))))'
    first = running.run(module(text), tmp_path / "run")
    more = running.run(module(text.replace("(nop)", "(drop (i32.const 2))")), tmp_path / "run")
    assert first.fuel is not None
    assert more.fuel == first.fuel + 1


def test_a_guest_that_waits_for_its_host_is_ended(module: Assemble, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    held = os.open(pipe, os.O_RDWR)  # so that reading it waits for what never comes
    try:
        run = running.run(
            module(READS), tmp_path / "run", stdin=pipe, run_limits=RunLimits(seconds=1)
        )
    finally:
        os.close(held)
    assert run.ended == "it blocks in a host call: no end after 1 s"


@pytest.mark.parametrize(
    ("text", "run_limits", "ended"),
    [
        (LOOPS, RunLimits(seconds=1), "it loops, or needs more than 1 s"),
        (LOOPS, RunLimits(fuel=1000), "it loops, or needs more than 1,000 instructions"),
        (PRINTS, RunLimits(output=11), "it prints without end: more than 11 bytes"),
        ("(module)", RunLimits(), "it exports no function _start; name one under"),
        (
            '(module (memory 2) (func (export "_start")))',
            RunLimits(memory=65_536),
            "no instance: memory minimum size of 2 pages exceeds memory limits",
        ),
        (
            '(module (table 9 funcref) (func (export "_start")))',
            RunLimits(table=8),
            "no instance: table minimum size of 9 elements exceeds table limits",
        ),
    ],
)
def test_a_bound_that_ends_a_run_is_named(
    text: str, run_limits: RunLimits, ended: str, module: Assemble, tmp_path: Path
) -> None:
    run = running.run(module(text), tmp_path / "run", run_limits=run_limits)
    assert run.ended.startswith(ended)


def test_output_up_to_the_bound_is_fine(module: Assemble, tmp_path: Path) -> None:
    assert running.run(module(PRINTS), tmp_path / "run", run_limits=RunLimits(output=12)).exit == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no instance: "),
        (b"\0asm\x01\0\0\0\x01\xff\xff\xff\xff\x0f", "no instance: "),
        (b"(module)", "no instance: "),  # text is not taken for a module
    ],
)
def test_bytes_that_are_no_module(data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "module.wasm"
    path.write_bytes(data)
    run = running.run(path, tmp_path / "run")
    assert run.ended.startswith(reason)
    assert (tmp_path / "run" / "stdout").read_bytes() == b""


def test_a_call_gives_what_the_export_returns(module: Assemble, tmp_path: Path) -> None:
    add = """(module (func (export "add") (param i32 f64 i64) (result f64)
      (f64.add (f64.convert_i32_u (local.get 0)) (local.get 1))))"""
    run = running.run(module(add), tmp_path / "run", call=("add", (4294967295, 0.5, -1)))
    assert run.steps == (Step((("f64", 4294967295.5),)),)


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        ("i32", 1 << 32, "same: it takes (i32), argument 1 is 4294967296"),
        ("i64", -(1 << 63) - 1, "same: it takes (i64), argument 1 is -9223372036854775809"),
        ("i32", 1.5, "same: it takes (i32), argument 1 is 1.5"),
        ("f32", 1e39, "same: it takes (f32), argument 1 is 1e+39"),
        ("externref", 0, "same: it takes (anyref), argument 1 is 0"),
    ],
)
def test_an_argument_that_the_type_has_not_is_not_wrapped(
    kind: str, given: float, says: str, module: Assemble, tmp_path: Path
) -> None:
    same = f'(module (func (export "same") (param {kind})))'
    run = running.run(module(same), tmp_path / "run", call=("same", (given,)))
    assert (run.kind, run.detail) == ("missing", says)


def test_the_host_shows_no_environment(
    module: Assemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "1")
    sizes = """(module
      (import "wasi_snapshot_preview1" "environ_sizes_get"
        (func $sizes (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "count") (result i32)
        (drop (call $sizes (i32.const 0) (i32.const 4))) (i32.load (i32.const 0))))"""
    assert running.run(module(sizes), tmp_path / "run", call=("count", ())).steps == (
        Step((("i32", 0),)),
    )


def test_a_shared_memory_is_bounded_too(module: Assemble, tmp_path: Path) -> None:
    text = '(module (memory 1 65536 shared) (func (export "_start")))'
    run = running.run(module(text), tmp_path / "run")
    assert run.kind in ("exit", "instance")  # by how much address space it would reserve


@pytest.mark.parametrize(
    ("ended", "kind", "line"),
    [
        (None, "crash", "the engine did not end after"),
        (Finished((), -signal.SIGSEGV, b"", b"", 0), "crash", "the engine crashed, killed by"),
        (
            Finished((), -signal.SIGABRT, b"", b"memory allocation of 99 bytes failed\n", 0),
            "memory",
            "it and its engine need more than 1 GiB of memory",
        ),
        (Finished((), 1, b"", b"Trace\nValueError: \x1b[31m\n", 0), "crash", "the engine crashed"),
    ],
)
def test_an_engine_that_dies_is_a_verdict(
    ended: Finished | None,
    kind: str,
    line: str,
    module: Assemble,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child, "ask", lambda *_: ended)
    run = running.run(module(LOOPS), tmp_path / "run")
    assert run.kind == kind
    assert run.ended.startswith(line)
    assert run.ended.isprintable()


def test_a_package_that_is_missing_is_our_failure(
    module: Assemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Path(os.__file__).parent
    monkeypatch.setattr(sys, "path", [str(library), str(library / "lib-dynload")])
    with pytest.raises(ToolError, match="No module named 'wasmtime'"):
        running.run(module(LOOPS), tmp_path / "run")
    assert not (tmp_path / "run" / "stdout").exists()


def test_an_interrupt_leaves_nothing(
    module: Assemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(child, "ask", interrupted)
    with pytest.raises(KeyboardInterrupt):
        running.run(module(LOOPS), tmp_path / "run")
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.long
@pytest.mark.parametrize("text", [LOOPS, READS], ids=["loops", "blocks"])
def test_it_ends_within_two_seconds_of_its_limit(
    text: str, module: Assemble, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    held = os.open(pipe, os.O_RDWR)
    begun = time.monotonic()
    running.run(module(text), tmp_path / "run", stdin=pipe, run_limits=RunLimits(seconds=3))
    os.close(held)
    assert 3 <= time.monotonic() - begun < 5


def test_another_wasmtrim_on_the_search_path_is_left_alone(
    module: Assemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other" / "wasmtrim").mkdir(parents=True)
    (tmp_path / "other" / "wasmtrim" / "__init__.py").write_text("raise SystemExit(9)")
    monkeypatch.syspath_prepend(tmp_path / "other")
    assert running.run(module(PRINTS), tmp_path / "run").ended == "exit status 0"
