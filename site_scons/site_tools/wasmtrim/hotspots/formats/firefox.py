"""A processed profile of the Firefox Profiler (https://profiler.firefox.com), as JSON.

Its shape is that which wasmtime's own guest profiler writes, version 55. Samples have weights, so
that a stack is one sample however much it did; their times are only their order.
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
    """The one thread: a stack, frame and function of the profile is one of the format's."""
    texts: dict[str, int] = {}

    def place(text: str) -> int:
        return texts.setdefault(printable(text), len(texts))

    title = place(f"{record.what}, {summary.UNITS[record.unit]}")
    files = [split(row.where) for row in record.functions]
    groups = list(_CATEGORIES)
    category = [groups.index(row.group) for row in record.functions]
    busy = [
        (at, work)
        for at, stack in enumerate(record.stacks)
        if (work := summary.work(record, stack))
    ]
    functions, stacks = len(record.functions), len(record.stacks)
    nothing = [None] * functions
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
        "frameTable": {
            "length": functions,
            "address": [-1] * functions,
            "inlineDepth": [0] * functions,
            "category": category,
            "subcategory": [0] * functions,
            "func": list(range(functions)),
            "nativeSymbol": nothing,
            "innerWindowID": [0] * functions,
            "line": [line or None for _, line in files],
            "column": nothing,
        },
        "funcTable": {
            "length": functions,
            "name": [place(row.name) for row in record.functions],
            "isJS": [False] * functions,
            "relevantForJS": [False] * functions,
            "resource": [0] * functions,
            "fileName": [place(file) if file else None for file, _ in files],
            "lineNumber": [line or None for _, line in files],
            "columnNumber": nothing,
        },
        "resourceTable": {"length": 1, "lib": [None], "name": [title], "host": [None], "type": [0]},
        "nativeSymbols": {
            "length": 0,
            "address": [],
            "functionSize": [],
            "libIndex": [],
            "name": [],
        },
        "stackTable": {
            "length": stacks,
            "prefix": [None if s.parent == NO_PARENT else s.parent for s in record.stacks],
            "frame": [stack.function for stack in record.stacks],
        },
        "samples": {
            "length": len(busy),
            "weightType": "samples",
            "stack": [at for at, _ in busy],
            "timeDeltas": [1] * len(busy),
            "weight": [work for _, work in busy],
            "threadCPUDelta": None,
        },
        "markers": {
            "length": 0,
            "category": [],
            "data": [],
            "endTime": [],
            "name": [],
            "phase": [],
            "startTime": [],
        },
        "stringArray": list(texts),
    }
