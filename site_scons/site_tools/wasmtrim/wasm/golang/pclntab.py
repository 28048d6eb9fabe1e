"""Standard Go's function table, which names the functions of a module that was stripped.

The runtime needs `pclntab` for stack traces, so it is in the data of every module that standard Go
makes, whatever was stripped. Layout: Go's runtime/symtab.go (`pcHeader`, `moduledata`) and
runtime/runtime2.go (`_func`), magic of Go 1.20 and later. Its `entryOff` is the function's slot
in the table, which survives strip and wasm-opt.

`read` takes what it finds, for those who ask for names. `positions` is strict.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from wasmtrim.wasm import image
from wasmtrim.wasm.golang import version
from wasmtrim.wasm.golang.version import Layout
from wasmtrim.wasm.module import Module

_MAGIC = b"\xf1\xff\xff\xff\0\0\x01\x08"  # Go 1.20's, no padding, one byte a step, 8-byte pointers
_HEADER = struct.Struct("<8sQQQQQQQQ")
FUNC = struct.Struct("<IiiIIIIIIiBBBB")
_NAME, _PCFILE, _PCDATA, _UNIT, _START_LINE, _ID, _FUNCDATA = 1, 5, 7, 8, 9, 10, 13  # its fields
INLINED = struct.Struct("<B3xiii")
ENTRY = struct.Struct("<II")
_EFFORT = 2  # bytes of text and steps of tables read, times the memory; sound tables take 0.3
_OLDER = version.LAYOUTS[26]  # what is tried where the version isn't known
INL_TREE_INDEX, INL_TREE = 2, 3  # PCDATA_InlTreeIndex, FUNCDATA_InlTree
ABSENT = 0xFFFFFFFF
_FINDFUNCTAB = 19  # the word of moduledata; the lowest and the highest PC follow


@dataclass(frozen=True, slots=True)
class GoFunction:
    """`slot` is where table 0 holds it. The rest is looked up in the table when it is asked for."""

    slot: int
    name: str
    _table: Table
    _at: int  # its `_func` in the memory looked at

    @property
    def file(self) -> str:
        return self._table.file(self._at)

    @property
    def line(self) -> int:
        """Where the function begins."""
        return self._table.line(self._at)

    @property
    def is_wrapper(self) -> bool:
        """Whether it is generated, as `(*T).M` is of `T.M`; False where the version isn't known."""
        return self._table.is_wrapper(self._at)

    @property
    def inlined(self) -> tuple[str, ...]:
        """The callees whose code became part of this function."""
        return tuple(name for name in self._table.inlined(self._at) if name)

    @property
    def inlined_steps(self) -> dict[str, int]:
        """How many of its steps, between which it may be left and resumed, are of each callee that
        became part of it; "" is the function itself."""
        return self._table.inlined(self._at)


def read(module: Module) -> list[GoFunction]:
    """The functions that the table names, in its order; empty where the module has no such table.

    Never raises: where an entry points out of the table, that entry is left out.
    """
    table = find(module)
    return list(table.functions()) if table else []


def find(module: Module) -> Table | None:
    """The table in a module's memory; None where there is none, or the data spans too much."""
    low, high = image.extent(module)
    if not image.is_bounded(module, low, high):
        return None
    slots = sum(len(segment.functions) for segment in module.elements)
    memory = image.read(module, low, high)
    at = memory.find(_MAGIC)
    while at >= 0:
        table = Table(memory, low, at)
        if table.sound and table.count <= slots:
            return table
        at = memory.find(_MAGIC, at + 1)
    return None


