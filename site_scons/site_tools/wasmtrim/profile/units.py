"""Sizes (`256 KiB`) and counts (`11 M`) as people write them, and the whole numbers they mean."""

from __future__ import annotations

import re
from typing import Final

BYTES: Final = {
    "B": 1,
    "kB": 1000,
    "KB": 1000,
    "KiB": 1 << 10,
    "MB": 1000**2,
    "MiB": 1 << 20,
    "GB": 1000**3,
    "GiB": 1 << 30,
}
COUNTS: Final = {"k": 1000, "M": 1000**2, "G": 1000**3}

SIZE: Final = f"a size: bytes as a whole number, or a text such as 256 KiB ({', '.join(BYTES)})"
COUNT: Final = f"a count: a whole number, or a text such as 11 M ({', '.join(COUNTS)})"

LARGEST: Final = (1 << 53) - 1  # JSON readers keep no larger whole number exactly (RFC 8259, 6)
_FORM = re.compile(r"(?P<whole>\d{1,16})(?:\.(?P<part>\d{1,16}))? ?(?P<unit>[A-Za-z]+)")


def parse_size(text: str) -> int:
    """The bytes that `text` means; ValueError where it is no size or no whole number of bytes."""
    return _parse(text, BYTES)


def parse_count(text: str) -> int:
    """The number that `text` means; ValueError where it is no count or not whole."""
    return _parse(text, COUNTS)


def _parse(text: str, units: dict[str, int]) -> int:
    found = _FORM.fullmatch(text)
    if not found or found["unit"] not in units or not text.isascii():
        raise ValueError(text)
    part = found["part"] or ""
    shift: int = 10 ** len(part)
    value, rest = divmod(int(found["whole"] + part) * units[found["unit"]], shift)
    if rest or value > LARGEST:
        raise ValueError(text)
    return value
