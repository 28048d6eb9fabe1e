"""Which Go made a module, and what of its tables' layout depends on that."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

# `runtime.buildVersion`: "go1.26.6", "go1.27rc1 X:nogreenteagc", "devel go1.28-0a1b2c3 ...".
_TEXT = re.compile(rb"go1\.(?P<minor>[0-9]{1,3})(?![0-9])[^\0]{0,200}\0")
_UNRELEASED = b"devel "
_MOST = 100  # texts looked at; a program has one, or a few of its own


@dataclass(frozen=True, slots=True)
class Layout:
    """`gofunc`: which word of moduledata points to `go:func.*`. `wrapper`: abi.FuncIDWrapper."""

    gofunc: int
    wrapper: int


# By Go 1's minor version, from its runtime/symtab.go and internal/abi/symtab.go. In all of them
# `_func` (runtime/runtime2.go), `inlinedCall` (runtime/symtabinl.go) and the beginning of
# moduledata are the same, and the runtime reads the tables for the same purposes.
LAYOUTS = {
    21: Layout(gofunc=40, wrapper=21),
    22: Layout(gofunc=40, wrapper=22),
    23: Layout(gofunc=40, wrapper=22),
    24: Layout(gofunc=40, wrapper=22),
    25: Layout(gofunc=40, wrapper=23),
    26: Layout(gofunc=40, wrapper=23),
    27: Layout(gofunc=43, wrapper=23),
}


def minor(memory: bytes, base: int) -> int | None:
    """The minor version of the Go 1 whose runtime is in `memory`, which begins at address `base`.

    None where no version is found, or several. The linker ends the text of `runtime.buildVersion`
    with a NUL, and a variable holds its address and length; other strings of a program have no NUL.
    """
    found = set()
    for looked, text in enumerate(_TEXT.finditer(memory)):
        if looked == _MOST:
            return None
        start = text.start()
        if memory.endswith(_UNRELEASED, 0, start):
            start -= len(_UNRELEASED)
        variable = struct.pack("<QQ", base + start, text.end() - start - 1)
        if variable in memory:
            found.add(int(text["minor"]))
    return found.pop() if len(found) == 1 else None
