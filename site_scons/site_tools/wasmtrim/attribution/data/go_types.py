"""Go's type descriptors and method tables of interfaces (itabs) in data: internal/abi/type.go.

They are found by their form, which is strict enough: descriptors lie at multiples of 32, and each
names its kind, its alignments and the text of its type.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from wasmtrim.attribution.data.region import Region
from wasmtrim.attribution.symbols import go
from wasmtrim.wasm.golang.pclntab import Table

_TYPE = struct.Struct("<QQIBBBBQQii")
_ALIGNED = 32
_KINDS = range(1, 27)
_INTERFACE = 20
_UNCOMMON, _EXTRA_STAR = 1, 2  # bits of TFlag
# Bytes of a descriptor before its uncommon part, where they are more than those of _TYPE.
_SIZES = {17: 72, 18: 64, 19: 56, 20: 80, 22: 56, 23: 56, 25: 80}
_ITAB = 24  # bytes before its functions
_LAST = 128  # bytes that the last descriptor is taken to have
_MOST_METHODS = 1_000
_SHAPES = "go.shape"  # what the compiler declares for code that several types share
_ALIGNMENTS = frozenset((1, 2, 4, 8, 16, 32))


@dataclass(frozen=True, slots=True)
class _Type:
    at: int
    kind: int
    text: str
    package: str


class GoTypes:
    """The types of one program."""

    def __init__(self, table: Table, packages: Collection[str]) -> None:
        """`packages` are those of the program's functions."""
        self._table = table
        self._memory = table.memory
        gofunc = table.layout.gofunc if table.layout else 0
        # Where the types begin, which may be before the first byte that isn't zero.
        self._start = table.word(gofunc - 3) - table.base if gofunc else 0
        end = table.pointer(gofunc - 2) if gofunc else None
        self._end = end if end and self._start < end else self._start
        self._itab_words = gofunc
        found = list(self._find())
        known = {kind.package for kind in found if kind.package}.union(packages)
        short = Counter(path.rpartition("/")[2] for path in known)
        paths = {last: path for path in known if short[last := path.rpartition("/")[2]] == 1}
        self._types = {kind.at: _owned(kind, paths) for kind in found}

    def regions(self) -> Iterator[Region]:
        """The descriptors, with the names of types before them, and the itabs."""
        base, places = self._table.base, sorted(self._types)
        if not places:
            return
        yield Region(self._start + base, places[0] + base, "type names")
        for at, after in zip(places, [*places[1:], 0], strict=True):
            end = after or min(at + _LAST, self._end)
            yield Region(at + base, end + base, "type descriptors", self._types[at].package)
        for at, (end, kind, _) in self.itabs.items():
            yield Region(at + base, end + base, "itabs", kind.package)

    def itab(self, address: int) -> str:
        """What `address` is, if a method table begins there; else "". Never raises."""
        try:
            found = self.itabs.get(address - self._table.base)
        except struct.error:  # a table that is damaged
            return ""
        return f"the methods of {found[1].text} as {found[2].text}" if found else ""

    @cached_property
    def itabs(self) -> dict[int, tuple[int, _Type, _Type]]:
        """Where each begins and ends, the type that it is of, and the interface."""
        if not self._types:
            return {}
        memory, base = self._memory, self._table.base
        for place in range(self._itab_words + 4, self._itab_words + 10):
            start, count = self._table.pointer(place), self._table.word(place + 1)
            if start and 0 < count == self._table.word(place + 2) <= len(memory) // 8:
                slots = struct.unpack_from(
                    f"<{min(count, (len(memory) - start) // 8)}Q", memory, start
                )
                found = {at - base: self._itab(at - base) for at in slots}
                sound = {at: itab for at, itab in found.items() if itab}
                if sound and len(sound) == len(found):
                    return sound
        return {}

    def _itab(self, at: int) -> tuple[int, _Type, _Type] | None:
        if not 0 <= at <= len(self._memory) - _ITAB:
            return None
        inter, kind = (
            word - self._table.base for word in struct.unpack_from("<QQ", self._memory, at)
        )
        interface, of = self._types.get(inter), self._types.get(kind)
        if interface is None or of is None or interface.kind != _INTERFACE:
            return None
        (methods,) = struct.unpack_from("<Q", self._memory, inter + _TYPE.size + 16)
        end = at + _ITAB + 8 * min(methods, _MOST_METHODS)
        return min(end, len(self._memory)), of, interface

    def _find(self) -> Iterator[_Type]:
        base = self._table.base
        first = max(self._start, 0)
        first += -(first + base) % _ALIGNED
        for at in range(first, self._end - _SIZES[25], _ALIGNED):
            size, pointers, digest, flags, align, field_align, kind, _, _, text, _ = (
                _TYPE.unpack_from(self._memory, at)
            )
            if (
                kind & 31 in _KINDS
                and align in _ALIGNMENTS
                and field_align in _ALIGNMENTS
                and pointers <= size
                and digest
                and flags < 64
                and text > 0
                and (name := self._name(text))
            ):
                if flags & _EXTRA_STAR:
                    name = name.removeprefix("*")
                yield _Type(at, kind & 31, name, self._package(at, kind & 31, flags))

    def _name(self, offset: int) -> str:
        """A name of a type: flags, a length as varint, and the text."""
        at = self._start + offset
        if not max(0, self._start) <= at < self._end - 3 or self._memory[at] > 15:
            return ""
        length, at = self._memory[at + 1], at + 2
        if length >= 0x80:
            length, at = length & 0x7F | self._memory[at] << 7, at + 1
        text = self._memory[at : min(at + length, self._end)]
        try:
            return text.decode() if len(text) == length else ""
        except UnicodeDecodeError:
            return ""

    def _package(self, at: int, kind: int, flags: int) -> str:
        """The path that a declared type has of its package; "" for any other type."""
        uncommon = at + _SIZES.get(kind, _TYPE.size)
        if flags & _UNCOMMON and uncommon + 4 <= self._end:
            (path,) = struct.unpack_from("<i", self._memory, uncommon)
            found = self._name(path) if path > 0 else ""
            return "" if found == _SHAPES else found
        return ""


def _owned(kind: _Type, paths: Mapping[str, str]) -> _Type:
    """The same with the package of a type in its text, where it declares none itself; there, that
    is the last element of a path."""
    declared = "" if kind.package else go.declared_in(kind.text)
    return replace(kind, package=paths.get(declared, "")) if declared else kind
