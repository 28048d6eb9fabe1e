"""A reactor is given an animation by the calls of its interface, and believed nothing."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.verify import running
from tests.verify.reactor import FRAMES, NAME, PARTS, exported, given, push, start, take, text

from wasmtrim.engine.interface import Misuse
from wasmtrim.engine.interfaces import frame_stream
from wasmtrim.verify.run import Run
from wasmtrim.verify.sandbox import RunLimits

Assemble = Callable[..., Path]
USUAL = RunLimits()


@pytest.fixture
def drive(module: Assemble, tmp_path: Path) -> Callable[..., Run]:
    """Gives two frames to the reactor above, with other parts in place of its own."""

    def run(run_limits: RunLimits = USUAL, **parts: str) -> Run:
        path = module(text(**parts))
        (tmp_path / "input").write_bytes(given(*FRAMES))
        return running.run(path, tmp_path / "run", drive=tmp_path / "input", run_limits=run_limits)

    return run


def test_what_the_calls_give_is_the_output(drive: Callable[..., Run], tmp_path: Path) -> None:
    run = drive()
    assert (run.kind, run.detail, run.exit) == ("exit", "", 0)
    assert (tmp_path / "run" / "stdout").read_bytes() == b"GIF" + b"".join(FRAMES) + b"end"
    assert drive() == run


def test_the_fuel_is_that_of_all_calls(drive: Callable[..., Run]) -> None:
    loop = """(local $i i32)
      (loop (br_if 0 (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))"""
    plain = drive()
    longer = drive(initialize=f'(func (export "_initialize") {loop})')
    each = drive(more=f"(start $begin) (func $begin {loop})")
    assert plain.fuel
    assert longer.fuel
    assert longer.fuel - plain.fuel > 4000
    assert each.fuel
    assert each.fuel > 4000


def test_times_rise_by_the_delay_in_hundredths(drive: Callable[..., Run], tmp_path: Path) -> None:
    """The guest hands out the time of each frame, 8 bytes of it."""
    told = push(
        """(i64.store (i32.const 3000) (local.get 2))
        (call $put (i32.const 3000) (i32.const 8)) (i32.const 256)"""
    )
    drive(**told)
    output = (tmp_path / "run" / "stdout").read_bytes()
    assert struct.unpack("<2Q", output[3:-3]) == (1, 50_000_001)


@pytest.mark.parametrize(
    ("calls", "says"),
    [
        ([("push-frame", b"1234", 0, 1, 1)], "its pts is 0; it must be above zero, and a u64"),
        (
            [("push-frame", b"1234", 9, 1, 1), ("push-frame", b"1234", 9, 1, 1)],
            "its pts is 9; it must be above 9, and a u64",
        ),
        (
            [("push-frame", b"1234", 9, 1, 1), ("finish", 8)],
            "its pts is 8; it must be above 9, and a u64",
        ),
        ([("push-frame", b"12345", 1, 1, 1)], "it has 5 bytes; 1x1 pixels have 4"),
        ([("push-frame", b"12345678", 1, 2, 1)], "it is 2x1 pixels, and start said 1x1"),
    ],
)
def test_a_call_that_the_interface_forbids_is_not_made(
    calls: list[tuple[Any, ...]], says: str
) -> None:
    made: list[str] = []

    class Guest:
        def call(self, name: str, *_: object) -> None:
            made.append(name)

    shim = frame_stream.Shim(Guest())
    shim.call("start", 1, 1, "")
    for call in calls[:-1]:
        shim.call(*call)
    with pytest.raises(Misuse) as refused:
        shim.call(*calls[-1])
    assert str(refused.value) == says
    assert len(made) == len(calls)


def test_times_that_do_not_rise_are_told_with_the_frame(
    drive: Callable[..., Run], module: Assemble, tmp_path: Path
) -> None:
    """A delay of an age: the second frame's time is no u64."""
    (tmp_path / "aged").write_bytes(given(*FRAMES, delay=1 << 60))
    run = running.run(module(text()), tmp_path / "run", drive=tmp_path / "aged")
    assert run.kind == "interface"
    assert run.detail.startswith("push-frame of frame 2: its pts is ")
    assert run.detail.endswith("; it must be above 1, and a u64")


HOSTILE = {
    "refuses": (
        push("(i32.store (i32.const 256) (i32.const 0x0801)) (i32.const 256)"),
        "interface",
        "push-frame of frame 1: frame-size",
    ),
    "refuses at the start": (
        start("(i32.store (i32.const 256) (i32.const 1)) (i32.const 256)"),
        "interface",
        "start: bad-json",
    ),
    "a case that is none": (
        push("(i32.store (i32.const 256) (i32.const 0x0a01)) (i32.const 256)"),
        "interface",
        "push-frame of frame 1: the result at 0x100 is 1, 10: no value of its type",
    ),
    "neither good nor bad": (
        push("(i32.store (i32.const 256) (i32.const 2)) (i32.const 256)"),
        "interface",
        "push-frame of frame 1: the result at 0x100 is 2, 0: no value of its type",
    ),
    "a result beyond the memory": (
        start("(i32.const 65535)"),
        "interface",
        "start: the result of 2 bytes at 0xffff lies beyond its memory",
    ),
    "a result at the end of all addresses": (
        take("(i32.const -4)"),
        "interface",
        "take-output after frame 1: the result of 8 bytes at 0xfffffffc lies beyond its memory",
    ),
    "a list beyond the memory": (
        take(
            "(i32.store (i32.const 264) (i32.const 65530))"
            "(i32.store (i32.const 268) (i32.const 7)) (i32.const 264)"
        ),
        "interface",
        "take-output after frame 1: the list of 7 bytes at 0xfffa lies beyond its memory",
    ),
    "a list of nearly all addresses": (
        take(
            "(i32.store (i32.const 264) (i32.const 1))"
            "(i32.store (i32.const 268) (i32.const -1)) (i32.const 264)"
        ),
        "interface",
        "take-output after frame 1: the list of 4294967295 bytes at 0x1 lies beyond its memory",
    ),
    "a list that is not aligned": (
        take("(i32.const 257)"),
        "interface",
        "take-output after frame 1: the result at 0x101 is not aligned to 4 bytes",
    ),
    "memory beyond the memory": (
        {"realloc": PARTS["realloc"].replace("2048", "65533")},
        "interface",
        "push-frame of frame 1: realloc gives 4 bytes at 0xfffd, beyond its memory",
    ),
    "memory at the end of all addresses": (
        {"realloc": PARTS["realloc"].replace("2048", "-1")},
        "interface",
        "start: realloc gives 0 bytes at 0xffffffff, beyond its memory",
    ),
    "no memory for arguments": (
        {"realloc": PARTS["realloc"].replace("(i32.const 2048)", "unreachable")},
        "trap",
        "start: unreachable in function 4, byte",
    ),
    "traps": (push("unreachable"), "trap", "push-frame of frame 1: unreachable in function"),
    "traps at the beginning": (
        {"initialize": '(func (export "_initialize") unreachable)'},
        "trap",
        "trap: _initialize: unreachable in function",
    ),
    "loops": (push("(loop (br 0)) unreachable"), "fuel", "more than 1,000,000 instructions"),
    "exits well": (
        {
            **push("(call $exit (i32.const 0)) (i32.const 256)"),
            "imports": '(func $exit (import "wasi_snapshot_preview1" "proc_exit") (param i32))',
        },
        "interface",
        "push-frame of frame 1: it ends with exit status 0",
    ),
    "gives without end": (
        take(
            "(i32.store (i32.const 264) (i32.const 0))"
            "(i32.store (i32.const 268) (i32.const 65536)) (i32.const 264)"
        ),
        "output",
        "it prints without end: more than 100,000 bytes",
    ),
    "a function is missing": ({"finish": ""}, "missing", f"it exports no function {NAME}#finish"),
    "something else of that name": (
        {"finish": f'(global (export "{NAME}#finish") i32 (i32.const 0))'},
        "missing",
        f"it exports no function {NAME}#finish",
    ),
    "a function of another type": (
        {"finish": exported("finish", "(param i32) (result i32)", "(i32.const 256)")},
        "missing",
        f"{NAME}#finish is func(i32) -> i32, and the interface asks for func(i64) -> i32",
    ),
    "no memory": (
        {"memory": "(memory 1)"},
        "missing",
        "it exports no memory",
    ),
    "no realloc": ({"realloc": ""}, "missing", "it exports no function cabi_realloc"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_reactor_that_breaks_its_word(name: str, drive: Callable[..., Run]) -> None:
    parts, kind, detail = HOSTILE[name]
    run = drive(RunLimits(fuel=1_000_000, output=100_000), **parts)
    assert run.kind == kind, run
    assert detail in run.ended
    assert run.ended.isprintable()
    assert run.exit is None


def test_a_function_for_exports_alone_comes_first(drive: Callable[..., Run]) -> None:
    """In a component, cabi_realloc may belong to the imports."""
    own = '(func (export "cabi_export_realloc") (param i32 i32 i32 i32) (result i32)'
    other = PARTS["realloc"].replace("(i32.const 2048)", "unreachable")
    assert drive(realloc=f"{other} {own} (i32.const 2048))").exit == 0


def test_what_was_taken_is_given_back(drive: Callable[..., Run], tmp_path: Path) -> None:
    """Each call of cabi_post_ is a byte more at the end, and a wrong address traps."""
    post = f"""(func (export "cabi_post_{NAME}#take-output") (param i32)
      (if (i32.ne (local.get 0) (i32.const 264)) (then unreachable))
      (call $put (i32.const 514) (i32.const 1)))"""
    assert drive(more=post).exit == 0
    assert (tmp_path / "run" / "stdout").read_bytes() == b"GIF\1\2\3\4F\5\6\7\x08Fend"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "its header is not JSON"),
        (b"\2\0\0\0[]", "its header is not a JSON object"),
        (given(b"....", width=0), "width in its header is 0, not a whole number from 1 on"),
        (given(b"....", frames=True), "frames in its header is True"),
        (given(b"....", delay=0), "delay in its header is 0, not a whole number from 5 on"),
        (given(b"....", pixels="indexed"), "its pixels are not rgba"),
        (given(b"...."[1:]), "3 bytes follow its header; 1 frames of 1x1 are 4"),
        (given(b"....."), "5 bytes follow its header; 1 frames of 1x1 are 4"),
    ],
)
def test_an_input_that_is_none_is_told(data: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        frame_stream.read(data)


def test_what_else_the_header_says_are_the_options() -> None:
    assert frame_stream.read(given(b"....", effort=2)).options == '{"effort": 2}'
    assert frame_stream.read(given(b"....")).options == ""
