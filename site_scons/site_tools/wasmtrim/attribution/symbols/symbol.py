"""What a symbol says of its function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbol:
    """`package` is "" where a symbol does not tell; `language` is one of languages, wit, import or
    "" for none."""

    name: str
    package: str
    language: str
