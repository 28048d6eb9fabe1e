"""Brotli (RFC 7932), decoded so that each token's bits are known."""

from __future__ import annotations

from dataclasses import dataclass

from wasmtrim.attribution.compressed import dictionary
from wasmtrim.attribution.compressed.bits import Bits
from wasmtrim.attribution.compressed.codes import (
    BLOCK_COUNTS,
    COPY_LENGTHS,
    INSERT_LENGTHS,
    literal_contexts,
    read_code,
    read_context_map,
    read_number,
)
from wasmtrim.attribution.compressed.prefix import LENGTH_MASK, SYMBOL_SHIFT, Table
from wasmtrim.attribution.compressed.stream import Stream
from wasmtrim.attribution.compressed.transforms import COUNT as TRANSFORMS
from wasmtrim.attribution.compressed.transforms import transform

_ENDLESS = 1 << 24  # a block count where there is one block type only: no meta-block is longer
# Section 4: how short distance codes 0 to 15 differ from which of the last four distances.
_LAST = (0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1)
_DIFFERENCE = (0, 0, 0, 0, -1, 1, -2, 2, -3, 3, -1, 1, -2, 2, -3, 3)
# Section 5: the insert and copy code that the 64 symbols of each of 11 cells begin with.
_CELLS = (
    *((0, 0), (0, 8), (0, 0), (0, 8), (8, 0), (8, 8), (0, 16)),
    *((16, 0), (8, 16), (16, 8), (16, 16)),
)
_IMPLICIT = 128  # commands below it take the last distance again, without a code


def decode(data: bytes) -> Stream:
    """Decodes a brotli file; ValueError where it isn't one, or is damaged."""
    bits = Bits(data)
    stream = Stream(len(data))
    window = (1 << _window_bits(bits)) - 16
    distances = [4, 11, 15, 16]  # the last one first
    while True:
        last = bool(bits.take(1))
        if last and bits.take(1):
            break
        nibbles = bits.take(2)
        if nibbles == 3:
            _metadata(bits)
        else:
            size = bits.take(4 * (nibbles + 4)) + 1
            if nibbles and size - 1 >> 4 * (nibbles + 3) == 0:
                raise ValueError("a meta-block's size with a nibble too many")
            if not last and bits.take(1):
                _uncompressed(bits, stream, size)
            else:
                _MetaBlock(bits, stream, window, distances).decode(size)
        if last:
            break
    if _whole_byte(bits) != len(data):
        raise ValueError("bytes behind the last meta-block")
    return stream


def _window_bits(bits: Bits) -> int:
    """Section 9.1."""
    if not bits.take(1):
        return 16
    high = bits.take(3)
    if high:
        return 17 + high
    low = bits.take(3)
    if low == 1:
        raise ValueError("a window size that RFC 7932 does not have")
    return 8 + low if low else 17


def _metadata(bits: Bits) -> None:
    if bits.take(1):
        raise ValueError("a reserved bit is set")
    size_bytes = bits.take(2)
    size = bits.take(8 * size_bytes) + 1 if size_bytes else 0
    _whole_byte(bits)
    bits.skip(8 * size)


def _uncompressed(bits: Bits, stream: Stream, size: int) -> None:
    start = _whole_byte(bits)
    bits.skip(8 * size)
    stream.starts.append(len(stream.output))
    stream.bits.append(stream.paid)
    stream.output += bits.data[start : start + size]
    stream.paid += 8 * size


def _whole_byte(bits: Bits) -> int:
    """Moves to the next whole byte; the bits up to there are zero (section 9.2)."""
    if bits.take(-bits.at & 7):
        raise ValueError("padding that is not zero")
    return bits.align()


@dataclass(slots=True)
class _Blocks:
    """Section 6: which block type is in force, and for how many more symbols."""

    types: int
    type_code: Table
    count_code: Table
    left: int
    current: int = 0
    before: int = 1

    def switch(self, bits: Bits) -> None:
        symbol = bits.symbol(self.type_code)
        if symbol == 0:
            new = self.before
        elif symbol == 1:
            new = (self.current + 1) % self.types
        else:
            new = symbol - 2
        self.before, self.current = self.current, new
        self.left = _length(bits, self.count_code)


def _read_blocks(bits: Bits) -> _Blocks:
    types = read_number(bits)
    if types == 1:
        return _Blocks(1, [], [], _ENDLESS)
    type_code = read_code(bits, types + 2)
    count_code = read_code(bits, len(BLOCK_COUNTS))
    return _Blocks(types, type_code, count_code, _length(bits, count_code))


def _length(bits: Bits, code: Table) -> int:
    base, extra = BLOCK_COUNTS[bits.symbol(code)]
    return base + bits.take(extra)


