"""Memory that the front and a worker share, for the body of the request at work."""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import Final, TypeAlias

Data: TypeAlias = bytes | bytearray | memoryview
_LEAST: Final = 1 << 16


class Shared:
    """The front makes it, and gives its descriptor to the worker. It grows as bodies need it."""

    def __init__(self, descriptor: int | None = None) -> None:
        self.descriptor = _fresh() if descriptor is None else descriptor
        self._map: mmap.mmap | None = None

    def put(self, data: Data) -> None:
        """Write the body, from the front's side."""
        size = len(data)
        if size > self._room:
            os.ftruncate(self.descriptor, max(_LEAST, 1 << (size - 1).bit_length()))
        if size:
            self._mapped(size)[:size] = data

    def view(self, size: int) -> memoryview:
        """Return the body, on the worker's side."""
        return memoryview(self._mapped(size))[:size] if size else memoryview(b"")

    def close(self) -> None:
        """Give up the descriptor; the memory ends with the last of both sides."""
        self._map = None
        os.close(self.descriptor)

    @property
    def _room(self) -> int:
        return 0 if self._map is None else len(self._map)

    def _mapped(self, size: int) -> mmap.mmap:
        if self._map is None or size > len(self._map):
            self._map = mmap.mmap(self.descriptor, 0)  # all of it; an older one ends with its views
        return self._map


def _fresh() -> int:
    """Make memory that has no name; a side that made it smaller would end the other."""
    if hasattr(os, "memfd_create"):
        import fcntl

        descriptor = os.memfd_create("body", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
        return descriptor
    with tempfile.TemporaryFile() as file:  # macOS has no memory with a descriptor but no name
        return os.dup(file.fileno())
