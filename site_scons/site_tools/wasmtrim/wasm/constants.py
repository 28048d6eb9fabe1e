"""Constant expressions: what globals, tables and segments begin with (specification, 3.4.16)."""

from __future__ import annotations

import re
from typing import NamedTuple

from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.immediates import HEAP, S32, S64, U32, alternatives

# Instructions other than ref.func and end, whose immediates need not be looked at.
_PLAIN = alternatives(
    rb"\x41" + S32,  # i32.const
    rb"\x42" + S64,  # i64.const
    rb"\x43.{4}",  # f32.const
    rb"\x44.{8}",  # f64.const
    rb"\xfd\x0c.{16}",  # v128.const
    rb"\x23" + U32,  # global.get
    rb"\xd0" + HEAP,  # ref.null
    rb"[\x6a-\x6c\x7c-\x7e]",  # add, sub and mul of i32 and i64
    rb"\xfb[\x00\x01\x06\x07\x20\x21]" + U32,  # struct.new, array.new, and their default forms
    rb"\xfb\x08" + U32 + U32,  # array.new_fixed
    rb"\xfb[\x1a-\x1c]",  # any.convert_extern, extern.convert_any, ref.i31
    rb"\xfe\x72",  # ref.i31_shared
    rb"\xfb\x82\x01" + U32,  # string.const
)
_STEP = re.compile(_PLAIN + rb"*+(?:\xd2(?P<function>" + U32 + rb")|(?P<end>\x0b))?+", re.DOTALL)


class Reference(NamedTuple):
    """The function that a `ref.func` names; its index lies at `data[start:end]`."""

    function: int
    start: int
    end: int


def expression(cursor: Cursor, what: str) -> list[Reference]:
    """Moves past one constant expression; returns the references to functions that it takes."""
    functions: list[Reference] = []
    while True:
        step = _STEP.match(cursor.data, cursor.pos, cursor.end)
        assert step is not None  # it matches the empty string
        cursor.pos = step.end()
        if step["end"]:
            return functions
        if step["function"] is None:
            code = cursor.byte(f"the end of {what}")
            raise cursor.error(
                f"{what}: 0x{code:02x} begins no constant instruction, or is cut off",
                cursor.pos - 1,
            )
        cursor.pos = start = step.start("function")
        index = cursor.u32("a function index")
        functions.append(Reference(index, start, cursor.pos))
