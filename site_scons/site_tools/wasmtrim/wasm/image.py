"""Linear memory as the module's own data segments leave it, before anything runs."""

from __future__ import annotations

from wasmtrim.wasm.module import Module

_MOST_BYTES = 64 << 20


def read(module: Module, address: int, end: int, memory: int = 0) -> bytes:
    """The bytes `address..end`; zero where no active segment of a known address writes.

    The caller bounds `end - address`, by `is_bounded`: a segment may lie anywhere in the address
    space.
    """
    image = bytearray(end - address)
    data = module.data
    for _, where, base, start, stop in module.segments:
        if base is None or where != memory:
            continue
        if base < address:
            start, base = start + address - base, address
        size = stop - start
        if base + size > end:
            size = end - base
        if size > 0:
            at = base - address
            image[at : at + size] = data[start : start + size]
    return bytes(image)


def extent(module: Module, memory: int = 0) -> tuple[int, int]:
    """The lowest address that segments of a known address write, and the end; (0, 0) if none."""
    low, high, known = 0, 0, False
    for _, where, base, start, end in module.segments:
        if base is None or where != memory:
            continue
        if not known or base < low:
            low = base
        if base + end - start > high:
            high = base + end - start
        known = True
    return low, high


def is_bounded(module: Module, start: int, end: int) -> bool:
    """Whether `start..end` has a byte, and at most 64 MiB and 4 times the bytes of the file."""
    return 0 < end - start <= min(_MOST_BYTES, 4 * len(module.data))
