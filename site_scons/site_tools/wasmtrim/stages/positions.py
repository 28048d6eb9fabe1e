"""Positions: zero standard Go's tables of files and lines.

By this package. Of any other module, and of a Go whose layout isn't known, nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtrim import OWN, wasm
from wasmtrim.errors import ToolError
from wasmtrim.stages import job as jobs
from wasmtrim.stages.job import IN, OUT, Job, Unchanged
from wasmtrim.wasm import Module, image
from wasmtrim.wasm.golang import pclntab, positions
from wasmtrim.wasm.golang.positions import Span

if TYPE_CHECKING:
    from wasmtrim.profile import Profile

NAME = "positions"
PROGRAM: str = OWN


@dataclass(frozen=True)
class Settings(jobs.Settings):
    """`names`: keep or drop the function names that the runtime doesn't read."""

    names: str = "keep"


def wanted(profile: Profile) -> bool:
    """Return whether the profile drops positions."""
    return profile.positions == "drop"


def settings(profile: Profile) -> Settings:
    """Read the profile's part of this stage."""
    return Settings(names=profile.names)


def job(settings: Settings, before: Module, features: tuple[str, ...]) -> Job | Unchanged:  # noqa: ARG001
    """Return our own arguments."""
    found = _spans(before, names=settings.names == "drop")
    if isinstance(found, Unchanged):
        return found
    return Job((NAME, IN, f"--out={OUT}", f"--names={settings.names}"))


def check(settings: Settings, before: Module, after: Module) -> tuple[str, ...]:
    """Refuse a module whose memory differs in anything but positions, from what it was."""
    names = settings.names == "drop"
    found = _spans(before, names=names)
    if isinstance(found, Unchanged):
        raise ToolError(found.reason)
    version, spans = found
    compared = difference(before, after, spans)
    if compared.elsewhere:
        raise ToolError(compared.elsewhere)
    return notes(Zeroed(after.data, version, compared), names=names)


@dataclass(frozen=True)
class Difference:
    """How the memories after instantiation, and the files, of two modules differ.

    `zeroed`: bytes that became zero, by what they were. `elsewhere`: other differences, of which
    there must be none.
    """

    zeroed: Mapping[str, int]
    elsewhere: str = ""


@dataclass(frozen=True)
class Zeroed:
    """The module without its positions, and the proof that nothing else changed."""

    data: bytes
    version: int  # of Go 1
    difference: Difference


def zero(module: Module, *, names: bool) -> Zeroed | Unchanged:
    """Zero a module's position tables; with `names`, function names outside the runtime, too.

    Raises ToolError where the result would differ in anything else.
    """
    found = _spans(module, names=names)
    if isinstance(found, Unchanged):
        return found
    version, spans = found
    data = _zeroed(module, spans)
    compared = difference(module, wasm.read(data), spans)
    if compared.elsewhere:
        raise ToolError(f"{NAME}: {compared.elsewhere}; please report this")
    return Zeroed(data, version, compared)


def _spans(module: Module, *, names: bool) -> tuple[int, list[Span]] | Unchanged:
    """The version of Go 1 and what is to be zeroed."""
    table = pclntab.find(module)
    if table is None:
        return Unchanged("it has no function table of standard Go; unchanged")
    if reason := _unknown_memory(module):
        return Unchanged(f"{reason}; unchanged")
    try:
        found = positions.spans(table, names=names)
    except ValueError as error:
        return Unchanged(f"{error}; unchanged")
    assert table.version is not None
    return table.version, found


def notes(zeroed: Zeroed, *, names: bool) -> tuple[str, ...]:
    """Tell the reader what was zeroed, and what the program no longer tells."""
    size = sum(zeroed.difference.zeroed.values())
    texts = [
        f"Go 1.{zeroed.version}: {size:,} bytes zeroed; nothing else of its memory changed",
        "a panic's trace says ?:0 for file and line; runtime.Caller and log.Lshortfile have no"
        " lines",
    ]
    if names:
        texts.append("a panic's trace and runtime.FuncForPC name no functions but the runtime's")
    return tuple(texts)


def _unknown_memory(module: Module) -> str:
    """Why the memory after instantiation doesn't follow from the segments; "" where it does."""
    if any(entry.kind == "memory" and entry.index == 0 for entry in module.imports):
        return "its memory is imported"
    written = [s for s in module.segments if s.mode == "active" and s.memory == 0]
    if any(segment.base is None for segment in written):
        return "a data segment has no constant address"
    return ""


def _zeroed(module: Module, spans: Sequence[Span]) -> bytes:
    low, high = image.extent(module)
    mask = _mask(low, high, spans)
    data = bytearray(module.data)
    for segment in module.segments:
        if segment.memory != 0 or segment.base is None:
            continue
        size = segment.end - segment.start
        kept = mask[segment.base - low : segment.base - low + size]
        if 0 in kept:
            data[segment.start : segment.end] = _both(data[segment.start : segment.end], kept)
    return bytes(data)


def difference(before: Module, after: Module, spans: Sequence[Span]) -> Difference:
    """Compare a module with what became of it: only bytes in `spans` may differ, as zeros."""
    if after.segments != before.segments or _outside(before) != _outside(after):
        return Difference({}, "more than the contents of data segments changed")
    low, high = image.extent(before)
    was, now = (image.read(module, low, high) for module in (before, after))
    if _both(was, _mask(low, high, spans)) != now:
        return Difference({}, "memory changed outside of the position tables")
    zeroed: dict[str, int] = {}
    for span in spans:
        part = was[span.start - low : span.end - low]
        zeroed[span.what] = zeroed.get(span.what, 0) + len(part) - part.count(0)
    return Difference(zeroed)


def _outside(module: Module) -> list[bytes]:
    """The file less the contents of data segments."""
    ends = [0, *(segment.end for segment in module.segments)]
    starts = [*(segment.start for segment in module.segments), len(module.data)]
    return [module.data[end:start] for end, start in zip(ends, starts, strict=True)]


def _mask(low: int, high: int, spans: Iterable[Span]) -> bytearray:
    """Zero where a span is, else 0xFF, for the addresses `low..high`."""
    mask = bytearray(b"\xff") * (high - low)
    for span in spans:
        mask[span.start - low : span.end - low] = bytes(span.end - span.start)
    return mask


def _both(one: bytes | bytearray, other: bytes | bytearray) -> bytes:
    """The bits that are set in both, which are of one length."""
    bits = int.from_bytes(one, "little") & int.from_bytes(other, "little")
    return bits.to_bytes(len(one), "little")
