"""What the host allows: sizes, memory, tables and work, held against what the module has."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from wasmtrim.check import Check, failed, held, not_judged
from wasmtrim.profile import Limit, Limits
from wasmtrim.records import FileSize
from wasmtrim.verify.sandbox import RunLimits
from wasmtrim.wasm import Binary, Module
from wasmtrim.wasm.types import MemoryType, TableType

FUEL_MARGIN = 10  # a run goes on that far beyond its limit, so that the report can say how far


def of_run(limits: Limits, compiler: str | None) -> RunLimits:
    """What a run may use before it is ended."""
    known = RunLimits()
    fuel = limits.fuel.for_compiler(compiler)
    return RunLimits(
        fuel=known.fuel if fuel is None else fuel * FUEL_MARGIN,
        memory=_or(limits.memory.for_compiler(compiler), known.memory),
        table=_or(limits.table.for_compiler(compiler), known.table),
        seconds=limits.seconds.for_compiler(compiler) or known.seconds,
        output=_or(limits.output.for_compiler(compiler), known.output),
    )


def _or(limit: int | None, otherwise: int) -> int:
    return otherwise if limit is None else limit


def check_sizes(size: FileSize, limits: Limits, compiler: str | None) -> list[Check]:
    """One check for each way of weighing that has a limit."""
    rows = (
        ("raw", size.raw, limits.raw),
        ("gzip", size.gzip, limits.gzip),
        ("brotli", size.brotli, limits.brotli),
    )
    return [c for n, v, limit in rows for c in _check(f"size {n}", v, "bytes", limit, n, compiler)]


@dataclass(frozen=True)
class Room:
    """What all memories, in bytes, and all tables came to in the case that took most of each."""

    memory: int
    elements: int


def check_memory(
    module: Binary, room: Room | None, limits: Limits, compiler: str | None
) -> list[Check]:
    """All memories together, and all tables: what the module asks for, and what its runs came to.

    `room` is the latter; None where it is not known.
    """
    memories, tables = _owned(module)
    asked = Room(
        sum(memory.minimum * memory.page_bytes for memory in memories),
        sum(table.minimum for table in tables),
    )
    last = room or asked
    rows = (
        ("memory", "bytes", asked.memory, last.memory, limits.memory),
        ("table", "elements", asked.elements, last.elements, limits.table),
    )
    found = []
    for name, unit, first, now, limit in rows:
        when = f"after its run; {first:,} at the start" if room else "at the start"
        found += _check(name, max(first, now), unit, limit, name, compiler, f" {when}")
    return found


def _owned(binary: Binary) -> tuple[list[MemoryType], list[TableType]]:
    """What is in the memory and table limits: of a component, what its core modules define."""
    if isinstance(binary, Module):
        return binary.memories, binary.tables
    memories: list[MemoryType] = []
    tables: list[TableType] = []
    for nested in binary.modules:
        kinds = Counter(entry.kind for entry in nested.module.imports)
        memories += nested.module.memories[kinds["memory"] :]
        tables += nested.module.tables[kinds["table"] :]
    return memories, tables


def check_fuel(fuel: int | None, limits: Limits, compiler: str | None) -> list[Check]:
    """The work of the longest case, in instructions; no check where none was done or is known."""
    if not fuel:
        return []
    return _check("fuel", fuel, "instructions", limits.fuel, "fuel", compiler)


def _check(
    name: str,
    value: int,
    unit: str,
    limit: Limit,
    key: str,
    compiler: str | None,
    more: str = "",
) -> list[Check]:
    """No check without a limit; a limit of the other compiler is told, and not judged."""
    if not limit.judged(compiler):
        bound = next((v for v in (limit.tinygo, limit.go) if v is not None), None)
        if bound is None:
            return []
        other = "tinygo" if compiler == "go" else "go"
        detail = f"not judged (fallback): {value:,} {unit}; {other} has {bound:,} to keep to"
        return [not_judged(name, detail)]
    bound = limit.for_compiler(compiler)
    if bound is None:
        return []
    if value <= bound:
        return [held(name, f"{value:,} of {bound:,} {unit}{more}")]
    over = f"{value:,} {unit}, {value - bound:,} more than limits.{key} allows ({bound:,}){more}"
    return [failed(name, over)]