class _MetaBlock:
    """One compressed meta-block: its codes (section 9.2), then its commands (section 9.3)."""

    def __init__(self, bits: Bits, stream: Stream, window: int, distances: list[int]) -> None:
        self.bits = bits
        self.stream = stream
        self.window = window
        self.distances = distances
        self.literals, self.commands, self.far = (_read_blocks(bits) for _ in range(3))
        self.postfix = bits.take(2)
        self.direct = bits.take(4) << self.postfix
        self.modes = [bits.take(2) for _ in range(self.literals.types)]
        literal_trees, self.literal_map = read_context_map(bits, 64 * self.literals.types)
        distance_trees, self.distance_map = read_context_map(bits, 4 * self.far.types)
        self.literal_codes = [read_code(bits, 256) for _ in range(literal_trees)]
        self.command_codes = [read_code(bits, 704) for _ in range(self.commands.types)]
        distance_symbols = 16 + self.direct + (48 << self.postfix)
        self.distance_codes = [read_code(bits, distance_symbols) for _ in range(distance_trees)]

    def decode(self, size: int) -> None:
        bits, stream, output = self.bits, self.stream, self.stream.output
        end = len(output) + size
        while len(output) < end:
            self._next(self.commands)
            begin = bits.at
            symbol = bits.symbol(self.command_codes[self.commands.current])
            insert_cell, copy_cell = _CELLS[symbol >> 6]
            base, extra = INSERT_LENGTHS[insert_cell + (symbol >> 3 & 7)]
            insert = base + bits.take(extra)
            base, extra = COPY_LENGTHS[copy_cell + (symbol & 7)]
            copy = base + bits.take(extra)
            command_bits = bits.at - begin
            if len(output) + insert > end:
                raise ValueError("more literals than the meta-block has room for")
            if len(output) + insert == end:  # the last command has no copy: its literals pay
                self._literals(insert, command_bits)
                break
            self._literals(insert, 0)
            distance, distance_bits = self._distance(symbol, copy)
            stream.starts.append(len(output))
            stream.bits.append(stream.paid)
            self._copy(copy, distance, end)
            stream.paid += command_bits + distance_bits

    def _next(self, blocks: _Blocks) -> None:
        """Counts one symbol of a category; its block switches are overhead."""
        if blocks.left == 0:
            blocks.switch(self.bits)
        blocks.left -= 1

    def _literals(self, count: int, command_bits: int) -> None:
        """Writes `count` literals, of which the first one pays `command_bits` as well.

        In local names, as this loop is where the time goes.
        """
        bits, blocks, stream = self.bits, self.literals, self.stream
        output, starts, costs = stream.output, stream.starts, stream.bits
        one = output[-1] if output else 0
        two = output[-2] if len(output) > 1 else 0
        paid, extra = stream.paid, command_bits
        while count > 0:
            if blocks.left == 0:
                blocks.switch(bits)
            run = min(count, blocks.left)
            blocks.left -= run
            count -= run
            by_one, by_two = literal_contexts(self.modes[blocks.current])
            first = 64 * blocks.current
            codes = [self.literal_codes[tree] for tree in self.literal_map[first : first + 64]]
            data, at = bits.data, bits.at
            for _ in range(run):
                code = codes[by_one[one] | by_two[two]]
                window = int.from_bytes(data[at >> 3 : (at >> 3) + 3], "little") >> (at & 7)
                entry = code[window & len(code) - 1]
                used = entry & LENGTH_MASK
                two, one = one, entry >> SYMBOL_SHIFT
                starts.append(len(output))
                costs.append(paid)
                output.append(one)
                at += used
                paid += used + extra
                extra = 0
            bits.at = at
            bits.skip(0)
        stream.paid = paid

    def _distance(self, symbol: int, copy: int) -> tuple[int, int]:
        """Section 4: the distance of a copy, and the bits that it took."""
        if symbol < _IMPLICIT:
            return self.distances[0], 0
        bits, blocks = self.bits, self.far
        self._next(blocks)
        begin = bits.at
        tree = self.distance_map[4 * blocks.current + min(copy, 5) - 2]
        code = bits.symbol(self.distance_codes[tree])
        if code < 16:
            distance = self.distances[_LAST[code]] + _DIFFERENCE[code]
            if distance <= 0:
                raise ValueError("a distance of zero or less")
        elif code < 16 + self.direct:
            distance = code - 15
        else:
            code -= 16 + self.direct
            high, low = code >> self.postfix, code & (1 << self.postfix) - 1
            count = 1 + (high >> 1)
            offset = ((2 + (high & 1)) << count) - 4 + bits.take(count)
            distance = (offset << self.postfix) + low + self.direct + 1
            code = -1
        if code != 0 and distance <= min(self.window, len(self.stream.output)):
            self.distances[:] = [distance, *self.distances[:3]]
        return distance, bits.at - begin

    def _copy(self, length: int, distance: int, end: int) -> None:
        output = self.stream.output
        farthest = min(self.window, len(output))
        if distance > farthest:
            output += _word(length, distance - farthest - 1)
        elif distance >= length:
            start = len(output) - distance
            output += output[start : start + length]
        else:
            output += (output[-distance:] * (length // distance + 1))[:length]
        if len(output) > end:
            raise ValueError("a copy beyond the end of the meta-block")


def _word(length: int, number: int) -> bytes:
    """Section 8: a word of the static dictionary, changed by a transform."""
    if not dictionary.SHORTEST <= length <= dictionary.LONGEST:
        raise ValueError(f"the dictionary has no words of {length} bytes")
    size_bits = dictionary.SIZE_BITS[length]
    change, place = number >> size_bits, number & (1 << size_bits) - 1
    if change >= TRANSFORMS:
        raise ValueError(f"there is no transform {change}")
    return transform(dictionary.word(length, place), change)
