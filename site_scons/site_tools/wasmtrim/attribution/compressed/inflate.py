"""Deflate (RFC 1951) and gzip (RFC 1952), decoded so that each token's bits are known."""

from __future__ import annotations

import zlib

from wasmtrim.attribution.compressed.bits import Bits
from wasmtrim.attribution.compressed.prefix import LENGTH_MASK, SYMBOL_SHIFT, Table, table
from wasmtrim.attribution.compressed.stream import Stream

# RFC 1951, 3.2.5: base and extra bits of length codes 257 to 285, and of distance codes.
_LENGTHS = [
    *((3 + code, 0) for code in range(8)),
    *((((4 + (code & 3)) << (code >> 2) + 1) + 3, (code >> 2) + 1) for code in range(20)),
    (258, 0),
]
_DISTANCES = [
    *((1 + code, 0) for code in range(4)),
    *((((2 + (code & 1)) << (code >> 1) + 1) + 1, (code >> 1) + 1) for code in range(26)),
]
_CODE_LENGTH_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_FIXED_LITERALS = table([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8)
_FIXED_DISTANCES = table([5] * 32)
_END_OF_BLOCK = 256
_LONGEST = 48  # bits of a token: two codes of 15, and up to 5 and 13 further bits
_LOOK = 16  # bytes


def gunzip(data: bytes) -> Stream:
    """Decodes a gzip file of one member; ValueError where it isn't one, or is damaged."""
    bits = Bits(data, _after_header(data))
    stream = inflate(bits)
    at = bits.align()
    trailer = data[at : at + 8]
    if len(trailer) < 8 or at + 8 != len(data):
        raise ValueError("the gzip file does not end with one checksum and length")
    checksum, size = (int.from_bytes(trailer[i : i + 4], "little") for i in (0, 4))
    if checksum != zlib.crc32(stream.output) or size != len(stream.output) & 0xFFFFFFFF:
        raise ValueError("the checksum of the gzip file does not fit")
    return stream


def _after_header(data: bytes) -> int:
    """RFC 1952, 2.3: where the deflate stream begins."""
    if data[:3] != b"\x1f\x8b\x08" or len(data) < 10:
        raise ValueError("no gzip file")
    flags, at = data[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for flag in (8, 16):  # a name, a comment
        if flags & flag:
            at = data.index(b"\0", at) + 1
    return at + (2 if flags & 2 else 0)


def inflate(bits: Bits) -> Stream:
    """Decodes a deflate stream from where `bits` stands, and leaves it behind the last block."""
    stream = Stream(len(bits.data))
    last = False
    while not last:
        last = bool(bits.take(1))
        kind = bits.take(2)
        if kind == 0:
            _stored(bits, stream)
        elif kind == 1:
            _block(bits, stream, _FIXED_LITERALS, _FIXED_DISTANCES)
        elif kind == 2:
            _block(bits, stream, *_tables(bits))
        else:
            raise ValueError("a block of the reserved kind")
    return stream


def _stored(bits: Bits, stream: Stream) -> None:
    start = bits.align() + 4
    size, check = (int.from_bytes(bits.data[i : i + 2], "little") for i in (start - 4, start - 2))
    if size ^ check != 0xFFFF or start + size > len(bits.data):
        raise ValueError("a stored block whose length does not fit")
    if size:
        stream.starts.append(len(stream.output))
        stream.bits.append(stream.paid + 8 * size)
        stream.output += bits.data[start : start + size]
    bits.at = 8 * (start + size)


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
            if not lengths:
                raise ValueError("a repeated code length with none before")
            lengths += [lengths[-1]] * (3 + bits.take(2))
        else:
            lengths += [0] * ((3 + bits.take(3)) if symbol == 17 else (11 + bits.take(7)))
    if len(lengths) != literals + distances:
        raise ValueError("more code lengths than there are codes")
    if not lengths[_END_OF_BLOCK]:
        raise ValueError("a block that cannot end")
    far = lengths[literals:]
    # One distance code alone is written as one bit, none at all as a code of no use.
    complete = sum(length > 0 for length in far) > 1
    return table(lengths[:literals]), table(far, complete=complete)


def _block(bits: Bits, stream: Stream, literals: Table, distances: Table) -> None:
    """The tokens of one block.

    In local names, and with few looks at the stream, as this loop is where the time goes.
    """
    data, at, end = bits.data, bits.at, bits.end
    output, starts, costs, paid = stream.output, stream.starts, stream.bits, stream.paid
    literal_mask, distance_mask = len(literals) - 1, len(distances) - 1
    window = ahead = 0  # the bits that come, and how many of them are known
    while True:
        if ahead < _LONGEST:
            byte = at >> 3
            window = int.from_bytes(data[byte : byte + _LOOK], "little") >> (at & 7)
            ahead = 8 * _LOOK - 7
        entry = literals[window & literal_mask]
        symbol = entry >> SYMBOL_SHIFT
        used = entry & LENGTH_MASK
        if symbol < _END_OF_BLOCK:
            if entry < 0:
                raise ValueError("bits that are not a code")
            window >>= used
            starts.append(len(output))
            output.append(symbol)
        elif symbol == _END_OF_BLOCK:
            at += used
            break
        else:
            if symbol > 285:
                raise ValueError(f"length code {symbol}")
            base, extra = _LENGTHS[symbol - 257]
            window >>= used
            length = base + (window & (1 << extra) - 1)
            window >>= extra
            entry = distances[window & distance_mask]
            if entry < 0 or entry >> SYMBOL_SHIFT > 29:
                raise ValueError("a distance that is not a code")
            used += extra + (entry & LENGTH_MASK)
            window >>= entry & LENGTH_MASK
            base, extra = _DISTANCES[entry >> SYMBOL_SHIFT]
            distance = base + (window & (1 << extra) - 1)
            window >>= extra
            used += extra
            start = len(output) - distance
            if start < 0:
                raise ValueError("a distance to before the first byte")
            starts.append(len(output))
            if distance >= length:
                output += output[start : start + length]
            else:
                output += (output[start:] * (length // distance + 1))[:length]
        at += used
        ahead -= used
        paid += used
        costs.append(paid)
        if at > end:
            raise ValueError("the stream ends too early")
    bits.at = at
