"""A processed profile of the Firefox Profiler (https://profiler.firefox.com), as JSON.

It has the shape that wasmtime's guest profiler writes, version 55. A stack is one sample, and the
weight of the sample is the work of the stack. The times of samples only give their order.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from wasmtrim.escaping import printable
from wasmtrim.hotspots import summary
from wasmtrim.hotspots.functions import split
from wasmtrim.records.hotspots import NO_PARENT, HotspotsRecord

if TYPE_CHECKING:
    from wasmtrim.hotspots.formats import View

VERSION: Final = 55
_GECKO_VERSION: Final = 24
_CATEGORIES: Final = {
    "own": "blue",
    "runtime": "orange",
    "standard library": "green",
    "third party": "purple",
    "unknown": "grey",
}


def made(view: View) -> bytes:
    """Return the JSON; it has no place for a comparison."""
    record = view.record
    text = json.dumps(_profile(record), ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode()


def _profile(record: HotspotsRecord) -> dict[str, Any]:
    return {
        "meta": {
            "categories": [
                {"name": name, "color": colour, "subcategories": ["Other"]}
                for name, colour in _CATEGORIES.items()
            ],
            "debug": False,
            "extensions": {"baseURL": [], "id": [], "length": 0, "name": []},
            "interval": record.interval_ns / 1e6 or 1,
            "preprocessedProfileVersion": VERSION,
            "processType": 0,
            "product": f"wasmtrim: {printable(record.what)}",
            "sampleUnits": {"eventDelay": "ms", "threadCPUDelta": "ns", "time": "ms"},
            "startTime": 0,
            "symbolicated": True,
            "pausedRanges": [],
            "version": _GECKO_VERSION,
            "usesOnlyOneStackType": True,
            "sourceCodeIsNotOnSearchfox": True,
            "markerSchema": [],
        },
        "libs": [],
        "threads": [_thread(record)],
        "pages": [],
        "profilerOverhead": [],
        "counters": [],
    }


def _thread(record: HotspotsRecord) -> dict[str, Any]:
    """The one thread: each stack and function of the record is one of the format, at its index."""
    texts = _Texts()
    title = texts.place(f"{record.what}, {summary.UNITS[record.unit]}")
    return {
        "name": f"{printable(record.what)}: {summary.UNITS[record.unit]}",
        "isMainThread": True,
        "processType": "default",
        "processName": "wasmtrim",
        "processStartupTime": 0,
        "processShutdownTime": None,
        "registerTime": 0,
        "unregisterTime": None,
        "pausedRanges": [],
        "pid": "0",
        "tid": "0",
        "showMarkersInTimeline": False,
        "frameTable": _frames(record),
        "funcTable": _functions(record, texts),
        "resourceTable": {"length": 1, "lib": [None], "name": [title], "host": [None], "type": [0]},
        "nativeSymbols": {
            "length": 0,
            "address": [],
            "functionSize": [],
            "libIndex": [],
            "name": [],
        },
        "stackTable": {
            "length": len(record.stacks),
            "prefix": [None if s.parent == NO_PARENT else s.parent for s in record.stacks],
            "frame": [stack.function for stack in record.stacks],
        },
        "samples": _samples(record),
        "markers": {
            "length": 0,
            "category": [],
            "data": [],
            "endTime": [],
            "name": [],
            "phase": [],
            "startTime": [],
        },
        "stringArray": texts.array(),
    }


class _Texts:
    """The texts of a thread, each once: its tables name them by their index."""

    def __init__(self) -> None:
        self._indices: dict[str, int] = {}

    def place(self, text: str) -> int:
        """Return the index of the text, which is added if it is new."""
        return self._indices.setdefault(printable(text), len(self._indices))

    def array(self) -> list[str]:
        """Return all texts, each at its index."""
        return list(self._indices)


def _frames(record: HotspotsRecord) -> dict[str, Any]:
    """A frame for each function, with the category of its group."""
    count = len(record.functions)
    groups = list(_CATEGORIES)
    return {
        "length": count,
        "address": [-1] * count,
        "inlineDepth": [0] * count,
        "category": [groups.index(row.group) for row in record.functions],
        "subcategory": [0] * count,
        "func": list(range(count)),
        "nativeSymbol": [None] * count,
        "innerWindowID": [0] * count,
        "line": _lines(record),
        "column": [None] * count,
    }


def _functions(record: HotspotsRecord, texts: _Texts) -> dict[str, Any]:
    count = len(record.functions)
    files = (split(row.where)[0] for row in record.functions)
    return {
        "length": count,
        "name": [texts.place(row.name) for row in record.functions],
        "isJS": [False] * count,
        "relevantForJS": [False] * count,
        "resource": [0] * count,
        "fileName": [texts.place(file) if file else None for file in files],
        "lineNumber": _lines(record),
        "columnNumber": [None] * count,
    }


def _lines(record: HotspotsRecord) -> list[int | None]:
    """The line at which each function begins, None where it is not known."""
    return [split(row.where)[1] or None for row in record.functions]


def _samples(record: HotspotsRecord) -> dict[str, Any]:
    """A sample for each stack that has work."""
    busy = [
        (at, work)
        for at, stack in enumerate(record.stacks)
        if (work := summary.work(record, stack))
    ]
    return {
        "length": len(busy),
        "weightType": "samples",
        "stack": [at for at, _ in busy],
        "timeDeltas": [1] * len(busy),
        "weight": [work for _, work in busy],
        "threadCPUDelta": None,
    }
