"""A module's parts in its compressed forms: the very files that the size records measure."""

from __future__ import annotations

from collections.abc import Sequence

from wasmtrim.attribution.compressed.brotli import decode
from wasmtrim.attribution.compressed.inflate import gunzip
from wasmtrim.attribution.compressed.stream import Shares, shares
from wasmtrim.sizes import BROTLI_QUALITY, GZIP_LEVEL


def gzip_shares(data: bytes, bounds: Sequence[int]) -> Shares:
    """What `data[bounds[i]:bounds[i + 1]]` costs of the gzip file, for each i.

    Takes about 0.1 s for 1 MB.
    """
    import deflate

    return shares(gunzip(bytes(deflate.gzip_compress(data, GZIP_LEVEL))), bounds)


def brotli_shares(data: bytes, bounds: Sequence[int]) -> Shares:
    """The same of the brotli file. Takes about 2 s for 1 MB, most of it in the compressor."""
    import brotli

    return shares(decode(brotli.compress(data, quality=BROTLI_QUALITY)), bounds)
