"""JSON that two readers could read in two ways is none; all else is what Python reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim import strict_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(VALUES, st.booleans())
def test_what_is_written_is_read(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can only escape
        return
    assert strict_json.loads(data) == value


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'\xef\xbb\xbf{"a": 1}', "it begins with a byte order mark"),
        ('{"a": 1}'.encode("utf-16"), "it is not UTF-8 at byte 0"),
        ('{"a": 1}'.encode("utf-16-le"), "Expecting property name"),
        ('{"a": 1}'.encode("utf-32-be"), "Expecting value"),
        (b'"\xe9"', "it is not UTF-8 at byte 1"),
        (b'{"a": 1, "a": 1}', 'the key "a" is there twice'),
        (b'[{"b": {"\\u0061": 1, "a": 2}}]', 'the key "a" is there twice'),
        (b"NaN", "NaN is not JSON"),
        (b"[-Infinity]", "-Infinity is not JSON"),
        (b"[1e999]", "1e999 is too large"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"", "Expecting value"),
        (b"1 2", "Extra data"),
        (b'"a\nb"', "Invalid control character"),
    ],
)
def test_what_is_no_json_is_told(data: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=f"^{says}"):
        strict_json.loads(data)
