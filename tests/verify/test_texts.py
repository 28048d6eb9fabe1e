"""Two texts that differ are shown so that a reader sees in what."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wasmtrim.verify import texts


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("hello\r", "hello", ('"hello\\r"', '"hello"')),
        ("you ", "you", ('"you "', '"you"')),
        ("a\tb", "a b", ('"a\\tb"', '"a b"')),
        ("cafe\u0301", "caf\u00e9", ('"cafe\\u0301"', '"caf\\xe9"')),
        ("\u00e9t\u00e9", "\u00e9tat", ('"\u00e9t\u00e9"', '"\u00e9tat"')),
        ("a\u00a0b", "a b", ('"a\\xa0b"', '"a b"')),
        ("\u202eabc", "abc", ('"\\u202eabc"', '"abc"')),
        ('say "x"', "say x", ('"say \\"x\\""', '"say x"')),
        (None, "x", ("missing", '"x"')),
        ("x" * 200, "x" * 199 + "y", ('…"' + "x" * 21 + '"', '…"' + "x" * 20 + 'y"')),
    ],
)
def test_what_differs_is_seen(one: str | None, other: str, shown: tuple[str, str]) -> None:
    assert texts.shown(one, other) == shown


@given(st.text(), st.text())
def test_texts_that_differ_look_different_and_print(one: str, other: str) -> None:
    assume(one != other)
    shown = texts.shown(one, other)
    assert shown[0] != shown[1]
    assert all(text.isprintable() for text in shown)