class Table:
    """A table at `memory[at]`, and where its parts begin: `names`, `units` and `files`, `values`
    (pctab), `lines` (the entries by function, and their `_func`)."""

    def __init__(self, memory: bytes, base: int, at: int) -> None:
        self.memory = memory
        self.base = base  # the address of memory[0]
        self.at = at
        self.sound = False
        self.left = _EFFORT * len(memory)  # entries may share tables and texts, without end
        self.texts: dict[int, str] = {}
        if at + _HEADER.size > len(memory):
            return
        _, self.count, files, _, *offsets = _HEADER.unpack_from(memory, at)
        self.names, self.units, self.files, self.values, self.lines = (at + o for o in offsets)
        room = len(memory) - self.lines
        self.sound = (
            offsets == sorted(offsets)
            and files < len(memory)
            and 0 < self.count * ENTRY.size + 4 <= room
        )

    @property
    def extent(self) -> tuple[int, int]:
        """The addresses of the memory looked at: all that segments write."""
        return self.base, self.base + len(self.memory)

    def records(self) -> Iterator[tuple[int, int]]:
        """The slot of each function and where its `_func` is, as far as they are in the memory."""
        functab = self.memory[self.lines : self.lines + self.count * ENTRY.size]
        entries = list(ENTRY.iter_unpack(functab))
        # Before Go 1.26 an entry was the whole PC: the function's number, shifted by 16.
        shift = 16 if len(entries) > 1 and all(entry & 0xFFFF == 0 for entry, _ in entries) else 0
        for entry, offset in entries:
            start = self.lines + offset
            if start + FUNC.size <= len(self.memory):
                yield entry >> shift, start

    def functions(self) -> Iterator[GoFunction]:
        for place, (slot, start) in enumerate(self.records()):
            name = self._fields(start)[_NAME]
            if name == 0 and place > 0:
                continue  # to the runtime, "no name"; what stands there is the first function's
            if text := self._text(self.names + name):
                yield GoFunction(slot, text, self, start)

    def _fields(self, start: int) -> tuple[int, ...]:
        return FUNC.unpack_from(self.memory, start)

    def _text(self, at: int) -> str:
        """The NUL-terminated string at `at`; "" where there is none of a sane length."""
        text = self.texts.get(at)
        if text is None:
            end = self.memory.find(b"\0", at, at + 65_536) if at >= 0 and self.left > 0 else -1
            text = self.memory[at:end].decode(errors="backslashreplace") if end > at else ""
            self.left -= len(text) + 64
            self.texts[at] = text
        return text

    def line(self, start: int) -> int:
        return self._fields(start)[_START_LINE]

    def is_wrapper(self, start: int) -> bool:
        return self.layout is not None and self._fields(start)[_ID] == self.layout.wrapper

    def file(self, start: int) -> str:
        fields = self._fields(start)
        table, unit = fields[_PCFILE], fields[_UNIT]
        value, _ = next(self._values(table), (-1, 0)) if table else (-1, 0)
        if value < 0:
            return ""
        at = self.units + 4 * (unit + value)
        if at + 4 > len(self.memory):
            return ""
        (offset,) = struct.unpack_from("<I", self.memory, at)
        return "" if offset == ABSENT else self._text(self.files + offset)

    def _values(self, table: int) -> Iterator[tuple[int, int]]:
        """The values of a pc-value table, each with for how many PCs it holds: pairs of (zigzag
        delta of value, delta of pc)."""
        memory, size = self.memory, len(self.memory)
        at, value, first = self.values + table, -1, True
        while self.left > 0 and at < size:
            self.left -= 1
            delta = memory[at]
            at += 1
            if delta >= 0x80:  # nine of ten numbers are one byte long
                delta, at = self._varint(at - 1)
            if delta == 0 and not first:
                return
            first = False
            value += delta >> 1 if not delta & 1 else ~(delta >> 1)
            count = memory[at] if at < size else 0
            at += 1
            if count >= 0x80:
                count, at = self._varint(at - 1)
            yield value, count

    def _varint(self, at: int) -> tuple[int, int]:
        value = shift = 0
        while at < len(self.memory) and shift < 35:
            byte = self.memory[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        return value, at

    @cached_property
    def version(self) -> int | None:
        """The minor version of Go 1, where it is known."""
        return version.minor(self.memory, self.base)

    @property
    def layout(self) -> Layout | None:
        """What depends on the version; None for one that isn't known."""
        return None if self.version is None else version.LAYOUTS.get(self.version)

    @cached_property
    def moduledata(self) -> int | None:
        """Where moduledata is, which begins with pointers to this table and to its names."""
        found = self.memory.find(struct.pack("<QQ", self.base + self.at, self.base + self.names))
        return found if found >= 0 else None

    def word(self, place: int) -> int:
        """A word of moduledata, by its place; 0 where that is none."""
        at = (self.moduledata or 0) + 8 * place
        if self.moduledata is None or at + 8 > len(self.memory):
            return 0
        return int.from_bytes(self.memory[at : at + 8], "little")

    def pointer(self, place: int) -> int | None:
        """Where in the memory a word of moduledata points to."""
        at = self.word(place) - self.base
        return at if 0 < at < len(self.memory) else None

    @cached_property
    def funcdata(self) -> int | None:
        """Where `go:func.*` lies, by moduledata: stack maps, inline trees."""
        return self.pointer((self.layout or _OLDER).gofunc)

    @cached_property
    def search(self) -> int | None:
        """Where the index of functions by address is, `runtime.findfunctab`."""
        return self.pointer(_FINDFUNCTAB)

    @property
    def search_end(self) -> int:
        """Where that ends: a bucket of 20 bytes for 4096 addresses (runtime/symtab.go)."""
        addresses = self.word(_FINDFUNCTAB + 2) - self.word(_FINDFUNCTAB + 1)
        size = 20 * (max(addresses, 0) // 4096 + 1)
        return min((self.search or 0) + size, len(self.memory))

    def inlined(self, start: int) -> dict[str, int]:
        """The PCs of a function by the callee that they are of, "" for none; {} if one is amiss."""
        fields, trees = self._fields(start), self.funcdata
        pcdata, funcdata = fields[_PCDATA], fields[_FUNCDATA]
        at = start + FUNC.size
        if trees is None or pcdata <= INL_TREE_INDEX or funcdata <= INL_TREE:
            return {}
        last = at + 4 * (pcdata + INL_TREE)
        if last + 4 > len(self.memory):
            return {}
        (indices,) = struct.unpack_from("<I", self.memory, at + 4 * INL_TREE_INDEX)
        (tree,) = struct.unpack_from("<I", self.memory, last)
        if tree == ABSENT or not indices:
            return {}
        steps: dict[int, int] = {}
        for value, count in self._values(indices):
            steps[value] = steps.get(value, 0) + count
        found: dict[str, int] = {}
        for index in sorted(steps):
            name = ""
            if index >= 0:
                self.left -= 8
                entry = trees + tree + index * INLINED.size
                if entry + INLINED.size > len(self.memory):
                    return {}
                offset = INLINED.unpack_from(self.memory, entry)[1]
                name = self._text(self.names + offset) if offset else ""
                if not name:
                    return {}
            found[name] = found.get(name, 0) + steps[index]
        return found
