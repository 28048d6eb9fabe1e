"""What the calls of a case returned and left in the memory, held against what they must."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from wasmtrim.check import Check, failed, held, of_faults
from wasmtrim.engine.steps import rounded_to_f32
from wasmtrim.profile import Call, Memory, Step
from wasmtrim.verify import run as runs
from wasmtrim.verify.equivalence import first_difference
from wasmtrim.verify.run import Run, Value


def check_call(call: Call, run: Run) -> Check:
    """Judge what the one call returned."""
    (done,) = run.steps or (runs.Step(()),)
    fault = _returns(call.returns, done)
    return failed("returns", fault) if fault else held("returns", f"{done.shown}")


def check_steps(steps: Sequence[Step], run: Run) -> list[Check]:
    """Judge each step that has something to be judged by."""
    returns: list[str] = []
    memory: list[str] = []
    pairs = list(zip(steps, run.steps or (), strict=True))
    for number, (step, done) in enumerate(pairs, 1):
        at = f"step {number}, {step.call}: "
        if step.returns is not None and (fault := _returns(step.returns, done)):
            returns.append(at + fault)
        if step.memory and (fault := _memory(step.memory, done)):
            memory.append(at + fault)
    judged = {
        "returns": (returns, sum(step.returns is not None for step in steps)),
        "memory of steps": (memory, sum(step.memory is not None for step in steps)),
    }
    return [
        of_faults(name, faults, f"as expected of {count} of {len(steps)} steps")
        for name, (faults, count) in judged.items()
        if count
    ]


def _returns(wanted: Sequence[int | float], done: runs.Step) -> str:
    same = len(wanted) == len(done.returns) and all(map(_same, wanted, done.returns))
    return "" if same else f"{done.shown}, expected are {list(wanted)}"


def _same(wanted: float, value: Value) -> bool:
    """Whether a value is the wanted one: of floats bit by bit, as -0.0 is another one than 0.0."""
    kind, found = value
    if kind not in ("f32", "f64"):
        return found == wanted
    expected = rounded_to_f32(wanted) if kind == "f32" else float(wanted)
    return expected is not None and struct.pack("<d", expected) == struct.pack("<d", found)


def _memory(wanted: Memory, done: runs.Step) -> str:
    if done.memory == wanted.wanted and done.length == len(wanted.wanted):
        return ""
    return other_bytes(wanted.wanted, done.memory, done.length)


def other_bytes(wanted: bytes, found: bytes, length: int | None = None) -> str:
    """Say how bytes differ. Of `length` bytes those found are the beginning."""
    at = first_difference(wanted, found)
    return (
        f"{len(found) if length is None else length} bytes, expected are {len(wanted)};"
        f" the first that differs is byte {at}: {_byte(found, at)}, expected is {_byte(wanted, at)}"
    )


def _byte(data: bytes, at: int) -> str:
    return f"{data[at]:#04x}" if at < len(data) else "the end"
