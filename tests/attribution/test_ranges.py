from __future__ import annotations

from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.attribution.ranges import UNCLAIMED, RangeMap

SIZE = 40
claims = st.lists(
    st.tuples(st.integers(0, SIZE), st.integers(0, SIZE), st.integers(1, 5)).map(
        lambda claim: (min(claim[:2]), max(claim[:2]), claim[2])
    ),
    max_size=12,
)


@given(claims)
def test_each_byte_has_the_label_of_its_first_claim(claims: list[tuple[int, int, int]]) -> None:
    ranges = RangeMap(SIZE)
    expected = [UNCLAIMED] * SIZE
    for start, end, label in claims:
        ranges.claim(start, end, label)
        for at in range(start, end):
            expected[at] = expected[at] or label
    found: list[int] = []
    for start, end, label in ranges:
        assert start == len(found)
        assert end > start
        found += [label] * (end - start)
    assert found == expected


@given(st.lists(st.integers(0, SIZE - 1), min_size=1, unique=True).map(sorted), st.booleans())
def test_claiming_each_is_claiming_one_after_the_other(starts: list[int], up_to_end: bool) -> None:
    end = SIZE if up_to_end else starts[-1] + 1
    at_once, one_by_one = RangeMap(SIZE), RangeMap(SIZE)
    for ranges in (at_once, one_by_one):
        ranges.claim(0, starts[0], 9)
    at_once.claim_each(array("I", starts), end, range(1, 1 + len(starts)))
    for number, (start, stop) in enumerate(pairwise([*starts, end]), 1):
        one_by_one.claim(start, stop, number)
    assert list(at_once) == list(one_by_one)
    assert list(at_once.bounds) == [*(start for start, _, _ in at_once), SIZE]
    with pytest.raises(ValueError, match="behind all others"):
        at_once.claim_each(array("I", [0]), 1, range(1, 2))


@given(claims, st.integers(0, SIZE), st.integers(0, SIZE))
def test_ranges_within_are_those_that_begin_there(
    claims: list[tuple[int, int, int]], start: int, end: int
) -> None:
    ranges = RangeMap(SIZE)
    for claim in claims:
        ranges.claim(*claim)
    assert list(ranges.within(start, end)) == [each for each in ranges if start <= each[0] < end]


def test_an_empty_file_has_no_ranges() -> None:
    assert list(RangeMap(0)) == []
    RangeMap(0).claim(0, 0, 1)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 1), (0, 5)])
def test_a_claim_outside_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"does not lie within 0\.\.4"):
        RangeMap(4).claim(start, end, 1)
