"""The parts of a brotli meta-block's header that are codes themselves (RFC 7932, 3.4, 5, 6, 7)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from wasmtrim.attribution.compressed.bits import Bits
from wasmtrim.attribution.compressed.prefix import Table, single, table

# Base and further bits of the symbols of block counts, insert lengths and copy lengths.


def _bases(first: int, extras: tuple[int, ...]) -> list[tuple[int, int]]:
    """Each range begins where the one before ends."""
    found = []
    for extra in extras:
        found.append((first, extra))
        first += 1 << extra
    return found


BLOCK_COUNTS = _bases(
    1, (2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24)
)
_INSERT_LENGTHS = _bases(
    0, (0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24)
)
_COPY_LENGTHS = _bases(
    2, (0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24)
)

# Section 5: the insert and copy code that the 64 symbols of each of 11 cells begin with.
_CELLS = (
    *((0, 0), (0, 8), (0, 0), (0, 8), (8, 0), (8, 8), (0, 16)),
    *((16, 0), (8, 16), (16, 8), (16, 16)),
)
# By symbol: insert length and its further bits, copy length and its; and whether the last distance
# is taken again, without a code.
COMMANDS = [
    (
        *_INSERT_LENGTHS[_CELLS[symbol >> 6][0] + (symbol >> 3 & 7)],
        *_COPY_LENGTHS[_CELLS[symbol >> 6][1] + (symbol & 7)],
        symbol < 128,
    )
    for symbol in range(704)
]
COMMAND_BITS = [insert_bits + copy_bits for _, insert_bits, _, copy_bits, _ in COMMANDS]

# Section 4: which of the last four distances codes 0 to 15 start from, and how they differ.
LAST_DISTANCES = 16
LAST = (-1, -2, -3, -4, *[-1] * 6, *[-2] * 6)
_DIFFERENCES = (0, 0, 0, 0, -1, 1, -2, 2, -3, 3, -1, 1, -2, 2, -3, 3)


@cache
def distances_of(direct: int, postfix: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Section 4: by symbol, a distance and its further bits, which count 1 << `postfix` each.

    The first 16 are differences to one of the last distances, the next `direct` stand for
    themselves. The second list has the further bits alone.
    """
    far = [
        (((2 + (code & 1)) << 1 + (code >> 1)) - 4 << postfix, 1 + (code >> 1))
        for code in range(48)
    ]
    found = [
        *((difference, 0) for difference in _DIFFERENCES),
        *((distance, 0) for distance in range(1, direct + 1)),
        *((base + low + direct + 1, extra) for base, extra in far for low in range(1 << postfix)),
    ]
    return found, [further for _, further in found]


_CODE_LENGTH_ORDER = (1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15)
# Section 3.5: the code that code lengths of code lengths come in, by the next four bits.
_LENGTH_OF_LENGTH = {0: (0, 2), 1: (4, 2), 2: (3, 2), 3: (2, 3), 7: (1, 4), 15: (5, 4)}
_SIMPLE_LENGTHS = {1: (1,), 2: (1, 1), 3: (1, 2, 2), 4: (2, 2, 2, 2), 5: (1, 2, 3, 3)}


def read_number(bits: Bits) -> int:
    """A number of 1 to 256, as block types and trees are counted (section 9.2)."""
    if not bits.take(1):
        return 1
    extra = bits.take(3)
    return (1 << extra) + bits.take(extra) + 1


def read_code(bits: Bits, alphabet: int, further: Sequence[int] | None = None) -> Table:
    """A prefix code over the symbols below `alphabet`, each followed by its `further` bits."""
    lengths, only = _read_lengths(bits, alphabet)
    return table(lengths, further) if only is None else single(only, further)


def read_lengths(bits: Bits, alphabet: int) -> list[int]:
    """The bits that each symbol of such a code takes."""
    lengths, only = _read_lengths(bits, alphabet)
    return lengths if only is None else [0] * alphabet


def _read_lengths(bits: Bits, alphabet: int) -> tuple[list[int], int | None]:
    """The code lengths (section 3.4 simple, 3.5 complex), and the symbol where there is one."""
    skipped = bits.take(2)
    lengths = _simple(bits, alphabet) if skipped == 1 else _complex(bits, alphabet, skipped)
    used = [symbol for symbol, length in enumerate(lengths) if length]
    return lengths, used[0] if len(used) == 1 else None


def _simple(bits: Bits, alphabet: int) -> list[int]:
    count = bits.take(2) + 1
    width = (alphabet - 1).bit_length()
    symbols = [bits.take(width) for _ in range(count)]
    lengths = [0] * alphabet
    kind = 5 if count == 4 and bits.take(1) else count
    for symbol, length in zip(symbols, _SIMPLE_LENGTHS[kind], strict=True):
        lengths[symbol] = length
    return lengths


