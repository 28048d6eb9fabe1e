from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.escaping import excerpt, printable


def test_what_steers_a_terminal_or_turns_the_writing_is_shown() -> None:
    assert printable("a\x1b[31m\tb\nc\u202e\x00\U000e0001") == r"a\x1b[31m b c\u202e\x00\U000e0001"


@given(st.text())
def test_any_text_is_one_printable_line(text: str) -> None:
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)


def test_an_excerpt_is_cut_and_has_its_white_space_as_one() -> None:
    assert excerpt("a\x1b[31m\n b\u202e\x00") == r"a\x1b[31m b\u202e\x00"
    assert excerpt("x" * 400) == "x" * 300 + "…"
