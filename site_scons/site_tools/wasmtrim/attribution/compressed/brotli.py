"""Brotli (RFC 7932), decoded so that each token's bits are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from wasmtrim.attribution.compressed import dictionary
from wasmtrim.attribution.compressed.bits import Bits
from wasmtrim.attribution.compressed.codes import (
    BLOCK_COUNTS,
    COMMANDS,
    LAST,
    LAST_DISTANCES,
    distances_of,
    literal_contexts,
    read_code,
    read_context_map,
    read_number,
)
from wasmtrim.attribution.compressed.prefix import LENGTH_MASK, SYMBOL_SHIFT, Table
from wasmtrim.attribution.compressed.stream import Stream
from wasmtrim.attribution.compressed.transforms import COUNT as TRANSFORMS
from wasmtrim.attribution.compressed.transforms import transform

_LOOK = 16  # bytes of the stream that are looked at together
_AHEAD = 8 * _LOOK - 7  # bits of them, at whatever bit they begin
_CODE, _DISTANCE = 15, 39  # bits of a code, and of a distance: a code and up to 24 further bits
_ENDLESS = 1 << 24  # a block count where there is one block type only: no meta-block is longer


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
    stream.bits.append(stream.paid + 8 * size)
    stream.output += bits.data[start : start + size]


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

    def switch(self, bits: Bits, at: int) -> int:
        """Reads the next block's type and count at a place of the stream; returns that behind."""
        bits.at = at
        symbol = bits.symbol(self.type_code)
        if symbol == 0:
            new = self.before
        elif symbol == 1:
            new = (self.current + 1) % self.types
        else:
            new = symbol - 2
        self.before, self.current = self.current, new
        self.left = _length(bits, self.count_code)
        return bits.at


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


class _Literals(NamedTuple):
    """How the literals of one block type are read: each context's code, and what tells it."""

    codes: list[Table]
    by_one: bytes
    by_two: bytes


