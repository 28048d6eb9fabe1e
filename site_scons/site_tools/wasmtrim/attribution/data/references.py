"""What code and data refer to by number: addresses of data, and slots of the table.

A number that is the same by chance counts as well, so what is found here may be said of a module,
not proven.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import NamedTuple

from wasmtrim.errors import ModuleError
from wasmtrim.wasm import image, sections
from wasmtrim.wasm.golang.function_values import PC_BITS
from wasmtrim.wasm.golang.pclntab import Table
from wasmtrim.wasm.leb128 import number
from wasmtrim.wasm.module import Module

_USES = re.compile(rb"[\x28-\x3e\x6a\x7c]")  # of an address: a load, a store, an index added
_SHORT = 64 << 10  # bytes of code
_ROUND = 1 << 10  # bytes: multiples of it are numbers of other things as well
_CONSTANTS = (0x41, 0x42)  # i32.const, i64.const
_THREE_BYTES = 1 << 14  # the least number that no offset of two bytes has
_FIVE_BYTES = 5  # the most that a number of 32 bits has
_CONSTANT = re.compile(rb"(?=\x41([\x80-\xff]{0,4}[\x00-\x3f]))")
_MODULEDATA = 8 * 64  # bytes of it in which pointers are


class Number(NamedTuple):
    """A number in the code of a function, at this place of the file, that is an address of data."""

    function: int
    place: int
    address: int


class References:
    """The data of a module as objects: each begins where code or data points to, and goes up to
    the next one. They are numbered in the order of their addresses."""

    def __init__(self, module: Module, table: Table | None) -> None:
        """`table` is the pclntab of a program by standard Go."""
        self._module = module
        self._table = table
        self._is_go = table is not None
        self._begins: dict[int, set[int]] = {}
        low, high = table.extent if table else image.extent(module)
        if not image.is_bounded(module, low, high):
            low = high = 0
        self._low, self._high = low, high
        self._pointers: list[tuple[int, int]] = []  # where a pointer to data is, and to what
        self._held: list[tuple[int, int]] = []  # where a function's slot is, and which function
        starts = {number.address for number in self.in_code}
        self._read_words(starts)
        self._starts = array("Q", sorted(starts))

    def __len__(self) -> int:
        return len(self._starts)

    def address(self, place: int) -> int:
        """Where an object begins."""
        return self._starts[place]

    def bounds(self, place: int) -> tuple[int, int]:
        """Where an object begins and ends."""
        last = place + 1 == len(self._starts)
        return self._starts[place], self._high if last else self._starts[place + 1]

    def of_function(self, index: int) -> Collection[int]:
        """The objects that a function's code refers to."""
        return self._by_function.get(index, ())

    def objects(self, place: int) -> Collection[int]:
        """The objects that an object points to."""
        return self._inner.get(place, ())

    def functions(self, place: int) -> Collection[int]:
        """The functions whose slots an object holds."""
        return self._functions.get(place, ())

    def may_reach(self, callers: Collection[int], wanted: Collection[int]) -> bool:
        """Whether code of `callers`, or data that it leads to, has the slot of any of `wanted`."""
        if not self._is_go and self._has_slots(callers, wanted):
            return True
        waiting = [place for index in callers for place in self.of_function(index)]
        seen = set(waiting)
        while waiting:
            place = waiting.pop()
            if any(index in wanted for index in self.functions(place)):
                return True
            more = [other for other in self.objects(place) if other not in seen]
            seen.update(more)
            waiting += more
        return False

    def _has_slots(self, callers: Collection[int], wanted: Collection[int]) -> bool:
        slots = {slot for slot, index in self._slots.items() if index in wanted}
        module = self._module
        for index in callers:
            if index >= module.imported_functions:
                start, end = module.body(index)
                code = module.data[start:end]
                if any(number(leb) in slots for leb in _CONSTANT.findall(code)):
                    return True
        return False

    @cached_property
    def _slots(self) -> dict[int, int]:
        """The function in each slot of the first table."""
        return {slot: index for slot, index in self._module.slots().items() if index >= 0}

    @cached_property
    def in_code(self) -> list[Number]:
        """The addresses of data that code has, in file order.

        A round number that some code adds to or reads from is an address there; where it is only
        passed on, it may count anything.
        """
        code = self._module.section(sections.CODE)
        if code is None or not self._high:
            return []
        data, low, high = self._module.data, self._low, self._high
        starts, first = self._module.starts[sections.CODE], self._module.imported_functions
        found = []
        for hit in _numbers(low, high).finditer(data, code.start, code.end):
            kind = hit.lastindex or 0  # and the bytes before the number, of its instruction
            begin = hit.start()
            value, place = number(data[begin : hit.end(kind)]), begin - kind
            if low <= value < high and place >= code.start:
                found.append(Number(bisect_right(starts, place) - 1 + first, place, value))
        if code.end - code.start <= _SHORT:
            found = [number for number in found if number.place in self._beginnings(number)]
        round_ones = [number for number in found if number.address % _ROUND == 0]
        used = {number.address for number in round_ones if self._is_used(number)}
        passed = {n for n in round_ones if n.address in used and not self._is_used(n)}
        return [number for number in found if number not in passed] if passed else found

    def _beginnings(self, number: Number) -> Collection[int]:
        """Where the instructions of a number's function begin; its own place where that is not
        known."""
        from wasmtrim.wasm import bodies  # whose expressions take 5 ms to compile

        function = number.function
        if function not in self._begins:
            try:
                walked = bodies.instructions(self._module, function)
                self._begins[function] = {start for start, _ in walked}
            except ModuleError:  # a body with an instruction that is not known
                self._begins[function] = set()
        return self._begins[function] or (number.place,)

    def _is_used(self, number: Number) -> bool:
        """Whether an address is added to, or read from or written to."""
        data = self._module.data
        if data[number.place] not in _CONSTANTS:
            return True
        after = number.place + 1
        while data[after] & 0x80:
            after += 1
        return bool(_USES.match(data, after + 1))

    def _read_words(self, starts: set[int]) -> None:
        size, code = (8, "Q") if self._is_go else (4, "I")
        begin = -(-self._low // size) * size
        end = self._high - (self._high - begin) % size
        if begin >= end:
            return
        if self._table:
            memory = self._table.memory[begin - self._low : end - self._low]
        else:
            memory = image.read(self._module, begin, end)
        low, high, skipped = self._low, self._high, self._moduledata
        shift = PC_BITS if self._is_go else 0
        values = {slot << shift: index for slot, index in self._slots.items() if slot}
        tables = self._tables
        known = [
            (first + place * size, word)
            for first, last in ((begin, min(tables.start, end)), (max(tables.stop, begin), end))
            for place, word in enumerate(array(code, memory[first - begin : last - begin]))
            if low <= word < high or word in values
        ]
        for at, word in known:
            if not low <= word < high:
                self._held.append((at, values[word]))
                continue
            starts.add(word)
            if at not in skipped:
                self._pointers.append((at, word))

    @property
    def _tables(self) -> range:
        """Where pclntab and the tables behind it are, which have no addresses; whole words."""
        table = self._table
        if table is None or not table.search_end > table.at:
            return range(self._high, self._high)
        start, end = table.base + table.at, table.base + table.search_end
        return range(-(-start // 8) * 8, end // 8 * 8)

    @property
    def _moduledata(self) -> range:
        """Where Go's runtime has pointers to all that there is; they say nothing."""
        if self._table is None or self._table.moduledata is None:
            return range(0)
        at = self._table.base + self._table.moduledata
        return range(at, at + _MODULEDATA)

    def at(self, address: int) -> int:
        """The object that an address is in."""
        return bisect_right(self._starts, address) - 1

    @cached_property
    def _places(self) -> dict[int, int]:
        """The object that begins at an address."""
        return {start: place for place, start in enumerate(self._starts)}

    @cached_property
    def _by_function(self) -> dict[int, set[int]]:
        places = self._places
        return _grouped((number.function, places[number.address]) for number in self.in_code)

    @cached_property
    def _inner(self) -> dict[int, set[int]]:
        places = self._places
        return _grouped((self.at(at), places[to]) for at, to in self._pointers)

    @cached_property
    def _functions(self) -> dict[int, set[int]]:
        return _grouped((self.at(at), index) for at, index in self._held)


def _numbers(low: int, high: int) -> re.Pattern[bytes]:
    """The constants and the offsets of loads and stores that may be numbers from `low` to `high`.

    From two bytes on, or where all these numbers are that long, from three. Wherever the bytes of
    one stand: where instructions begin is looked for in short code alone. What is compared,
    subtracted, multiplied, shifted or masked is not an address. A hit begins where the number does;
    its group tells which it is. Most of a module's bytes begin no number of two: they are skipped.
    """
    constant, offset = (
        b"|".join(
            rb"[\x80-\xff]{%d}[\x%02x-\x%02x]"
            % (size - 2, low >> bits, min(high - 1 >> bits, most))
            for size in range(3 if low >= _THREE_BYTES else 2, _FIVE_BYTES + 1)
            if low >> (bits := 7 * (size - 1)) <= most
        )
        for most in (0x3F, 0x7F)  # a constant has a sign, and is positive
    )
    return re.compile(
        rb"[\x80-\xff](?:(?<=[\x41\x42].)(?=(%b)(?![\x45-\x5a\x6b-\x78\x7d-\x8a]))"
        rb"|(?<=[\x28-\x3e][\x00-\x3f].)(?=(%b)))" % (constant, offset),
        re.DOTALL,
    )


def _grouped(pairs: Iterator[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return found
