"""What the rows of a module take of its compressed files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from wasmtrim.attribution import ComponentItems, Items


class Prices(NamedTuple):
    """What each row takes of the gzip and the brotli file, and what these have of their own."""

    gzip: Iterable[int]
    brotli: Iterable[int]
    overhead: tuple[int, int]


def of(items: Items | ComponentItems) -> Prices:
    """Compress the file, and tell what each row takes. Takes seconds for 1 MB."""
    from wasmtrim.attribution.compressed import brotli_shares, gzip_shares

    gzip = gzip_shares(items.data, items.bounds)
    brotli = brotli_shares(items.data, items.bounds)
    return Prices(gzip.rows, brotli.rows, (gzip.overhead, brotli.overhead))
