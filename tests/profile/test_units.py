"""Sizes and counts are read as people mean them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.profile.units import BYTES, COUNTS, LARGEST, parse_count, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0 B", 0),
        ("256 KiB", 262_144),
        ("256KiB", 262_144),
        ("3 MB", 3_000_000),
        ("1 kB", 1_000),
        ("1 KB", 1_000),
        ("1048576 B", 1_048_576),
        ("2 GiB", 2_147_483_648),
    ],
)
def test_a_size_is_bytes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "count"), [("11 M", 11_000_000), ("15k", 15_000), ("2 G", 2 * 10**9)]
)
def test_a_count_is_a_number(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "", "12", "KiB", "256 kib", "256 Kb", "256  KiB", "-1 B", "1,5 KiB", "0.3 B", "1e3 B",
        "256 KiB ", "9 M", "1.5 KiB", "9007199254740992 B", "1000000 GiB", "٣ KiB", "1\n B",
    ],
)  # fmt: skip
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        parse_size(text)


@given(st.integers(0, 999_999), st.sampled_from(sorted(BYTES)), st.sampled_from(["", " "]))
def test_whole_sizes_are_exact(number: int, unit: str, space: str) -> None:
    assert parse_size(f"{number}{space}{unit}") == number * BYTES[unit]


@given(st.text(max_size=30))
def test_any_text_is_a_whole_number_or_a_value_error(text: str) -> None:
    for parse in (parse_size, parse_count):
        try:
            assert 0 <= parse(text) <= LARGEST
        except ValueError:
            continue


def test_sizes_and_counts_share_no_unit() -> None:
    assert not BYTES.keys() & COUNTS.keys()
