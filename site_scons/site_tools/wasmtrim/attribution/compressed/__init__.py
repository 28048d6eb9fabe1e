"""What each part of a module costs compressed, in bytes that add up to the compressed file."""

from wasmtrim.attribution.compressed.brotli import decode as decode_brotli
from wasmtrim.attribution.compressed.inflate import gunzip
from wasmtrim.attribution.compressed.modules import (
    brotli_shares,
    brotli_stream,
    gzip_shares,
    gzip_stream,
)
from wasmtrim.attribution.compressed.stream import Shares, Stream, shares

__all__ = [
    "Shares",
    "Stream",
    "brotli_shares",
    "brotli_stream",
    "decode_brotli",
    "gunzip",
    "gzip_shares",
    "gzip_stream",
    "shares",
]
