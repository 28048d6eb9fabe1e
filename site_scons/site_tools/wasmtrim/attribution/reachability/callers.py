"""Who calls a few functions, found without decoding all the others."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Final

from wasmtrim.errors import ModuleError
from wasmtrim.wasm import leb128, sections
from wasmtrim.wasm.golang import function_values
from wasmtrim.wasm.module import Module

# What stands before a function's index: call, return_call, ref.func. Linkers pad indices.
_INDEX: Final = re.compile(rb"[\x10\x12\xd2](?=([\x80-\xff]{0,4}[\x00-\x7f]))")


def callers_of(
    module: Module, wanted: Collection[int], *, is_go: bool = False
) -> dict[int, list[int]]:
    """The functions that call or refer to each of `wanted`, in order.

    In a program by standard Go (`is_go`) those that have it as a value refer to it as well.
    Those whose code is broken are left out. The bytes of a call to one of them are searched for,
    and only bodies with a hit are decoded.
    """
    starts = module.starts.get(sections.CODE)
    if not starts or not wanted:
        return {}
    from wasmtrim.wasm import bodies  # whose expressions take 5 ms to compile

    sought = frozenset(wanted)
    forms = _forms(sought)
    hits = _INDEX.finditer(module.data, starts[0])
    candidates = sorted({bisect_right(starts, hit.start()) - 1 for hit in hits if hit[1] in forms})
    found: dict[int, list[int]] = {}
    for candidate in candidates:
        index = candidate + module.imported_functions
        try:
            called, taken = bodies.references(module, index)
        except ModuleError:
            continue
        for callee in sought.intersection(called | taken):
            found.setdefault(callee, []).append(index)
    for index, values in function_values.read(module).items() if is_go else ():
        for callee in sought.intersection(values):
            found[callee] = sorted({*found.get(callee, ()), index})
    return found


def indirect_callers(module: Module, function: int) -> Iterator[int]:
    """The functions that have a call_indirect of the type of `function`, in order."""
    code, starts = module.section(sections.CODE), module.starts.get(sections.CODE)
    if code is None or not starts:
        return
    from wasmtrim.wasm import bodies  # as above

    wanted = module.types[module.functions[function]]
    forms = _forms(number for number, type_ in enumerate(module.types) if type_ == wanted)
    pattern = re.compile(rb"[\x11\x13](?:" + b"|".join(map(re.escape, sorted(forms))) + b")")
    hits = (hit.start() for hit in pattern.finditer(module.data, starts[0], code.end))
    for place, found in groupby(hits, key=lambda at: bisect_right(starts, at) - 1):
        index = place + module.imported_functions
        try:
            begins = {start for start, _ in bodies.instructions(module, index)}
        except ModuleError:
            continue
        if not begins.isdisjoint(found):
            yield index


def _forms(indices: Iterable[int]) -> set[bytes]:
    """How indices are written: in the shortest form, or padded to five bytes by a linker."""
    return {leb128.unsigned(index, width) for index in indices for width in (0, 5)}
