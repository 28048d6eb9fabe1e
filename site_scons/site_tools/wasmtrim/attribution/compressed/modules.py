"""A module's parts in its compressed forms: the very files that the size records measure."""

from __future__ import annotations

from collections.abc import Sequence

from wasmtrim import sizes
from wasmtrim.attribution.compressed.brotli import decode
from wasmtrim.attribution.compressed.inflate import gunzip
from wasmtrim.attribution.compressed.stream import Shares, Stream, shares


def gzip_stream(data: bytes) -> Stream:
    """The gzip file of `data`. Takes about 0.1 s for 1 MB."""
    return gunzip(sizes.gzip(data))


def brotli_stream(data: bytes) -> Stream:
    """The brotli file of `data`. Takes about 2 s for 1 MB, most of it in the compressor."""
    return decode(sizes.brotli(data))


def gzip_shares(data: bytes, bounds: Sequence[int]) -> Shares:
    """What `data[bounds[i]:bounds[i + 1]]` costs of the gzip file, for each i."""
    return shares(gzip_stream(data), bounds)


def brotli_shares(data: bytes, bounds: Sequence[int]) -> Shares:
    """The same of the brotli file."""
    return shares(brotli_stream(data), bounds)
