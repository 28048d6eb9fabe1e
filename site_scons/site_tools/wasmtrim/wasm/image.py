"""Linear memory as the module's own data segments leave it, before anything runs."""

from __future__ import annotations

from wasmtrim.wasm.module import Module


def read(module: Module, address: int, end: int, memory: int = 0) -> bytes:
    """The bytes `address..end`; zero where no active segment of a known address writes.

    The caller bounds `end - address`: a segment may lie anywhere in the address space.
    """
    image = bytearray(end - address)
    for segment in module.segments:
        if segment.base is None or segment.memory != memory:
            continue
        first = max(segment.base, address)
        last = min(segment.base + segment.end - segment.start, end)
        if first < last:
            start = segment.start + first - segment.base
            image[first - address : last - address] = module.data[start : start + last - first]
    return bytes(image)


def extent(module: Module, memory: int = 0) -> tuple[int, int]:
    """The lowest address that segments of a known address write, and the end; (0, 0) if none."""
    known = [s for s in module.segments if s.base is not None and s.memory == memory]
    if not known:
        return 0, 0
    ends = [(s.base or 0) + s.end - s.start for s in known]
    return min(s.base or 0 for s in known), max(ends)
