"""Where data segments are cut: the memory stays, and no other cut takes fewer bytes."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.stages.layout import segments
from wasmtrim.stages.layout.image import Image, overlay, same
from wasmtrim.stages.layout.segments import Cut, Memory, by_gap, cheapest

WRITES = st.lists(
    st.tuples(
        st.integers(0, 300),
        st.binary(max_size=40) | st.binary(max_size=9).map(bytes.hex).map(str.encode),
    ),
    max_size=8,
)
# Where LEBs get longer: addresses and sizes of one, two, three and five bytes.
BASES = st.sampled_from([0, 40, 60, 110, 8_180, 16_370, (1 << 31) - 20, (1 << 32) - 400])


def memory(*writes: tuple[int, bytes], number: int = 0, is64: bool = False) -> Memory:
    return Memory(number, is64, overlay(writes))


def size(cuts: list[Cut]) -> int:
    return sum(len(cut.header) + cut.size for cut in cuts)


def image(memory: Memory, cuts: list[Cut]) -> Image:
    return overlay([(cut.address, memory.image.read(cut.address, cut.size)) for cut in cuts])


@given(WRITES)
def test_an_image_is_what_writing_in_order_leaves(writes: list[tuple[int, bytes]]) -> None:
    plain = bytearray(400)
    for address, data in writes:
        plain[address : address + len(data)] = data
    found = overlay(writes)
    assert found.read(0, 400) == plain
    assert found.read(37, 5) == plain[37:42]
    starts, ends = (part.tolist() for part in found.stretches(0))
    assert [plain[start:end] for start, end in zip(starts, ends, strict=True)] == [
        part for part in plain.split(b"\0") if part
    ]


@given(WRITES, WRITES)
def test_images_are_the_same_where_their_bytes_are(
    one: list[tuple[int, bytes]], other: list[tuple[int, bytes]]
) -> None:
    assert same(overlay(one), overlay([*one, (500, bytes(9))]))
    equal = overlay(one).read(0, 400) == overlay(other).read(0, 400)
    assert same(overlay(one), overlay(other)) == equal


@given(WRITES, BASES, st.booleans(), st.sampled_from([0, 1, 200]))
def test_no_cut_is_cheaper(
    writes: list[tuple[int, bytes]], base: int, is64: bool, number: int
) -> None:
    moved = memory(*((base + at, data) for at, data in writes), number=number, is64=is64)
    starts, ends = (part.tolist() for part in moved.image.stretches(0))
    best = cheapest([moved])
    assert same(image(moved, best), moved.image)
    if not 0 < len(starts) <= 10:
        return
    for gaps in product([True, False], repeat=len(starts) - 1):
        first = [starts[0], *(s for s, cut in zip(starts[1:], gaps, strict=True) if cut)]
        last = [*(e for e, cut in zip(ends[:-1], gaps, strict=True) if cut), ends[-1]]
        cuts = [moved.cut(start, end) for start, end in zip(first, last, strict=True)]
        assert size(best) <= size(cuts)


def test_zeros_are_left_out_where_a_header_is_shorter() -> None:
    one_gap = memory((0, b"a" + bytes(8) + b"b" + bytes(4) + b"c"))
    assert [(cut.address, cut.size) for cut in cheapest([one_gap])] == [(0, 1), (9, 6)]


def test_the_upper_half_of_32_bit_addresses_is_negative() -> None:
    (cut,) = cheapest([memory(((1 << 32) - 2, b"ab"))])
    assert cut.header == b"\0\x41\x7e\x0b\x02"
    (cut,) = cheapest([memory(((1 << 32) - 2, b"ab"), is64=True, number=3)])
    assert cut.header == b"\x02\x03\x42\xfe\xff\xff\xff\x0f\x0b\x02"


def test_a_gap_is_measured_in_zeros() -> None:
    two = memory((10, b"a" + bytes(12) + b"b"), (90, b"c"))
    assert [(cut.address, cut.size) for cut in by_gap([two], 12)] == [(10, 14), (90, 1)]
    assert [(cut.address, cut.size) for cut in by_gap([two], 11)] == [(10, 1), (23, 1), (90, 1)]


@pytest.mark.parametrize("most", [1, 7, 400])
def test_no_more_segments_than_engines_take(most: int) -> None:
    gaps = [b"x" + bytes(5 + at % 90) for at in range(500)]
    many = memory((0, b"".join(gaps)))
    assert len(cheapest([many])) > 400
    few = cheapest([many], most)
    assert len(few) <= most
    assert same(image(many, few), many.image)


def test_a_hundred_thousand_segments_are_cut_at_once() -> None:
    many = memory(*((at * 20, b"data") for at in range(100_000)))
    assert len(cheapest([many])) == 100_000
    assert len(segments.by_gap([many], 16)) == 1
