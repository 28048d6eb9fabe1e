"""Whatever a function table holds: what the runtime reads of it stays, or nothing is zeroed.

Layout of `_func` and of a pc table: Go's runtime/runtime2.go and runtime/symtab.go.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wasmtrim import wasm
from wasmtrim.wasm.golang import pclntab, positions
from wasmtrim.wasm.golang.pclntab import Table

# A part of the table, how far into it (of a million), and the bytes that are written there.
Damage = tuple[str, int, bytes]
PARTS: Final = ("header", "names", "units", "values", "entries", "functions", "moduledata")
DAMAGE: Final = st.lists(
    st.tuples(
        st.sampled_from(PARTS),
        st.integers(0, 1_000_000),
        st.sampled_from([b"\0", b"\x01", b"\x80", b"\xff", b"\xff\xff\xff\xff"])
        | st.binary(max_size=4),
    ),
    min_size=1,
    max_size=4,
)
_FUNC: Final = 44  # bytes, before the offsets of its pcdata and funcdata
# Of those, all but nameOff, pcfile and pcln, cuOffset and startLine.
_STAYS: Final = ((0, 4), (8, 20), (28, 32), (40, 44))


@cache
def sound(module: wasm.Module) -> Table:
    found = pclntab.find(module)
    assert found
    return found


def damaged(table: Table, damage: Sequence[Damage]) -> Table:
    assert table.moduledata is not None
    ranges = {
        "header": (table.at, table.at + 72),
        "names": (table.names, table.units),
        "units": (table.units, table.values),
        "values": (table.values, table.lines),
        "entries": (table.lines, table.lines + 8 * table.count),
        "functions": (table.lines + 8 * table.count, len(table.memory)),
        "moduledata": (table.moduledata, table.moduledata + 512),
    }
    memory = bytearray(table.memory)
    for part, place, data in damage:
        start, end = ranges[part]
        at = start + (end - start) * place // 1_000_001
        memory[at : at + len(data)] = data
    return Table(bytes(memory[: len(table.memory)]), table.base, table.at)


def needed(table: Table) -> Iterator[tuple[int, int]]:
    """What the runtime reads to unwind stacks, read without the code that is tested."""
    yield table.lines, table.lines + 8 * table.count + 4
    offsets = set()
    for place in range(table.count):
        (offset,) = struct.unpack_from("<I", table.memory, table.lines + 8 * place + 4)
        start = table.lines + offset
        (pcsp,) = struct.unpack_from("<I", table.memory, start + 16)
        (pcdata,) = struct.unpack_from("<I", table.memory, start + 28)
        offsets |= {pcsp, *struct.unpack_from(f"<{pcdata}I", table.memory, start + _FUNC)}
        funcdata = table.memory[start + 43]
        yield start + _FUNC, start + _FUNC + 4 * (pcdata + funcdata)
        yield from ((start + first, start + last) for first, last in _STAYS)
    yield from (values(table.memory, table.values + offset) for offset in offsets - {0})


def values(memory: bytes, start: int) -> tuple[int, int]:
    """Where a pc table is: pairs of varints, up to a zero in place of a pair but the first."""
    at = start
    while at == start or memory[at]:
        for _ in range(2):
            while memory[at] >= 0x80:
                at += 1
            at += 1
    return start, at + 1


def check(module: wasm.Module, damage: Sequence[Damage]) -> bool:
    """Return whether anything would be zeroed."""
    table = damaged(sound(module), damage)
    try:
        spans = positions.spans(table, names=True)
    except ValueError:
        return False
    zeroed = bytearray(len(table.memory))
    for span in spans:
        start, end = span.start - table.base, span.end - table.base
        assert 0 <= start < end <= len(table.memory)
        zeroed[start:end] = b"\1" * (end - start)
    for start, end in needed(table):
        assert not any(zeroed[start:end]), (start, end)
    return True


def test_of_a_sound_table_nothing_goes_that_the_runtime_reads(panics: wasm.Module) -> None:
    assert check(panics, [])


@settings(max_examples=25, deadline=None)
@given(DAMAGE)
def test_of_a_damaged_table_neither(panics: wasm.Module, damage: list[Damage]) -> None:
    check(panics, damage)


@pytest.mark.long
@settings(max_examples=3_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DAMAGE)
def test_of_thousands_of_damaged_tables_neither(panics: wasm.Module, damage: list[Damage]) -> None:
    check(panics, damage)
