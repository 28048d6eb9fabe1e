"""What function bodies refer to: found by skipping over runs of instructions, not one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from wasmtrim.errors import ModuleError
from wasmtrim.wasm import leb128
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.immediates import BLOCK, HEAP, MEMORY, S32, S64, U32, VALUE, alternatives
from wasmtrim.wasm.limits import MODULE_BYTES, Limit
from wasmtrim.wasm.module import Module

_BARE = rb"[\x00\x01\x05\x0a\x0b\x0f\x19-\x1b\x45-\xc4\xd1\xd3\xd4]"  # no immediate
_LOCAL, _GLOBAL = rb"[\x20-\x22\x25\x26]" + U32, rb"[\x23\x24]" + U32  # a table's with a local's
_CONSTANTS = (rb"\x41" + S32, rb"\x42" + S64, rb"\x44.{8}", rb"\x43.{4}", rb"\xfd\x0c.{16}")
# Other instructions without a function index and without a vector of immediates (specification
# 5.4, and the proposals that binaryen writes), the most frequent first.
_OTHERS = (
    rb"[\x28-\x3e]" + MEMORY,  # loads and stores
    rb"[\x02-\x04\x06]" + BLOCK,  # block, loop, if, try
    rb"[\x07-\x09\x0c\x0d\x14\x15\x18\x3f\x40\xd5\xd6\xe0\xe2]" + U32,  # branches and the like
    rb"[\x11\x13\xe1\xe6]" + U32 + U32,  # call_indirect, its tail form; cont.bind, switch
    rb"\xd0" + HEAP,  # ref.null
    # 0xfb: garbage collection, custom descriptors, strings
    rb"\xfb[\x00\x01\x06\x07\x0b-\x0e\x10\x20-\x22]" + U32,
    rb"\xfb[\x02-\x05\x08\x0a\x11\x13]" + U32 + U32,
    rb"\xfb[\x0f\x1a-\x1e]",
    rb"\xfb[\x14-\x17\x23\x24]" + HEAP,
    rb"\xfb[\x18\x19\x25\x26]." + U32 + HEAP + HEAP,
    rb"\xfb\x82\x01" + U32,
    rb"\xfb(?:[\x80\x81\x83-\xb7]\x01)",
    # 0xfc: saturating conversions, bulk memory, tables, wide arithmetic
    rb"\xfc[\x00-\x07\x13-\x16]",
    rb"\xfc[\x0a\x0c\x0e]" + U32 + U32,
    rb"\xfc[\x0b\x0d\x0f-\x12]" + U32,
    # 0xfd: vectors. Loads and stores, shuffles, lanes; the rest is bare.
    rb"\xfd[\x00-\x0b\x5c\x5d]" + MEMORY,
    rb"\xfd\x0d.{16}",
    rb"\xfd[\x15-\x22].",
    rb"\xfd[\x54-\x5b]" + MEMORY + rb".",
    rb"\xfd(?:[\x0e-\x14\x23-\x53\x5e-\x7f]|[\x80-\xff][\x01-\x03])",
    # 0xfe: atomics, and those of shared-everything threads, which name an order first
    rb"\xfe[\x00-\x02\x10-\x4e]" + MEMORY,
    rb"\xfe\x03.",
    rb"\xfe[\x4f-\x5b\x67-\x71]." + U32,
    rb"\xfe[\x5c-\x66]." + U32 + U32,
    rb"\xfe\x72",
)
# memory.init, which names a memory after the segment; data.drop; array.new_data, array.init_data.
_DATA = (
    rb"(?:\xfc(?:(?P<init>\x08)|\x09)|\xfb[\x09\x12]" + U32 + rb")"
    rb"(?P<data>" + U32 + rb")(?(init)" + U32 + rb")"
)
_NAMING_DATA = re.compile(rb"\xfc[\x08\x09]|\xfb[\x09\x12]")
_FUNCTION = rb"[\x10\x12\xd2]" + U32  # call, return_call, ref.func
_VECTOR = rb"(?P<vector>[\x0e\x1c\x1f\xe3-\xe5])"
_PLAIN = alternatives(rb"[\x20-\x26]" + U32, _BARE, *_CONSTANTS, *_OTHERS)
_ONE = _PLAIN + rb"|" + _FUNCTION + rb"|" + _DATA
_STEP = re.compile(
    _PLAIN
    + rb"*+(?:[\x10\x12](?P<call>" + U32 + rb")|\xd2(?P<reference>" + U32 + rb")"
    + rb"|" + _VECTOR + rb"|" + _DATA + rb")?+",
    re.DOTALL,
)  # fmt: skip
# Instructions with immediates that are no integers, or types, which no linker moves.
_FIXED = b"\x43\x44\xd0\xfb\xfd\xfe"
_VECTORS = b"\x0e\x1c\x1f\xe3\xe4\xe5"
_SIGNED = b"\x02\x03\x04\x06\x41\x42"  # blocks, constants
_LONG = re.compile(rb"[\x80-\xff]+[\x00-\x7f]")
_LOCALS = re.compile(U32 + VALUE, re.DOTALL)
_VALUE = re.compile(VALUE, re.DOTALL)
_INDEX = re.compile(U32)
_RUN = 16
_BRANCHES = Limit("branches", MODULE_BYTES)
_BLOCK = re.compile(BLOCK)
_CATCH = re.compile(rb"[\x00\x01\x04\x05]" + U32 + U32 + rb"|[\x02\x03]" + U32)
_HANDLER = re.compile(rb"\x00" + U32 + U32 + rb"|\x01" + U32)


class Site(NamedTuple):
    """An index in a body, at `data[start:end]`: of a function or of a data segment.

    `kind` is call, reference (ref.func) or data.
    """

    kind: str
    target: int
    start: int
    end: int


@cache  # as most runs need neither this one nor the next, and each takes 2 ms to compile
def _value_step() -> re.Pattern[bytes]:
    return re.compile(
        alternatives(_LOCAL, _BARE, *_OTHERS, _FUNCTION)
        + rb"*+(?:(?P<constant>" + alternatives(*_CONSTANTS) + rb")|(?P<global>" + _GLOBAL + rb")"
        + rb"|" + _VECTOR + rb"|" + _DATA + rb")?+",
        re.DOTALL,
    )  # fmt: skip


@cache
def _instruction() -> re.Pattern[bytes]:
    return re.compile(_ONE, re.DOTALL)


def segments(module: Module) -> set[int]:
    """The data segments that any body names. Raises ModuleError as `references` does."""
    return {
        site.target
        for index in matching(module, _NAMING_DATA)
        for site in sites(module, index)
        if site.kind == "data"
    }


def references(module: Module, index: int) -> tuple[set[int], set[int]]:
    """The functions that the defined function `index` calls, and those it takes references to.

    Raises ModuleError at the byte where its body is not a sequence of instructions.
    """
    calls: set[int] = set()
    taken: set[int] = set()
    for kind, target, _, _ in sites(module, index):
        if kind == "call":
            calls.add(target)
        elif kind == "reference":
            taken.add(target)
    return calls, taken


def sites(module: Module, index: int) -> list[Site]:
    """Where the defined function `index` names functions and data segments, in file order.

    Raises ModuleError as `references` does.
    """
    data, count = module.data, len(module.functions)
    found = []
    for kind, start, end in _stops(module, index, _STEP):
        target = leb128.number(data[start:end])
        if kind != "data" and target >= count:
            body, _ = module.body(index)
            said = f"function {target} does not exist, there are {count}"
            raise _cursor(module, index).error(said, body)
        found.append(Site(kind, target, start, end))
    return found


def values(module: Module, index: int) -> list[tuple[int, int, int | None]]:
    """Where the defined function `index` has constants, and reads or sets globals, in file order.

    Of each instruction where it begins and ends, and of a global its number. Raises ModuleError as
    `references` does.
    """
    data = module.data
    return [
        (start, end, leb128.number(data[start + 1 : end]) if kind == "global" else None)
        for kind, start, end in _stops(module, index, _value_step())
        if kind != "data"
    ]


def _stops(module: Module, index: int, step: re.Pattern[bytes]) -> Iterator[tuple[str, int, int]]:
    """The groups of a step that are found in a body, each with its name."""
    cursor = _cursor(module, index)
    data, pos, end = module.data, cursor.pos, cursor.end
    while pos < end:
        found = step.match(data, pos, end)
        assert found is not None  # it matches the empty string
        kind, pos = found.lastgroup, found.end()
        if kind == "vector":
            cursor.pos = pos
            _vector(cursor, data[pos - 1])
            pos = cursor.pos
        elif kind:
            yield kind, *found.span(kind)
        elif pos < end:
            raise _broken(cursor, pos)


def _cursor(module: Module, index: int) -> Cursor:
    """The instructions of a body: behind its locals."""
    start, end = module.body(index)
    cursor = Cursor(module.data, start, end, f"code section, function {index}")
    _repeat(cursor, _LOCALS, "locals")
    return cursor


def _broken(cursor: Cursor, at: int) -> ModuleError:
    """The error to raise where no instruction is found."""
    return cursor.error(f"0x{cursor.data[at]:02x} is not an instruction, or is cut off", at)


def matching(module: Module, pattern: re.Pattern[bytes]) -> Iterator[int]:
    """The defined functions in whose bytes a pattern is found: all where it is one of instructions.

    Also some in which the same bytes stand for something else.
    """
    for index in range(module.imported_functions, len(module.functions)):
        if pattern.search(module.data, *module.body(index)):
            yield index


def instructions(module: Module, index: int) -> Iterator[tuple[int, int]]:
    """Where each instruction of the defined function `index` begins and ends in the file.

    Raises ModuleError as `references` does.
    """
    cursor = _cursor(module, index)
    data, end, instruction = module.data, cursor.end, _instruction()
    while cursor.pos < end:
        before, code = cursor.pos, data[cursor.pos]
        plain = instruction.match(data, before, end)
        cursor.pos = plain.end() if plain else before + 1
        if code in _VECTORS:
            _vector(cursor, code)
        elif plain is None:
            raise _broken(cursor, before)
        yield before, cursor.pos


def selected(module: Module, index: int, wanted: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Where those instructions of a body begin and end that begin as `wanted` matches.

    Where they are few, in a fraction of the time that `instructions` takes. Raises ModuleError as
    `references` does.
    """
    cursor, others, instruction = _cursor(module, index), _others(wanted), _instruction()
    data, end = module.data, cursor.end
    while True:
        run = others.match(data, cursor.pos, end)
        assert run is not None  # it matches the empty string
        before = cursor.pos = run.end()
        if before >= end:
            return
        code = data[before]
        if code in _VECTORS:
            cursor.pos += 1
            _vector(cursor, code)
        elif plain := instruction.match(data, before, end):
            cursor.pos = plain.end()
            yield before, cursor.pos
        else:
            raise _broken(cursor, before)


