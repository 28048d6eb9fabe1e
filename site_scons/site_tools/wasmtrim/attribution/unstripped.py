"""The unstripped build: the same stages with names kept, which names the shipped functions."""

from __future__ import annotations

from dataclasses import dataclass

from wasmtrim.wasm import names, sections
from wasmtrim.wasm.module import Module


@dataclass(frozen=True, slots=True)
class UnstrippedNames:
    """`names` are by function index of the shipped module.

    `proven`: the unstripped build without its name section is the shipped file, byte for byte, so
    every name holds. If not, only functions with the same, unique body have names.
    """

    names: dict[int, str]
    proven: bool


def compare(shipped: Module, named: Module) -> UnstrippedNames:
    """Name the functions of `shipped` by those of `named`."""
    known = names.read(named).functions
    if without_names(named) == shipped.data:
        return UnstrippedNames(dict(known), proven=True)
    return UnstrippedNames(_alike(shipped, named, known), proven=False)


def without_names(module: Module) -> bytes:
    """The file less its name sections, all other bytes as they were."""
    parts = []
    start = 0
    for section in module.customs():
        if section.name == names.SECTION:
            parts.append(module.data[start : section.offset])
            start = section.end
    parts.append(module.data[start:])
    return b"".join(parts)


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
