"""A module's data taken apart: what its memories hold, and how the segments are cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from wasmtrim.stages.layout.image import overlap, overlay
from wasmtrim.stages.layout.segments import Cut, Memory
from wasmtrim.wasm import Module, sections

# A passive segment is a number: which of `Data.passive`.
Segments: TypeAlias = Sequence[Cut | int]
_ADDRESSES = 1 << 62  # no engine gives a memory as much


class Unmovable(Exception):
    """Functions or data have to stay as they are, for the reason given."""


@dataclass(frozen=True)
class Data:
    """The memories that the module defines, and its segments in order. `passive` are the passive
    ones as they are written, `indices` their places among the segments. `entries` are all
    segments as they are written."""

    memories: Sequence[Memory]
    passive: Sequence[bytes]
    indices: Sequence[int]
    segments: Segments
    entries: bytes

    def write(self, segments: Segments) -> bytes:
        """The data section's entries, so cut."""
        images = {memory.number: memory.image for memory in self.memories}
        out: list[bytes] = []
        for segment in segments:
            if isinstance(segment, int):
                out.append(self.passive[segment])
            else:
                header, memory, address, size = segment
                out += (header, images[memory].read(address, size))
        return b"".join(out)


def read(module: Module) -> Data:
    """Raises Unmovable where another cut could do something else than this one.

    Segments may be cut again where none can fail: memory that this module makes, and a constant
    address with room for the bytes. Else what was written before one fails is there to be seen.
    """
    data = module.data
    imported = sum(entry.kind == "memory" for entry in module.imports)
    ends = [min(memory.minimum * memory.page_bytes, _ADDRESSES) for memory in module.memories]
    starts = module.starts.get(sections.DATA, ())
    passive: list[bytes] = []
    indices: list[int] = []
    segments: list[Cut | int] = []
    written: dict[int, list[tuple[int, bytes]]] = {}
    for at, (segment, start) in enumerate(zip(module.segments, starts, strict=True)):
        mode, memory, base, begin, end = segment
        if mode == "passive":
            segments.append(len(passive))
            passive.append(data[start:end])
            indices.append(at)
            continue
        if memory < imported:
            raise Unmovable(f"data segment {at} is for an imported memory")
        if base is None:
            raise Unmovable(f"data segment {at} has an address that is not a constant")
        if base + end - begin > ends[memory]:
            raise Unmovable(f"data segment {at} does not end within its memory")
        segments.append(Cut(data[start:begin], memory, base, end - begin))
        written.setdefault(memory, []).append((base, data[begin:end]))
    memories = [
        Memory(index, module.memories[index].is64, overlay(written.get(index, [])))
        for index in range(imported, len(module.memories))
    ]
    if any(map(overlap, written.values())):
        _refuse_written_over(module, memories, segments)
    entries = data[module.starts[sections.DATA][0] : module.segments[-1].end] if segments else b""
    return Data(memories, passive, indices, segments, entries)


def _refuse_written_over(
    module: Module, memories: Sequence[Memory], segments: Sequence[Cut | int]
) -> None:
    """Raise Unmovable where memory does not hold what each segment writes, for a later one."""
    images = {memory.number: memory.image for memory in memories}
    for at, (cut, segment) in enumerate(zip(segments, module.segments, strict=True)):
        if isinstance(cut, Cut):
            held = images[cut.memory].read(cut.address, cut.size)
            if held != module.data[segment.start : segment.end]:
                raise Unmovable(f"a later data segment writes over a part of number {at}")
