"""A module's memory, shared between threads or not: both are read and written alike."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from wasmtime import Memory, SharedMemory

    Linear: TypeAlias = "Memory | Shared"

PAGE_BYTES = 1 << 16


class Shared:
    """A shared memory with the methods of one that isn't; the store is needed for those alone."""

    def __init__(self, memory: SharedMemory) -> None:
        self._memory = memory

    def data_len(self, store: Any) -> int:  # noqa: ARG002
        return int(self._memory.data_len())

    def read(self, store: Any, start: int, stop: int) -> bytes:
        return bytes(view(self, store)[start:stop])

    def write(self, store: Any, data: bytes, start: int) -> None:
        view(self, store)[start : start + len(data)] = data

    def data_ptr(self, store: Any) -> Any:  # noqa: ARG002
        return self._memory.data_ptr()


def view(memory: Linear, store: Any) -> memoryview:
    """A memory as it lies there, valid until the guest goes on."""
    size = memory.data_len(store)
    address = ctypes.addressof(memory.data_ptr(store).contents) if size else 0
    return memoryview((ctypes.c_ubyte * size).from_address(address)).cast("B")


def linear(extern: object) -> Linear | None:
    """The memory that an export is; None where it is something else."""
    import wasmtime

    if isinstance(extern, wasmtime.SharedMemory):
        return Shared(extern)
    return extern if isinstance(extern, wasmtime.Memory) else None