@cache
def _others(wanted: re.Pattern[bytes]) -> re.Pattern[bytes]:
    """A run of instructions that are not wanted, up to one with a vector."""
    return re.compile(rb"(?:(?!" + wanted.pattern + rb")(?:" + _ONE + rb"))*+", re.DOTALL)


def shortest(module: Module, index: int) -> bytes:
    """The body of the defined function `index` with its integers in their shortest form.

    A linker that keeps relocations leaves each of them room for any value (five bytes), so the
    same code has other bytes. Raises ModuleError as `references` does.
    """
    start, end = module.body(index)
    data = module.data
    found = [*instructions(module, index)]
    parts = [data[start : found[0][0] if found else end]]
    for before, after in found:
        code, immediates = data[before], data[before + 1 : after]
        if code not in _VECTORS + _FIXED:
            immediates = _LONG.sub(_signed if code in _SIGNED else _unsigned, immediates)
        parts += (data[before : before + 1], immediates)
    return b"".join(parts)


def _unsigned(leb: re.Match[bytes]) -> bytes:
    """Without the groups at the end that are zero."""
    value = leb[0]
    while len(value) > 1 and value[-1] == 0:
        value = value[:-2] + bytes([value[-2] & 0x7F])
    return value


def _signed(leb: re.Match[bytes]) -> bytes:
    """Without the groups at the end that only repeat the sign."""
    value = leb[0]
    while len(value) > 1 and value[-1] == (0x7F if value[-2] & 0x40 else 0):
        value = value[:-2] + bytes([value[-2] & 0x7F])
    return value


