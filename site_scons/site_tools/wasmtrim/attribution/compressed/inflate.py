"""Deflate (RFC 1951) and gzip (RFC 1952): which token took which bits.

The library decodes; as the stream is sound then, its tokens are only counted.
"""

from __future__ import annotations

import zlib

from wasmtrim.attribution.compressed.bits import Bits
from wasmtrim.attribution.compressed.prefix import BITS_MASK, SYMBOL_SHIFT, Table, table
from wasmtrim.attribution.compressed.stream import Stream

# RFC 1951, 3.2.5: bases of length codes 257 to 285, and further bits of all literals and length
# codes, and of distance codes.
_LENGTHS = (
    *(3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115),
    *(131, 163, 195, 227, 258),
)
_LENGTH_BITS = (*[0] * 265, *(bits for bits in range(1, 6) for _ in range(4)), 0, 0, 0)
_DISTANCE_BITS = (0, 0, *(bits for bits in range(14) for _ in range(2)), 0, 0)
_CODE_LENGTH_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_FIXED_LITERALS = table([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8, _LENGTH_BITS)
_FIXED_DISTANCES = table([5] * 32, _DISTANCE_BITS)
_END_OF_BLOCK = 256
_TRAILER = 8  # bytes: a checksum and the length
_LITERALS_BELOW = _END_OF_BLOCK << SYMBOL_SHIFT  # an entry of a table


def gunzip(data: bytes) -> Stream:
    """Decodes a gzip file of one member; ValueError where it isn't one, or is damaged."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        output = unpacker.decompress(data)
    except zlib.error as error:
        raise ValueError(f"no gzip file: {error}") from None
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("the gzip file does not end with one checksum and length")
    bits, stream = Bits(data, _after_header(data)), Stream(len(data), output)
    place = _inflate(bits, stream)
    stream.check(place, bits.align() + _TRAILER)
    return stream


def _after_header(data: bytes) -> int:
    """RFC 1952, 2.3: where the deflate stream begins."""
    flags, at = data[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for flag in (8, 16):  # a name, a comment
        if flags & flag:
            at = data.index(b"\0", at) + 1
    return at + (2 if flags & 2 else 0)


def _inflate(bits: Bits, stream: Stream) -> int:
    """All blocks; returns how much they write."""
    place = 0
    last = False
    while not last:
        last = bool(bits.take(1))
        kind = bits.take(2)
        if kind == 0:
            place = _stored(bits, stream, place)
        elif kind == 1:
            place = _block(bits, stream, place, _FIXED_LITERALS, _FIXED_DISTANCES)
        else:
            place = _block(bits, stream, place, *_tables(bits))
    return place


def _stored(bits: Bits, stream: Stream, place: int) -> int:
    start = bits.align()
    size = int.from_bytes(bits.data[start : start + 2], "little")
    if size:
        stream.starts.append(place)
        stream.bits.append(stream.paid + 8 * size)
    bits.at = 8 * (start + 4 + size)
    return place + size


def _tables(bits: Bits) -> tuple[Table, Table]:
    """RFC 1951, 3.2.7."""
    literals, distances, count = bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4
    code_lengths = [0] * 19
    for place in _CODE_LENGTH_ORDER[:count]:
        code_lengths[place] = bits.take(3)
    code = table(code_lengths)
    lengths: list[int] = []
    while len(lengths) < literals + distances:
        symbol = bits.symbol(code)
        if symbol < 16:
            lengths.append(symbol)
        elif symbol == 16:
            lengths += [lengths[-1]] * (3 + bits.take(2))
        else:
            lengths += [0] * ((3 + bits.take(3)) if symbol == 17 else (11 + bits.take(7)))
    return table(lengths[:literals], _LENGTH_BITS), table(lengths[literals:], _DISTANCE_BITS)


def _block(bits: Bits, stream: Stream, place: int, literals: Table, distances: Table) -> int:
    """The tokens of one block, which begins at a place of the output; returns where it ends.

    In local names, as this loop is where the time goes. A token takes 48 bits at most.
    """
    words, at, starts, costs = bits.words, bits.at, stream.starts, stream.bits
    free = at - stream.paid  # the bits up to here that no token pays
    literal_mask, distance_mask = len(literals) - 1, len(distances) - 1
    while True:
        word = words[at >> 3] >> (at & 7)
        entry = literals[word & literal_mask]
        at += entry & BITS_MASK
        if entry < _LITERALS_BELOW:
            starts.append(place)
            place += 1
        else:
            symbol = entry >> SYMBOL_SHIFT
            if symbol == _END_OF_BLOCK:
                bits.at = at
                return place
            used = entry & BITS_MASK
            starts.append(place)
            place += _LENGTHS[symbol - 257]
            if further := _LENGTH_BITS[symbol]:
                place += (word >> used - further) & (1 << further) - 1
            at += distances[word >> used & distance_mask] & BITS_MASK
        costs.append(at - free)
