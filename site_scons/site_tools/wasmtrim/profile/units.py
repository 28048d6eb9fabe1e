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
# So many digits that no text is over LARGEST.
_SCALED = r"[0-9]{{1,6}} ?(?:{})"
SIZE_FORM: Final = rf"[0-9]{{1,15}} ?B|{_SCALED.format('|'.join([*BYTES][1:]))}"
COUNT_FORM: Final = _SCALED.format("|".join(COUNTS))


def parse_size(text: str) -> int:
    """The bytes that `text` means; ValueError where it is not a size."""
    if not re.fullmatch(SIZE_FORM, text):
        raise ValueError(f"{text!r} is not {SIZE}")
    return _product(text, BYTES)


def parse_count(text: str) -> int:
    """The number that `text` means; ValueError where it is not a count."""
    if not re.fullmatch(COUNT_FORM, text):
        raise ValueError(f"{text!r} is not {COUNT}")
    return _product(text, COUNTS)


def _product(text: str, units: dict[str, int]) -> int:
    unit = text.lstrip("0123456789")
    return int(text.removesuffix(unit)) * units[unit.strip()]
