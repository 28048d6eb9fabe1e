"""The proof that two layouts are one program: what one says of the other, undone, is the other."""

from __future__ import annotations

from wasmtrim import wasm
from wasmtrim.errors import ToolError
from wasmtrim.stages.layout import image
from wasmtrim.stages.layout import program as programs
from wasmtrim.stages.layout.data import Data
from wasmtrim.stages.layout.program import Arrangement, Program
from wasmtrim.wasm import Module, sections


def prove(program: Program, arrangement: Arrangement, after: bytes) -> Module:
    """Hold that `after` is `program`, so arranged, and read it. Raises ToolError where it isn't.

    The result is read as any module, without a look at what made it. (a) With the functions in
    their old order, the data in their old segments and integers as long as they were, it is the
    input byte for byte. (b) Memories and tables begin with the same contents.
    """
    found = program.found
    moved = programs.take_apart(wasm.read(after))
    imported = program.module.imported_functions
    back = [0] * len(arrangement.order)
    for at, function in enumerate(arrangement.order):
        back[function - imported] = imported + at
    undone = Arrangement(back, found.segments, found.segment_names, found.widths)
    if moved.write(undone) != program.module.data:
        raise ToolError(_fault("undoing it does not give the input back"))
    if not same_memories(program.module, program.data, moved.module, moved.data):
        raise ToolError(_fault("the memories differ"))
    number = dict(enumerate([*range(imported), *arrangement.order]))
    tables = [
        (segment.mode, segment.table, segment.base, [number.get(f, f) for f in segment.functions])
        for segment in moved.module.elements
    ]
    if tables != [(s.mode, s.table, s.base, list(s.functions)) for s in program.module.elements]:
        raise ToolError(_fault("the tables differ"))
    return moved.module


def same_memories(one: Module, data: Data | None, other: Module, others: Data | None) -> bool:
    """Return whether the memories that both define begin with the same bytes.

    `data` and `others` are their data; where these can't lie otherwise, they are the same section.
    """
    if data is None or others is None:
        return _section(one) == _section(other)
    return len(data.memories) == len(others.memories) and all(
        image.same(memory.image, same.image)
        for memory, same in zip(data.memories, others.memories, strict=True)
    )


def _section(module: Module) -> bytes:
    section = module.section(sections.DATA)
    return module.data[section.start : section.end] if section else b""


def _fault(what: str) -> str:
    return f"layout: {what}: this is a bug of wasmtrim; leave the stage out and report the module"
