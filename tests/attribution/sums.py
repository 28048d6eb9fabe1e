"""Rows that are summed are the rows themselves, those that say the same taken together."""

from __future__ import annotations

from collections import Counter, defaultdict

from wasmtrim.attribution import ComponentItems, Item, Items


def check_sums(items: Items | ComponentItems) -> None:
    """Whether `items.summed()` has the bytes and the number of all rows, in their order."""
    bytes_of: defaultdict[tuple[str, ...], int] = defaultdict(int)
    parts_of: Counter[tuple[str, ...]] = Counter()
    for item in items:
        bytes_of[_said(item)] += item.bytes
        parts_of[_said(item)] += 1
    summed_bytes: defaultdict[tuple[str, ...], int] = defaultdict(int)
    summed_parts: Counter[tuple[str, ...]] = Counter()
    for item, parts in items.summed():
        summed_bytes[_said(item)] += item.bytes
        summed_parts[_said(item)] += parts
    assert summed_bytes == bytes_of
    assert list(summed_bytes) == list(bytes_of)
    assert summed_parts == parts_of


def _said(item: Item) -> tuple[str, ...]:
    return item.kind, item.section, item.name, item.package
