"""What a layout is to be small in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmtrim import sizes

if TYPE_CHECKING:
    from wasmtrim.profile import Metric

_QUALITY = 9  # of brotli: chooses layouts, so it is apart from QUICK_QUALITY, which only measures
_SHORT = 1 << 17  # bytes that are compressed fast enough by the best


def size(data: bytes, metric: Metric) -> int:
    """The size in bytes, as every record has it."""
    return sizes.weigh(data, metric)


def exact(length: int, metric: Metric) -> bool:
    """Return whether the estimate of so many bytes is their size."""
    return metric != "brotli" or length <= _SHORT


def estimate(data: bytes, metric: Metric) -> int:
    """The size, or what stands in for it to tell the better of two: brotli is slow."""
    if exact(len(data), metric):
        return size(data, metric)
    return len(sizes.brotli(data, _QUALITY))
