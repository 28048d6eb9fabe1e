from __future__ import annotations

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
    found = []
    for start, end, label in ranges:
        assert start == len(found)
        assert end > start
        found += [label] * (end - start)
    assert found == expected


def test_an_empty_file_has_no_ranges() -> None:
    assert list(RangeMap(0)) == []
    RangeMap(0).claim(0, 0, 1)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 1), (0, 5)])
def test_a_claim_outside_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"does not lie within 0\.\.4"):
        RangeMap(4).claim(start, end, 1)
