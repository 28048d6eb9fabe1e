"""Functions that standard Go's code has as values: closures, and functions that are passed on.

A value is a PC, the function's slot in the table above 16 bits of zeros (Go's PC_F and PC_B,
cmd/internal/obj/wasm/wasmobj.go): no index, so WebAssembly does not show it as a reference.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from wasmtrim.wasm import sections
from wasmtrim.wasm.leb128 import number
from wasmtrim.wasm.module import Module

PC_BITS = 16  # of a function value, below its slot
# i64.const of a multiple of 1 << 16. What is compared, subtracted, multiplied, shifted or masked
# is a number.
_VALUE = re.compile(
    rb"\x42(\x80\x80(?:[\x80\x84\x88\x8c\x90\x94\x98\x9c\xa0\xa4\xa8\xac\xb0\xb4\xb8\xbc\xc0\xc4"
    rb"\xc8\xcc\xd0\xd4\xd8\xdc\xe0\xe4\xe8\xec\xf0\xf4\xf8\xfc])[\x80-\xff]{0,3}[\x00-\x3f])"
    rb"(?![\x51-\x5a\x7d-\x8a])"
)


def read(module: Module) -> dict[int, set[int]]:
    """Of each function of a program by standard Go, the functions whose values its code has.

    A number that is the same by chance counts as well, but for powers of two.
    """
    code = module.section(sections.CODE)
    slots = {slot: index for slot, index in module.slots().items() if index >= 0}
    if code is None or not slots:
        return {}
    starts, first = module.starts[sections.CODE], module.imported_functions
    found: dict[int, set[int]] = {}
    for hit in _VALUE.finditer(module.data, code.start, code.end):
        value = number(hit[1])
        taken = slots.get(value >> PC_BITS)
        if taken is not None and value & value - 1:
            function = bisect_right(starts, hit.start()) - 1 + first
            if taken != function:  # its own: where to go on after a call
                found.setdefault(function, set()).add(taken)
    return found