class _MetaBlock:
    """One compressed meta-block: its codes (section 9.2), then its commands (section 9.3)."""

    def __init__(self, bits: Bits, stream: Stream, window: int, distances: list[int]) -> None:
        self.bits = bits
        self.stream = stream
        self.window = window
        self.last = distances
        self.literals, self.commands, self.far = (_read_blocks(bits) for _ in range(3))
        self.postfix = bits.take(2)
        direct = bits.take(4) << self.postfix
        modes = [bits.take(2) for _ in range(self.literals.types)]
        literal_trees, literal_map = read_context_map(bits, 64 * self.literals.types)
        distance_trees, distance_map = read_context_map(bits, 4 * self.far.types)
        literal_codes = [read_code(bits, 256) for _ in range(literal_trees)]
        self.command_codes = [read_code(bits, 704) for _ in range(self.commands.types)]
        self.distances = distances_of(direct, self.postfix)
        distance_codes = [read_code(bits, len(self.distances)) for _ in range(distance_trees)]
        self.distance_codes = [distance_codes[tree] for tree in distance_map]
        self.literal_codes = [
            _Literals(
                [literal_codes[tree] for tree in literal_map[64 * block : 64 * block + 64]],
                *literal_contexts(mode),
            )
            for block, mode in enumerate(modes)
        ]

    def decode(self, size: int) -> None:
        """Writes `size` bytes. Block switches are overhead.

        In local names, and with one look at the stream for most commands, as this loop is where
        the time goes.
        """
        bits, stream = self.bits, self.stream
        data, at, limit = bits.data, bits.at, bits.end
        output, starts, costs, paid = stream.output, stream.starts, stream.bits, stream.paid
        literals, commands, far = self.literals, self.commands, self.far
        last, window_size, postfix = self.last, self.window, self.postfix
        code = self.command_codes[commands.current]
        end = len(output) + size
        while len(output) < end:
            if commands.left == 0:
                at = commands.switch(bits, at)
                code = self.command_codes[commands.current]
            commands.left -= 1
            window = int.from_bytes(data[at >> 3 : (at >> 3) + _LOOK], "little") >> (at & 7)
            entry = code[window & len(code) - 1]
            used = entry & LENGTH_MASK
            insert, insert_bits, copy, copy_bits, repeats = COMMANDS[entry >> SYMBOL_SHIFT]
            window >>= used
            insert += window & (1 << insert_bits) - 1
            window >>= insert_bits
            copy += window & (1 << copy_bits) - 1
            window >>= copy_bits
            spent = used + insert_bits + copy_bits
            at += spent
            ahead = _AHEAD - spent
            if insert:
                room = end - len(output) - insert
                if room < 0:
                    raise ValueError("more literals than the meta-block has room for")
                if not room:
                    paid += spent  # the last command has no copy: its literals pay
                one = output[-1] if output else 0
                two = output[-2] if len(output) > 1 else 0
                while insert:
                    if literals.left == 0:
                        at, ahead = literals.switch(bits, at), 0
                    run = min(insert, literals.left)
                    literals.left -= run
                    insert -= run
                    codes, by_one, by_two = self.literal_codes[literals.current]
                    starts.extend(range(len(output), len(output) + run))
                    free = at - paid  # the bits up to here that the literals don't pay
                    for _ in range(run):
                        if ahead < _CODE:
                            byte = at >> 3
                            window = int.from_bytes(data[byte : byte + _LOOK], "little") >> (at & 7)
                            ahead = _AHEAD
                        table = codes[by_one[one] | by_two[two]]
                        entry = table[window & len(table) - 1]
                        two, one = one, entry >> SYMBOL_SHIFT
                        used = entry & LENGTH_MASK
                        window >>= used
                        ahead -= used
                        at += used
                        costs.append(at - free)
                        output.append(one)
                    paid = at - free
                if not room:
                    break
            place = len(output)
            farthest = min(window_size, place)
            symbol = 0
            if repeats:
                distance = last[0]
            else:
                if far.left == 0:
                    at, ahead = far.switch(bits, at), 0
                far.left -= 1
                table = self.distance_codes[4 * far.current + (copy - 2 if copy < 5 else 3)]
                if ahead < _DISTANCE:
                    window = int.from_bytes(data[at >> 3 : (at >> 3) + _LOOK], "little") >> (at & 7)
                entry = table[window & len(table) - 1]
                used = entry & LENGTH_MASK
                symbol = entry >> SYMBOL_SHIFT
                distance, extra = self.distances[symbol]
                if symbol < LAST_DISTANCES:
                    distance += last[LAST[symbol]]
                    if distance <= 0:
                        raise ValueError("a distance of zero or less")
                else:
                    distance += (window >> used & (1 << extra) - 1) << postfix
                    used += extra
                at += used
                spent += used
            starts.append(place)
            paid += spent
            costs.append(paid)
            if distance > farthest:
                output += _word(copy, distance - farthest - 1)
            else:
                if symbol:
                    last[:] = distance, last[0], last[1], last[2]
                start = place - distance
                if distance >= copy:
                    output += output[start : start + copy]
                else:
                    output += (output[start:] * (copy // distance + 1))[:copy]
            if len(output) > end:
                raise ValueError("a copy beyond the end of the meta-block")
            if at > limit:
                break
        bits.at = at
        bits.skip(0)


def _word(length: int, number: int) -> bytes:
    """Section 8: a word of the static dictionary, changed by a transform."""
    if not dictionary.SHORTEST <= length <= dictionary.LONGEST:
        raise ValueError(f"the dictionary has no words of {length} bytes")
    size_bits = dictionary.SIZE_BITS[length]
    change, place = number >> size_bits, number & (1 << size_bits) - 1
    if change >= TRANSFORMS:
        raise ValueError(f"there is no transform {change}")
    return transform(dictionary.word(length, place), change)
