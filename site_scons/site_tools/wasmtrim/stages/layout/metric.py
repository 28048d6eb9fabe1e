"""What a layout is to be small in."""

from __future__ import annotations

from wasmtrim.profile import Metric
from wasmtrim.sizes import BROTLI_QUALITY, GZIP_LEVEL

_QUICK = 9  # a brotli quality that takes a twentieth of the time of the best one
_SHORT = 1 << 17  # bytes that are compressed fast enough by the best


def size(data: bytes, metric: Metric) -> int:
    """The size in bytes, as every record has it."""
    match metric:
        case "raw":
            return len(data)
        case "gzip":
            import deflate

            return len(deflate.gzip_compress(data, GZIP_LEVEL))
        case "brotli":
            return _brotli(data, BROTLI_QUALITY)


def estimate(data: bytes, metric: Metric) -> int:
    """The size, or what stands in for it to tell the better of two: brotli is slow."""
    if metric == "brotli":
        return _brotli(data, BROTLI_QUALITY if len(data) <= _SHORT else _QUICK)
    return size(data, metric)


def _brotli(data: bytes, quality: int) -> int:
    import brotli

    return len(brotli.compress(data, quality=quality))
