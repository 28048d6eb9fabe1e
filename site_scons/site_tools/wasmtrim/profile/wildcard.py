"""Names of a contract: one by one, or by a `*` at the end that stands for the rest."""

from __future__ import annotations

from collections.abc import Iterable


def key_of(keys: Iterable[str], name: str) -> str | None:
    """The key that speaks about `name`: itself, or else the longest prefix that ends in `*`."""
    fits = [key for key in keys if key == name or (key[-1:] == "*" and name.startswith(key[:-1]))]
    return name if name in fits else max(fits, key=len, default=None)