def _vector(cursor: Cursor, code: int) -> None:
    """Moves past the immediates of an instruction that has a vector among them."""
    match code:
        case 0x0E:  # br_table, and its default
            _branches(cursor)
            cursor.u32("a branch")
        case 0x1C:  # select with types
            _repeat(cursor, _VALUE, "types")
        case 0x1F:  # try_table
            _match(cursor, _BLOCK, "a block's type")
            _repeat(cursor, _CATCH, "catches")
        case _:  # resume, resume_throw, resume_throw_ref
            cursor.u32("a continuation's type")
            if code == 0xE4:
                cursor.u32("a tag")
            _repeat(cursor, _HANDLER, "handlers")


def _branches(cursor: Cursor) -> None:
    left = cursor.count(_BRANCHES)
    while left and (run := _indices(min(left, _RUN)).match(cursor.data, cursor.pos, cursor.end)):
        cursor.pos = run.end()
        left -= min(left, _RUN)
    for _ in range(left):  # up to the one that is amiss
        _match(cursor, _INDEX, _BRANCHES.what)


@cache
def _indices(count: int) -> re.Pattern[bytes]:
    """So many in one match: standard Go's br_tables have dozens of them."""
    return re.compile(rb"(?:%b){%d}" % (U32, count))


def _repeat(cursor: Cursor, entry: re.Pattern[bytes], what: str) -> None:
    for _ in range(cursor.count(Limit(what, MODULE_BYTES))):
        _match(cursor, entry, what)


def _match(cursor: Cursor, entry: re.Pattern[bytes], what: str) -> None:
    found = entry.match(cursor.data, cursor.pos, cursor.end)
    if not found:
        raise cursor.error(f"no {what} as they should be, or they are cut off")
    cursor.pos = found.end()
