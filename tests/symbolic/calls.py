"""Functions written as text, executed by terms and by wasmtime."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pytest
import wasmtime

from wasmtrim.symbolic.body import Body, Named
from wasmtrim.wasm import read
from wasmtrim.wasm.types import MemoryType

z3 = pytest.importorskip("z3", reason="the extra `proof` is not installed")

from wasmtrim.symbolic import execution, memory  # noqa: E402
from wasmtrim.symbolic.comparison import Surroundings, Verdict, compare  # noqa: E402

WIDTHS = {"i32": 32, "i64": 64, "f32": 32, "f64": 64}
GLOBALS = {"global$0": "i32", "global$1": "i64"}
AROUND = Surroundings(GLOBALS, GLOBALS.keys(), {}, MemoryType(1, 2))
MODULE = """(module (memory (export "memory") 1 2)
  (global (export "g0") (mut i32) (i32.const 5)) (global (export "g1") (mut i64) (i64.const -7))
  {functions})"""


@dataclass(frozen=True)
class Done:
    """What a call did: its results and the globals as bits, the memory's bytes that aren't zero."""

    trapped: bool
    results: tuple[int, ...]
    globals: tuple[int, ...]
    memory: dict[int, int]


def module(*functions: str) -> bytes:
    """The module of functions, each without its parentheses; they are f0, f1, ..."""
    texts = [f'(func (export "f{at}") {text})' for at, text in enumerate(functions)]
    return bytes(wasmtime.wat2wasm(MODULE.format(functions=" ".join(texts))))


def body(data: bytes, number: int = 0) -> Body:
    return Named.of(read(data)).bodies[str(number)]


def verdict(old: str, new: str, around: Surroundings = AROUND) -> Verdict:
    """Compare two functions."""
    return compare(body(module(old)), body(module(new)), around)


def by_wasmtime(data: bytes, arguments: Sequence[int], number: int = 0) -> Done:
    """Call the function in a new instance."""
    engine, compiled = _compiled(data)
    store = wasmtime.Store(engine)
    exports = wasmtime.Instance(store, compiled, []).exports(store)
    results: tuple[int, ...] = ()
    trapped = False
    called = exports[f"f{number}"]
    assert isinstance(called, wasmtime.Func)
    widths = [WIDTHS[str(kind)] for kind in called.type(store).results]
    try:
        found = called(store, *map(_signed, arguments, [str(k) for k in called.type(store).params]))
        listed = found if isinstance(found, list) else [] if found is None else [found]
        results = tuple(value % (1 << width) for value, width in zip(listed, widths, strict=True))
    except wasmtime.Trap:
        trapped = True
    values = []
    for name, width in (("g0", 32), ("g1", 64)):
        each = exports[name]
        assert isinstance(each, wasmtime.Global)
        values.append(each.value(store) % (1 << width))
    mem = exports["memory"]
    assert isinstance(mem, wasmtime.Memory)
    written = {at: byte for at, byte in enumerate(mem.read(store)) if byte}
    return Done(trapped, results, tuple(values), written)


def is_valid(data: bytes) -> bool:
    try:
        wasmtime.Module.validate(wasmtime.Engine(), data)
    except wasmtime.WasmtimeError:
        return False
    return True


@lru_cache(4)
def _compiled(data: bytes) -> tuple[wasmtime.Engine, wasmtime.Module]:
    config = wasmtime.Config()
    config.signals_based_traps = False  # z3 is in this process, too
    engine = wasmtime.Engine(config)
    return engine, wasmtime.Module(engine, data)


atexit.register(_compiled.cache_clear)  # the engines end before Python does


def _signed(value: int, kind: str) -> int:
    width = WIDTHS[kind]
    value %= 1 << width
    return value - (1 << width) if value >> width - 1 else value


def by_terms(data: bytes, arguments: Sequence[int], wanted: Done, number: int = 0) -> Done:
    """What the terms say of the same call; of the memory, what `wanted` has, and all around it."""
    found = body(data, number)
    begins = {"global$0": z3.BitVecVal(5, 32), "global$1": z3.BitVecVal(-7, 64)}
    parameters = [
        z3.BitVecVal(value, WIDTHS[kind])
        for value, kind in zip(arguments, found.type.params, strict=True)
    ]
    effect = execution.execute(found, begins.__getitem__, parameters, has_memory=True)
    empty = z3.K(z3.BitVecSort(32), z3.BitVecVal(0, 8))
    known = [(memory.unknown(), empty), (memory.pages(), z3.BitVecVal(1, 32))]

    def number_of(term: object) -> int:
        simple = z3.simplify(z3.substitute(term, *known))
        assert z3.is_bv_value(simple), simple
        return int(simple.as_long())

    traps = z3.simplify(z3.substitute(effect.traps, *known))
    assert z3.is_true(traps) or z3.is_false(traps)
    trapped = z3.is_true(traps)
    near = {at + step for at in wanted.memory for step in (-8, -1, 0, 1, 8)} | {0, 1, 4, 65535}
    bytes_ = {at: number_of(z3.Select(effect.memory, at)) for at in near if 0 <= at < 65536}
    return Done(
        trapped,
        () if trapped else tuple(map(number_of, effect.results)),
        tuple(number_of(effect.globals.get(name, begins[name])) for name in GLOBALS),
        {at: byte for at, byte in bytes_.items() if byte},
    )
