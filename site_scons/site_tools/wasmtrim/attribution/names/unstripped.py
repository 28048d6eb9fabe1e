"""The unstripped build: the same stages with names kept, which names the shipped functions.

Of a program by standard Go it is the module before the stage positions, with its whole pclntab.
"""

from __future__ import annotations

from dataclasses import dataclass

from wasmtrim.wasm import image, names, sections
from wasmtrim.wasm.golang import pclntab
from wasmtrim.wasm.golang.pclntab import GoFunction
from wasmtrim.wasm.module import Module


@dataclass(frozen=True, slots=True)
class UnstrippedNames:
    """`names` are by function index of the shipped module.

    `proven`: the unstripped build without its name section is the shipped file, byte for byte, so
    every name holds. If not, only functions with the same, unique body have names.

    `go` are the functions of its pclntab, where the shipped memory is the same but for positions.
    """

    names: dict[int, str]
    proven: bool
    go: tuple[GoFunction, ...] = ()


def compare(shipped: Module, named: Module) -> UnstrippedNames:
    """Name the functions of `shipped` by those of `named`."""
    known = names.read(named).functions
    if names.without(named.data) == shipped.data:
        return UnstrippedNames(dict(known), proven=True)
    alike = _alike(shipped, named, known) if known else {}
    return UnstrippedNames(alike, proven=False, go=_go(shipped, named))


def _go(shipped: Module, named: Module) -> tuple[GoFunction, ...]:
    """The functions of Go's table in `named`, if that is the table which `shipped` had."""
    from wasmtrim.wasm.golang import positions  # few modules have an unstripped build beside them

    table = pclntab.find(named)
    if table is None:
        return ()
    try:
        spans = positions.spans(table, names=True)
    except ValueError:
        return ()
    now = image.read(shipped, table.base, table.base + len(table.memory))
    return tuple(table.functions()) if positions.same_but_for(spans, table, now) else ()


def _alike(shipped: Module, named: Module, known: dict[int, str]) -> dict[int, str]:
    """Names for functions by body: each body that is there exactly once on both sides."""
    ours, theirs = _unique_bodies(shipped), _unique_bodies(named)
    return {
        index: known[theirs[body]]
        for body, index in ours.items()
        if body in theirs and theirs[body] in known
    }


def _unique_bodies(module: Module) -> dict[bytes, int]:
    """Index by the body's bytes and type, without those that are there twice."""
    if module.section(sections.CODE) is None:
        return {}
    first: dict[bytes, int] = {}
    twice = set()
    for index in range(module.imported_functions, len(module.functions)):
        start, end = module.body(index)
        key = str(module.function_type(index)).encode() + module.data[start:end]
        if key in first:
            twice.add(key)
        first[key] = index
    return {key: index for key, index in first.items() if key not in twice}