def _complex(bits: Bits, alphabet: int, skipped: int) -> list[int]:
    code = _code_length_code(bits, skipped)
    lengths: list[int] = []
    space, previous = 1 << 15, 8
    repeated, times = 0, 0  # the repeat symbol before this one, and how often it repeats so far
    while space > 0 and len(lengths) < alphabet:
        symbol = bits.symbol(code)
        if symbol < 16:
            repeated = 0
            lengths.append(symbol)
            if symbol:
                previous = symbol
                space -= 1 << 15 - symbol
            continue
        extra = 2 if symbol == 16 else 3
        if symbol != repeated:
            repeated, times = symbol, 0
        before = times
        times = ((times - 2) << extra if times else 0) + bits.take(extra) + 3
        value = previous if symbol == 16 else 0
        lengths += [value] * (times - before)
        if value:
            space -= times - before << 15 - value
    return lengths + [0] * (alphabet - len(lengths))


def _code_length_code(bits: Bits, skipped: int) -> Table:
    lengths = [0] * 18
    space = 32
    for place in _CODE_LENGTH_ORDER[skipped:]:
        window = bits.peek() & 15
        for mask in (3, 7, 15):
            if window & mask in _LENGTH_OF_LENGTH:
                length, width = _LENGTH_OF_LENGTH[window & mask]
                if (1 << width) - 1 == mask:
                    break
        bits.skip(width)
        lengths[place] = length
        if length:
            space -= 32 >> length
            if space <= 0:
                break
    used = [symbol for symbol, length in enumerate(lengths) if length]
    return single(used[0]) if len(used) == 1 else table(lengths)


def read_context_map(bits: Bits, size: int) -> tuple[int, list[int]]:
    """The number of trees, and which one each of `size` contexts uses (section 7.3)."""
    trees = read_number(bits)
    if trees == 1:
        return 1, [0] * size
    longest_run = bits.take(4) + 1 if bits.take(1) else 0
    code = read_code(bits, trees + longest_run)
    found: list[int] = []
    while len(found) < size:
        symbol = bits.symbol(code)
        if symbol == 0:
            found.append(0)
        elif symbol <= longest_run:
            found += [0] * ((1 << symbol) + bits.take(symbol))
        else:
            found.append(symbol - longest_run)
    if bits.take(1):
        _undo_move_to_front(found)
    return trees, found


def _undo_move_to_front(found: list[int]) -> None:
    order = list(range(256))
    for place, index in enumerate(found):
        value = order.pop(index)
        order.insert(0, value)
        found[place] = value


@cache
def literal_contexts(mode: int) -> tuple[bytes, bytes]:
    """Section 7.1: a literal's context is [the last byte] of the one or-ed [the one before]."""
    if mode == 0:
        return bytes(byte & 63 for byte in range(256)), bytes(256)
    if mode == 1:
        return bytes(byte >> 2 for byte in range(256)), bytes(256)
    if mode == 2:
        return _UTF8_LAST, _UTF8_BEFORE
    signed = bytes([0] + [1] * 15 + [2] * 48 + [3] * 64 + [4] * 64 + [5] * 48 + [6] * 15 + [7])
    return bytes(value << 3 for value in signed), signed


_UTF8_LAST = bytes(
    [
        *(0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 0, 0, 4, 0, 0, *[0] * 16),
        *(8, 12, 16, 12, 12, 20, 12, 16, 24, 28, 12, 12, 32, 12, 36, 12),
        *(44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 32, 32, 24, 40, 28, 12),
        *(12, 48, 52, 52, 52, 48, 52, 52, 52, 48, 52, 52, 52, 52, 52, 48),
        *(52, 52, 52, 52, 52, 48, 52, 52, 52, 52, 52, 24, 12, 28, 12, 12),
        *(12, 56, 60, 60, 60, 56, 60, 60, 60, 56, 60, 60, 60, 60, 60, 56),
        *(60, 60, 60, 60, 60, 56, 60, 60, 60, 60, 60, 24, 12, 28, 12, 0),
        *[0, 1] * 32,
        *[2, 3] * 32,
    ]
)
_UTF8_BEFORE = bytes(
    [
        *[0] * 33,
        *[1] * 15,
        *[2] * 10,
        *[1] * 7,
        *[2] * 26,
        *[1] * 6,
        *[3] * 26,
        *[1] * 4,
        *[0] * 97,
        *[2] * 32,
    ]
)
