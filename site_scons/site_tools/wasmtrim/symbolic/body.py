"""A function's body as instructions, in which functions and globals have names, not indices.

So two bodies are equal if they differ only in the indices of the same functions and globals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from wasmtrim.symbolic.naming import default
from wasmtrim.wasm import Module, bodies, encodings, names
from wasmtrim.wasm.cursor import Cursor
from wasmtrim.wasm.limits import Limit
from wasmtrim.wasm.types import FuncType

BLOCK, LOOP, IF, ELSE, TRY, END = 0x02, 0x03, 0x04, 0x05, 0x06, 0x0B
BR, BR_IF, BR_TABLE, RETURN = 0x0C, 0x0D, 0x0E, 0x0F
CALL, CALL_INDIRECT, RETURN_CALL, RETURN_CALL_INDIRECT = 0x10, 0x11, 0x12, 0x13
REF_FUNC = 0xD2
SELECT_TYPED = 0x1C
GLOBAL_GET, GLOBAL_SET = 0x23, 0x24
MANY = 0xFC  # the prefix of saturating conversions, bulk memory and tables
_LOCALS = Limit("locals", 50_000)
_EMPTY = 0x40
_NUMBERS = (0x7C, 0x7D, 0x7E, 0x7F)


class Instruction(NamedTuple):
    """`code` is the opcode; that of a prefixed one is the prefix, and then its own byte.

    `given` are its immediates as values: indices of functions and globals as their names, those of
    types as the types.
    """

    code: int
    given: tuple[Any, ...]


class Body(NamedTuple):
    """`locals` are runs, each a number and a type, without the parameters."""

    type: FuncType
    locals: tuple[tuple[int, str], ...]
    code: tuple[Instruction, ...]


@dataclass(frozen=True)
class Named:
    """A module whose functions and globals have names by their indices."""

    module: Module
    functions: Sequence[str]
    globals: Sequence[str]

    @classmethod
    def of(cls, module: Module) -> Named:
        """Read the names; what has none is named as binaryen does it."""
        told = names.read(module)
        known = (told.functions, told.others.get("global", {}))
        functions, globals_ = (
            [found.get(index, name) for index, name in enumerate(default(module, kind))]
            for found, kind in zip(known, ("func", "global"), strict=True)
        )
        return cls(module, functions, globals_)

    @cached_property
    def bodies(self) -> dict[str, Body]:
        """Each defined function by its name. Raises ModuleError where a body is none."""
        module = self.module
        first = module.imported_functions
        return {
            self.functions[index]: self._body(index)
            for index in range(first, len(module.functions))
        }

    def _body(self, index: int) -> Body:
        start, end = self.module.body(index)
        cursor = Cursor(self.module.data, start, end, f"code section, function {index}")
        runs = tuple(
            (cursor.u32("a number of locals"), encodings.value_type(cursor))
            for _ in range(cursor.count(_LOCALS, 2))
        )
        code = tuple(
            self._instruction(cursor, before, after)
            for before, after in bodies.instructions(self.module, index)
        )
        return Body(self.module.function_type(index), runs, code)

    def _instruction(self, cursor: Cursor, before: int, after: int) -> Instruction:
        data = self.module.data
        code = data[before]
        if after - before == 1:
            return Instruction(code, ())
        cursor.pos = before + 1
        if 0x20 <= code <= 0x26 or BR <= code <= BR_IF or code in (CALL, RETURN_CALL, REF_FUNC):
            number = cursor.u32("an index")
            if code in (CALL, RETURN_CALL, REF_FUNC):
                return Instruction(code, (self.functions[number],))
            if code in (GLOBAL_GET, GLOBAL_SET):
                return Instruction(code, (self._global(cursor, number),))
            return Instruction(code, (number,))
        if code == 0x41:
            return Instruction(code, (cursor.signed(32, "a constant"),))
        if code == 0x42:
            return Instruction(code, (cursor.signed(64, "a constant"),))
        if 0x28 <= code <= 0x3E:
            return Instruction(code, _access(cursor))
        if code in (BLOCK, LOOP, IF, TRY):
            return Instruction(code, self._block(cursor))
        if code in (CALL_INDIRECT, RETURN_CALL_INDIRECT):
            kind = self.module.types[cursor.index(len(self.module.types), "type")]
            return Instruction(code, (kind, cursor.u32("a table")))
        if code == BR_TABLE:
            count = cursor.count(Limit("branches", after - before)) + 1
            return Instruction(code, tuple(cursor.u32("a branch") for _ in range(count)))
        if code == MANY:
            part = cursor.u32("an instruction")
            return Instruction(code << 8 | part, (data[cursor.pos : after],))
        return Instruction(code, (data[before + 1 : after],))

    def _global(self, cursor: Cursor, number: int) -> str:
        if number >= len(self.globals):
            raise cursor.error(f"global {number} does not exist")
        return self.globals[number]

    def _block(self, cursor: Cursor) -> tuple[Any, ...]:
        """What a block takes and leaves, as a function's type."""
        first = cursor.data[cursor.pos]
        if first == _EMPTY:
            return (FuncType(),)
        if first in _NUMBERS or 0x60 <= first < 0x80:  # no index begins so
            return (FuncType((), (encodings.value_type(cursor),)),)
        return (self.module.types[cursor.index(len(self.module.types), "type")],)


def _access(cursor: Cursor) -> tuple[int, int]:
    """The memory and the offset; how it is aligned changes nothing."""
    alignment = cursor.u32("an alignment")
    memory = cursor.u32("a memory") if alignment & 0x40 else 0
    return memory, cursor.u64("an offset")
