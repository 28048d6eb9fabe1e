"""Brotli (RFC 7932): which token took which bits.

The library decodes; as the stream is sound then, its tokens are only counted.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from wasmtrim.attribution.compressed import dictionary
from wasmtrim.attribution.compressed.bits import Bits
from wasmtrim.attribution.compressed.codes import (
    BLOCK_COUNTS,
    COMMAND_BITS,
    COMMANDS,
    LAST,
    LAST_DISTANCES,
    distances_of,
    literal_contexts,
    read_code,
    read_context_map,
    read_lengths,
    read_number,
)
from wasmtrim.attribution.compressed.prefix import BITS_MASK, SYMBOL_SHIFT, Table
from wasmtrim.attribution.compressed.stream import Stream

_ENDLESS = 1 << 24  # a block count where there is one block type only: no meta-block is longer
_FIRST_DISTANCES = (16, 15, 11, 4)  # the last one last


def decode(data: bytes) -> Stream:
    """Decodes a brotli file; ValueError where it isn't one, or is damaged."""
    import brotli

    try:
        output = brotli.decompress(data)
    except brotli.error:
        raise ValueError("no brotli file, or a damaged one") from None
    bits, stream = Bits(data), Stream(len(data), output)
    window = (1 << _window_bits(bits)) - 16
    distances = list(_FIRST_DISTANCES)
    contexts = cache(lambda mode: _contexts(output, mode))
    place = 0
    last = False
    while not last:
        last = bool(bits.take(1))
        if last and bits.take(1):
            break
        nibbles = bits.take(2)
        if nibbles == 3:
            _metadata(bits)
            continue
        size = bits.take(4 * (nibbles + 4)) + 1
        if not last and bits.take(1):
            _uncompressed(bits, stream, place, size)
        else:
            block = _MetaBlock(bits, stream, window, distances, contexts)
            block.decode(place, place + size)
        place += size
    stream.check(place, bits.align())
    return stream


def _window_bits(bits: Bits) -> int:
    """Section 9.1."""
    if not bits.take(1):
        return 16
    high = bits.take(3)
    if high:
        return 17 + high
    low = bits.take(3)
    return 8 + low if low else 17


def _contexts(output: bytes, mode: int) -> array[int]:
    """Section 7.1: of each byte of the output, its context in a mode, times 256, and the byte."""
    last, before = literal_contexts(mode)
    one = int.from_bytes(output.translate(last), "little") << 8 | last[0]
    two = int.from_bytes(output.translate(before), "little") << 16 | before[0] << 8 | before[0]
    found = bytearray(2 * len(output))
    found[::2] = output
    found[1::2] = (one | two).to_bytes(len(output) + 2, "little")[: len(output)]
    each = array("H", bytes(found))
    if sys.byteorder == "big":
        each.byteswap()
    return each


def _metadata(bits: Bits) -> None:
    bits.take(1)
    size_bytes = bits.take(2)
    size = bits.take(8 * size_bytes) + 1 if size_bytes else 0
    bits.align()
    bits.skip(8 * size)


def _uncompressed(bits: Bits, stream: Stream, place: int, size: int) -> None:
    bits.align()
    bits.skip(8 * size)
    stream.starts.append(place)
    stream.bits.append(stream.paid + 8 * size)


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


class _MetaBlock:
    """One compressed meta-block: its codes (section 9.2), then its commands (section 9.3)."""

    def __init__(
        self,
        bits: Bits,
        stream: Stream,
        window: int,
        distances: list[int],
        contexts: Callable[[int], array[int]],
    ) -> None:
        self.bits = bits
        self.stream = stream
        self.window = window
        self.recent = distances
        self.literals, self.commands, self.far = (_read_blocks(bits) for _ in range(3))
        self.postfix = bits.take(2)
        direct = bits.take(4) << self.postfix
        modes = [bits.take(2) for _ in range(self.literals.types)]
        literal_trees, literal_map = read_context_map(bits, 64 * self.literals.types)
        distance_trees, distance_map = read_context_map(bits, 4 * self.far.types)
        literal_lengths = [bytes(read_lengths(bits, 256)) for _ in range(literal_trees)]
        self.command_codes = [
            read_code(bits, 704, COMMAND_BITS) for _ in range(self.commands.types)
        ]
        self.distances, further = distances_of(direct, self.postfix)
        distance_codes = [
            read_code(bits, len(self.distances), further) for _ in range(distance_trees)
        ]
        self.distance_codes = [distance_codes[tree] for tree in distance_map]
        # By block type: what each byte of the output takes as a literal, as its contexts tell.
        self.literal_bits = [
            b"".join(literal_lengths[tree] for tree in literal_map[64 * block : 64 * block + 64])
            for block in range(self.literals.types)
        ]
        self.contexts = [contexts(mode) for mode in modes]

    def decode(self, place: int, end: int) -> None:
        """The tokens that write the output from `place` to `end`. Block switches are overhead.

        In local names, as this loop is where the time goes.
        """
        bits, words, at = self.bits, self.bits.words, self.bits.at
        starts, costs, paid = self.stream.starts, self.stream.bits, self.stream.paid
        literals, commands, far = self.literals, self.commands, self.far
        recent, window, postfix = self.recent, self.window, self.postfix
        code = self.command_codes[commands.current]
        while place < end:
            if commands.left == 0:
                at = commands.switch(bits, at)
                code = self.command_codes[commands.current]
            commands.left -= 1
            word = words[at >> 3] >> (at & 7)
            entry = code[word & len(code) - 1]
            insert, insert_bits, copy, copy_bits, repeats = COMMANDS[entry >> SYMBOL_SHIFT]
            spent = entry & BITS_MASK
            at += spent
            if insert_bits:
                insert += word >> spent - copy_bits - insert_bits & (1 << insert_bits) - 1
            if copy_bits:
                behind = at - copy_bits
                copy += words[behind >> 3] >> (behind & 7) & (1 << copy_bits) - 1
            if place + insert == end:
                paid += spent  # the last command has no copy: its literals pay
            while insert:
                if literals.left == 0:
                    at = literals.switch(bits, at)
                run = insert if insert < literals.left else literals.left
                literals.left -= run
                insert -= run
                after = place + run
                starts.extend(range(place, after))
                taken, free = self.literal_bits[literals.current], at - paid
                for literal in self.contexts[literals.current][place:after]:
                    paid += taken[literal]
                    costs.append(paid)
                at, place = paid + free, after
            if place == end:
                break
            starts.append(place)
            farthest = place if place < window else window
            if repeats:
                distance = recent[-1]
            else:
                if far.left == 0:
                    at = far.switch(bits, at)
                far.left -= 1
                table = self.distance_codes[4 * far.current + (copy - 2 if copy < 5 else 3)]
                word = words[at >> 3] >> (at & 7)
                entry = table[word & len(table) - 1]
                symbol, used = entry >> SYMBOL_SHIFT, entry & BITS_MASK
                at += used
                spent += used
                distance, further = self.distances[symbol]
                if symbol < LAST_DISTANCES:
                    distance += recent[LAST[symbol]]
                else:
                    distance += (word >> used - further & (1 << further) - 1) << postfix
                if symbol and distance <= farthest:
                    recent.append(distance)
            paid += spent
            costs.append(paid)
            word_number = distance - farthest - 1
            place += copy if word_number < 0 else dictionary.written(copy, word_number)
        bits.at = at
