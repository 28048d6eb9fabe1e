"""pprof's protobuf, gzip'd: https://github.com/google/pprof/blob/main/proto/profile.proto.

Of the format a profile needs varints, messages and packed numbers only, so that it is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from wasmtrim import sizes
from wasmtrim.escaping import printable
from wasmtrim.hotspots.functions import split
from wasmtrim.records.hotspots import NO_PARENT, HotspotsRecord, StackRow
from wasmtrim.wasm.leb128 import unsigned

if TYPE_CHECKING:
    from wasmtrim.hotspots.formats import View

# Names of values and their units, by the unit of the profile; the first one is the default.
_TYPES: Final = {
    "fuel": (
        *(("fuel", "count"), ("calls", "count")),
        *(("allocations", "count"), ("allocated", "bytes")),
    ),
    "samples": (("samples", "count"), ("time", "nanoseconds")),
}
_MOST_FRAMES: Final = 5_000_000  # of all samples; those of the stacks with least work are left out
_LEFT_OUT: Final = "(stacks that were left out)"


def made(view: View) -> bytes:
    """Return the profile; pprof compares two by itself (`-diff_base`)."""
    return sizes.gzip(b"".join(_profile(view.record)))


def _profile(record: HotspotsRecord) -> Iterator[bytes]:
    texts = _Texts()
    types = [(texts.place(name), texts.place(unit)) for name, unit in _TYPES[record.unit]]
    for name, unit in types:
        yield _message(1, _number(1, name), _number(2, unit))
    yield from _samples(record)
    yield _message(3, _number(1, 1), _number(5, texts.place(printable(record.what))), *_KNOWN)
    rows = [(row.name, row.where) for row in record.functions] + [(_LEFT_OUT, "")]
    for place, (title, where) in enumerate(rows, 1):
        file, line = split(where)
        called = texts.place(printable(title))
        of_line = _message(4, _number(1, place), _number(2, line))
        yield _message(4, _number(1, place), _number(2, 1), of_line)
        yield _message(
            5,
            *(_number(1, place), _number(2, called), _number(3, called)),
            *(_number(4, texts.place(printable(file))), _number(5, line)),
        )
    comments = [texts.place(printable(note)) for note in record.notes]
    for text in texts.texts:
        yield _field(6, text.encode())
    yield from (_number(13, comment) for comment in comments)
    yield _number(14, types[0][0])


def _samples(record: HotspotsRecord) -> Iterator[bytes]:
    """A sample for each stack that did something, with its functions from the last one on."""
    busy = [
        (place, values)
        for place, stack in enumerate(record.stacks)
        if any(values := _values(record, stack))
    ]
    busy.sort(key=lambda each: (-each[1][0], each[0]))
    frames, left_out = 0, [0] * len(_TYPES[record.unit])
    for place, values in busy:
        if frames < _MOST_FRAMES:
            functions = [record.stacks[at].function + 1 for at in _upwards(record, place)]
            frames += len(functions)
            yield _message(2, _packed(1, functions), _packed(2, values))
        else:
            left_out = [sum(pair) for pair in zip(left_out, values, strict=True)]
    if any(left_out):
        yield _message(2, _packed(1, [len(record.functions) + 1]), _packed(2, left_out))


def _values(record: HotspotsRecord, stack: StackRow) -> tuple[int, ...]:
    if record.unit == "fuel":
        return stack.fuel, stack.calls, stack.allocations, stack.allocated
    return stack.samples, stack.samples * record.interval_ns


def _upwards(record: HotspotsRecord, place: int) -> Iterator[int]:
    while place != NO_PARENT:
        yield place
        place = record.stacks[place].parent


class _Texts:
    """The table of strings, whose first one is empty."""

    def __init__(self) -> None:
        self.texts = {"": 0}

    def place(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))


def _number(field: int, value: int) -> bytes:
    """A field of wire type 0; zero is what a field that isn't there has."""
    return unsigned(field << 3) + unsigned(value) if value else b""


def _field(field: int, content: bytes) -> bytes:
    """A field of wire type 2."""
    return unsigned(field << 3 | 2) + unsigned(len(content)) + content


def _message(field: int, *parts: bytes) -> bytes:
    return _field(field, b"".join(parts))


def _packed(field: int, numbers: Iterable[int]) -> bytes:
    return _field(field, b"".join(map(unsigned, numbers)))


# Of the one mapping, that its functions, files and lines are told: pprof then looks for no binary.
_KNOWN: Final = (_number(7, 1), _number(8, 1), _number(9, 1))
