"""How JSON is written: the same text for the same content, and nothing in it that steers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.records import layout

LAYOUTS = [layout.indented, layout.line, layout.compact, layout.spread, layout.rows]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("naïve 漢字 😀", '"naïve 漢字 😀"\n'),
        ("a\x1b[2J\x7f\x9b", '"a\\u001b[2J\\u007f\\u009b"\n'),
        ("exe\u202egpj", '"exe\\u202egpj"\n'),
        ("\u2066a\u2069\u200f\u2028", '"\\u2066a\\u2069\\u200f\\u2028"\n'),
        ("\U000e0001", '"\\udb40\\udc01"\n'),
        (b"caf\xe9".decode(errors="surrogateescape"), '"caf\\\\udce9"\n'),
    ],
)
def test_characters_that_steer_or_turn_the_writing_are_escaped(text: str, written: str) -> None:
    assert layout.line(text) == written


@given(st.dictionaries(st.text(), st.lists(st.text())))
def test_every_layout_says_the_same_and_is_printable(content: dict[str, list[str]]) -> None:
    value = {"first": "x", "last": content}
    for how in LAYOUTS:
        text = how(value)
        assert json.loads(text) == value
        assert text.replace("\n", "").isprintable()


def test_what_is_no_json_is_not_written() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        layout.line(float("nan"))
    with pytest.raises(TypeError, match="bytes is not JSON"):
        layout.line(b"")
