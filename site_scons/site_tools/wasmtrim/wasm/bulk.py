"""A module that counts what its bulk instructions move: bytes -> bytes.

wasmtime charges fuel for each byte that memory.copy, memory.fill and memory.init move, and for each
page that memory.grow gets. Its compiler Cranelift adds that, its compiler Winch does not: what this
module counts is the difference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from wasmtrim.errors import ModuleError
from wasmtrim.wasm import bodies
from wasmtrim.wasm.leb128 import signed, unsigned
from wasmtrim.wasm.module import Module
from wasmtrim.wasm.rewriting import Planted, rewritten

COUNTS: Final = ("wasmtrim bulk fuel", "wasmtrim bulk unknown")
"""The globals that tell: what was counted, and whether that is less than what is charged, or more.

Growing that fails is charged where Cranelift knows how far it was to grow, else not.
"""

_GLOBALS = (*COUNTS, "wasmtrim bulk operand", "wasmtrim bulk result")

_CANDIDATE = re.compile(rb"\xfc(?:[\x08-\x11]|[\x88-\x91]\x80*\x00)|\x40[\x00\x80]")
_WANTED = re.compile(rb"\xfc[\x08-\x11]|\x40")
_COUNTED = {b"\xfc\x08", b"\xfc\x0a", b"\xfc\x0b"}  # memory.init, memory.copy, memory.fill
_FREE = {b"\xfc\x09", b"\xfc\x0d", b"\xfc\x10"}  # data.drop, elem.drop, table.size
_GROW = b"\x40"
_GET, _PUT, _CONSTANT, _ADD = b"\x23", b"\x24", b"\x42", b"\x7c"
_EXTEND_S, _EXTEND_U, _WRAP = b"\xac", b"\xad", b"\xa7"
_EQUAL, _OR = b"\x51", b"\x84"
_MOVE_COST, _GROW_COST = 10, 21  # the instructions that are planted, each of them charged


def counted(module: Module, exports: Sequence[bytes] = ()) -> bytes | None:
    """Return the module with a global that counts fuel: what is moved, less what counting takes.

    `exports` are added, as the section has them. Empty bytes where there is nothing to count; None
    where the module has what this can't count: several memories, one of 64 bits, instructions that
    move elements of tables.
    """
    if len(module.memories) > 1 or any(memory.is64 for memory in module.memories):
        return None
    found: dict[int, bytes] = {}
    for index in bodies.matching(module, _CANDIDATE):
        try:
            body = _counted(module, index)
        except ModuleError:  # a proposal's instruction that we don't know
            return None
        if body is None:
            return None
        if body:
            found[index] = body
    return rewritten(module, found, _GLOBALS, Planted(exports=exports)) if found else b""


def _counted(module: Module, index: int) -> bytes | None:
    """The body that counts, empty where there is nothing to count; None as for `counted`."""
    start, end = module.body(index)
    first = len(module.globals)
    fuel, unknown, operand, result = (unsigned(first + place) for place in range(len(_GLOBALS)))
    put, get = _EXTEND_U + _PUT + operand, _GET + operand + _WRAP

    def charge(cost: int) -> bytes:
        """Instructions that count the operand."""
        added = _GET + fuel + _GET + operand + _ADD
        return added + _CONSTANT + signed(-cost) + _ADD + _PUT + fuel

    failed = _GET + result + _CONSTANT + signed(-1) + _EQUAL + _EXTEND_U
    grown = b"".join(
        (
            *(_EXTEND_S, _PUT, result, charge(_GROW_COST)),
            *(_GET, unknown, failed, _OR, _PUT, unknown, _GET, result, _WRAP),
        )
    )
    parts: list[bytes] = []
    for before, after in bodies.selected(module, index, _WANTED):
        written = module.data[before:after]
        if written[:2] in _COUNTED:
            parts += (module.data[start:before], put, charge(_MOVE_COST), get)
            start = before
        elif written[:1] == _GROW:
            parts += (module.data[start:before], put, get, written, grown)
            start = after
        elif written[:2] not in _FREE:
            return None
    return b"".join((*parts, module.data[start:end])) if parts else b""
