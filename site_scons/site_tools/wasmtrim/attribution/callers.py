"""Who calls a few functions, found without decoding all the others."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection

from wasmtrim.errors import ModuleError
from wasmtrim.wasm import bodies, leb128, sections
from wasmtrim.wasm.module import Module

MOST = 1_000  # functions looked for: the search is one regular expression of them all


def callers_of(module: Module, wanted: Collection[int]) -> dict[int, list[int]]:
    """The functions that call each of `wanted`, in order; those whose code is broken left out.

    The bytes of a call to one of them are searched for, and only bodies with a hit are decoded.
    """
    starts = module.starts.get(sections.CODE)
    if not starts or not 0 < len(wanted) <= MOST:
        return {}
    calls = (b"\x10" + leb128.unsigned(index) for index in wanted)
    pattern = re.compile(b"|".join(map(re.escape, calls)))
    hits = pattern.finditer(module.data, starts[0])
    candidates = sorted({bisect_right(starts, hit.start()) - 1 for hit in hits})
    found: dict[int, list[int]] = {}
    for candidate in candidates:
        index = candidate + module.imported_functions
        try:
            called, _ = bodies.references(module, index)
        except ModuleError:
            continue
        for callee in called.intersection(wanted):
            found.setdefault(callee, []).append(index)
    return found
