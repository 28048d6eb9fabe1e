from __future__ import annotations

from wasmtrim.wording import listed, plural


def test_one_thing_has_no_s() -> None:
    assert [plural(number, "check") for number in (0, 1, 12_000)] == [
        "0 checks",
        "1 check",
        "12,000 checks",
    ]


def test_a_list_names_the_first_and_counts_the_others() -> None:
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(["a\x1b", "b", "c"], 1) == "a\\x1b and 2 more"
    assert listed([], 3) == ""
