"""The known name that a wrong one was meant to be."""

from __future__ import annotations

import pytest

from wasmtrim.spelling import nearest


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("verfy", "did you mean 'verify'? "),
        ("sises", "did you mean 'sizes'? "),
        ("quantum", ""),
        ("", ""),
        ("sizes" * 100_000, ""),
    ],
)
def test_a_name_is_likened_to_the_known_ones(name: str, told: str) -> None:
    assert nearest(name, ["sizes", "verify"]) == told
