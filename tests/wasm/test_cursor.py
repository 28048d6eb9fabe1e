from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.errors import ModuleError
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.limits import Limit

THINGS = Limit("things", 100)


def cursor(data: bytes) -> Cursor:
    return Cursor(data, 0, len(data), "type section")


def unsigned(value: int, padding: int = 0) -> bytes:
    parts = []
    while value >= 0x80 or padding > 0:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
        padding -= 1
    return bytes([*parts, value])


@given(st.integers(0, 2**32 - 1))
def test_every_u32_comes_back(value: int) -> None:
    reader = cursor(unsigned(value) + b"rest")
    assert reader.u32("a number") == value
    assert reader.pos == len(unsigned(value))


def test_a_number_may_be_padded_up_to_its_longest_form() -> None:
    assert cursor(b"\x83\x80\x80\x80\x00").u32("a number") == 3


@pytest.mark.parametrize(
    "data", [b"\x83\x80\x80\x80\x80\x00", b"\xff\xff\xff\xff\x1f", b"\x80" * 100]
)
def test_a_number_of_more_than_its_bits_is_refused(data: bytes) -> None:
    with pytest.raises(ModuleError, match="a number is longer than 32 bits"):
        cursor(data).u32("a number")


def test_a_number_that_is_cut_off_says_where() -> None:
    with pytest.raises(ModuleError, match="type section at byte 2: a number is missing"):
        cursor(b"\x80\x80").u32("a number")


@given(st.integers(-(2**32), 2**32 - 1))
def test_every_s33_comes_back(value: int) -> None:
    parts, rest = [], value
    while not -64 <= rest < 64:
        parts.append(rest & 0x7F | 0x80)
        rest >>= 7
    assert cursor(bytes([*parts, rest & 0x7F])).s33("a heap type") == value


def test_a_signed_number_of_more_than_its_bits_is_refused() -> None:
    with pytest.raises(ModuleError, match="longer than 33 bits"):
        cursor(b"\x80\x80\x80\x80\x20").s33("a heap type")


def test_a_count_that_the_bytes_cannot_hold_is_refused_before_anything_is_made() -> None:
    with pytest.raises(ModuleError, match="99 things do not fit into 3 bytes"):
        cursor(b"\x63abc").count(THINGS)


def test_a_count_over_the_limit_says_what_is_allowed() -> None:
    with pytest.raises(ModuleError, match="101 things; at most 100 are allowed"):
        cursor(b"\x65" + b"\0" * 101).count(THINGS)


def test_a_name_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(ModuleError, match="byte 0: an export's name is not UTF-8"):
        cursor(b"\x02\xc3\x28").name("an export's name")


@given(st.binary())
def test_any_bytes_give_a_value_or_an_error_and_never_pass_the_end(data: bytes) -> None:
    reader = cursor(data)
    with pytest.raises(ModuleError) as caught:  # noqa: PT012
        while True:
            reader.name("a name")
    assert 0 <= caught.value.offset <= len(data)
    assert reader.pos <= len(data)
