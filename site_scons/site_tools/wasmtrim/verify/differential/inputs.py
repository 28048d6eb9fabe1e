"""What a module is given beside its cases: inputs and arguments made of theirs, by a seed."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from wasmtrim import atomic
from wasmtrim.engine.interfaces import INTERFACES
from wasmtrim.verify.differential.mutation import edge, mutated
from wasmtrim.verify.sandbox import Given
from wasmtrim.wasm import Binary, Module
from wasmtrim.wasm.types import FuncType

SEED = 1
_KEPT_BYTES = 1 << 16  # of a case's input: what is made of a longer one is not kept
_INTEGERS = (
    0,
    1,
    -1,
    2,
    3,
    7,
    8,
    10,
    31,
    32,
    63,
    64,
    100,
    127,
    128,
    255,
    256,
    1000,
    65_535,
    65_536,
)
_FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, 1e-30, 1e30, 2147483648.0, math.inf, math.nan)
_BITS = {"i32": 32, "i64": 64}


def generated(cases: Sequence[Given], binary: Binary, runs: int, folder: Path) -> list[Given]:
    """Make what `runs` runs are given, from each case in turn; files go below `folder`.

    The same for equal cases, on every machine.
    """
    kinds = _kinds(binary)
    made = []
    for number in range(runs):
        case, turn = cases[number % len(cases)], number // len(cases)
        seed = f"{SEED} {number}"
        into = folder / str(number)
        into.mkdir(parents=True)
        steps = _steps(case.steps, kinds, Random(seed))
        stdin = None if case.steps else _input(case, turn, seed, into / "input")
        made.append(dataclasses.replace(case, into=into, stdin=stdin, steps=steps))
    return made


def _kinds(binary: Binary) -> Mapping[str, tuple[str, ...]]:
    """The parameters' types of the exported functions."""
    if not isinstance(binary, Module):
        return {}
    kinds = ((entry.name, entry.type) for entry in binary.exports)
    return {name: kind.params for name, kind in kinds if isinstance(kind, FuncType)}


def _input(case: Given, turn: int, seed: str, file: Path) -> Path:
    data = case.stdin.read_bytes() if case.stdin else b""
    make = _made if len(data) <= _KEPT_BYTES else _made.__wrapped__
    atomic.write_scratch(file, make(case.interface, data, turn, seed))
    return file


@lru_cache(maxsize=128)  # profiles of one program often have equal cases
def _made(interface: str | None, data: bytes, turn: int, seed: str) -> bytes:
    random = Random(seed)
    if interface:
        return _readable(interface, data, random)
    # Every other one is of an unusual size, until there are no more of them.
    unusual = edge(data, turn // 2) if turn % 2 else None
    return mutated(data, random) if unusual is None else unusual


def _readable(interface: str, data: bytes, random: Random) -> bytes:
    """An input that the interface's calls can give."""
    for _ in range(20):
        made = mutated(data, random)
        try:
            INTERFACES[interface].read(made)
        except ValueError:
            continue
        return made
    return data


def _steps(
    steps: Sequence[Mapping[str, Any]], kinds: Mapping[str, tuple[str, ...]], random: Random
) -> list[Mapping[str, Any]]:
    return [
        {**step, "args": [*_args(step["args"], kinds.get(step["call"], ()), random)]}
        for step in steps
    ]


def _args(
    args: Sequence[Mapping[str, Any]], kinds: tuple[str, ...], random: Random
) -> Iterator[Mapping[str, Any]]:
    at = 0
    for arg in args:
        if "step" in arg:
            yield arg
            kinds, at = (), 0  # how many values it gives is not known here
        elif "number" in arg:
            kind = kinds[at] if at < len(kinds) else ""
            at += 1
            yield {"number": _number(kind, arg["number"], random)} if kind else arg
        else:
            at += 1 + arg["length"]
            data = Path(arg["file"]).read_bytes() if arg["file"] else bytes.fromhex(arg["hex"])
            yield {**arg, "file": None, "hex": mutated(data, random).hex()}


def _number(kind: str, base: float, random: Random) -> int | float:
    """A value of a type: near to the case's, at an edge, or any."""
    if kind in _BITS:
        half = 1 << (_BITS[kind] - 1)
        near = (base - 1, base, base + 1, 2 * base)
        value = random.choice((*near, *_INTEGERS, half - 1, -half, random.randrange(-half, half)))
        return (int(value) + half) % (2 * half) - half
    return random.choice((base, base + 1, -base, *_FLOATS, random.uniform(-1e6, 1e6)))
