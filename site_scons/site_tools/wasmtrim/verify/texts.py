"""Two texts that differ, shown so that a reader sees in what."""

from __future__ import annotations

import unicodedata

_BEFORE = 20  # characters that are shown before the first that differs
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", '"': '\\"'}


def shown(one: str | None, other: str | None, most: int = 120) -> tuple[str, str]:
    r"""Both in quotes, from near the first difference on, at most `most` characters of each.

    What does not print is escaped as in Python, `\r` and `\u200b`; where both look alike, as
    composed and decomposed letters do, all that is not ASCII. None is a text that is not there.
    """
    if one is None or other is None:
        one_as, other_as = (
            "missing" if text is None else _quoted(text, 0, most, ascii_only=False)
            for text in (one, other)
        )
        return one_as, other_as
    pairs = enumerate(zip(one, other, strict=False))
    at = next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
    begin = at - _BEFORE if at > most // 2 else 0
    alike = unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other)
    one_as, other_as = (_quoted(text, begin, most, ascii_only=alike) for text in (one, other))
    return one_as, other_as


def _quoted(text: str, begin: int, most: int, *, ascii_only: bool) -> str:
    part = text[begin : begin + most]
    escaped = "".join(_escaped(char, ascii_only) for char in part)
    before, after = "…" * (begin > 0), "…" * (begin + most < len(text))
    return f'{before}"{escaped}"{after}'


def _escaped(char: str, ascii_only: bool) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable() and (char.isascii() or not ascii_only):
        return char
    return char.encode("unicode_escape").decode()
