"""Standard input, output and error of a WASI preview 1 guest, in the worker's own memory.

Wasmtime takes output in pieces of 4 KiB through another thread: 900 kB take 5.0 ms that way, and
0.1 ms this way. Its own input is quicker than a host function in Python, which stands in where the
private bindings are not known (`python tests/benchmarks/bindings.py`).
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Final

from wasmtrim.engine import private_api
from wasmtrim.engine.memory import view
from wasmtrim.engine.preview1 import BADF, FAULT, INVAL, NO_ERROR, WASI, memory_of, u32

if TYPE_CHECKING:
    from wasmtime import Caller, Linker, WasiConfig

    from wasmtrim.engine.memory import Linear

_IOVEC: Final = struct.Struct("<II")  # WASI preview 1, "iovec": address, length
_SIZE: Final = struct.Struct("<I")
_MOST_VECTORS: Final = 1024
SAID_BYTES: Final = 2_000


class TooMuchOutput(Exception):
    """The guest wrote more than it may."""


class Stdio:
    """The streams of the request at work."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.public = bool(private_api.missing())
        self.begin(memoryview(b""))

    def begin(self, body: memoryview) -> None:
        """Make ready for a request, which reads `body`."""
        self.body = body
        self.at = 0
        self.memory: Linear | None = None  # of the instance at work, once it has called
        self.output = bytearray()
        self.said = bytearray()

    def take(self, part: bytes | memoryview) -> None:
        """Add to the output. Raises TooMuchOutput."""
        if len(self.output) + len(part) > self.most:
            raise TooMuchOutput
        self.output += part

    def define(self, linker: Linker) -> None:
        """Put the functions in place of the linker's own; add the clock of `env.now_ms`."""
        import wasmtime

        i32, i64 = wasmtime.ValType.i32(), wasmtime.ValType.i64()
        kind = wasmtime.FuncType([i32] * 4, [i32])
        if self.public:
            for name, function in (("fd_read", self.fd_read), ("fd_write", self.fd_write)):
                linker.define_func(WASI, name, kind, function, access_caller=True)
        else:
            private_api.define_func(linker, WASI, "fd_write", 4, self.fd_write)
        now = wasmtime.FuncType([], [i64])
        linker.define_func("env", "now_ms", now, lambda: time.time_ns() // 1_000_000)

    def config(self) -> WasiConfig:
        """What a new instance finds: the body on its standard input, and nothing else."""
        import wasmtime

        config = wasmtime.WasiConfig()
        if not self.public:
            private_api.give_stdin(config, self.body)
        return config

    def fd_read(self, caller: Caller, fd: int, vectors: int, count: int, given: int) -> int:
        """Fill the guest's vectors from the body."""
        if fd != 0:
            return BADF
        memory = self._bytes(caller)
        parts = _vectors(memory, u32(vectors), u32(count), u32(given))
        if isinstance(parts, int):
            return parts
        read = 0
        for address, length in parts:
            size = min(length, len(self.body) - self.at)
            memory[address : address + size] = self.body[self.at : self.at + size]
            self.at += size
            read += size
        _SIZE.pack_into(memory, u32(given), read)
        return NO_ERROR

    def fd_write(self, caller: Caller, fd: int, vectors: int, count: int, given: int) -> int:
        """Take the guest's vectors as output, or as what it says on stderr."""
        if fd not in (1, 2):
            return BADF
        memory = self._bytes(caller)
        parts = _vectors(memory, u32(vectors), u32(count), u32(given))
        if isinstance(parts, int):
            return parts
        written = 0
        for address, length in parts:
            part = memory[address : address + length]
            if fd == 1:
                self.take(part)
            else:
                self.said += part[: SAID_BYTES - len(self.said)]
            written += length
        _SIZE.pack_into(memory, u32(given), written & 0xFFFF_FFFF)
        return NO_ERROR

    def _bytes(self, caller: Caller) -> memoryview:
        """The guest's memory as it lies there, valid until the guest goes on."""
        if self.memory is None:
            self.memory = memory_of(caller)
        return view(self.memory, caller)


def _vectors(
    memory: memoryview, vectors: int, count: int, given: int
) -> list[tuple[int, int]] | int:
    """The address and length of each vector, all within the memory; else the errno."""
    if count > _MOST_VECTORS:
        return INVAL
    size = len(memory)
    if vectors + count * _IOVEC.size > size or given + _SIZE.size > size:
        return FAULT
    parts = list(_IOVEC.iter_unpack(memory[vectors : vectors + count * _IOVEC.size]))
    if any(address + length > size for address, length in parts):
        return FAULT
    return parts
