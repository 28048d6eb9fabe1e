"""A twin: the module built by the same stages with its names kept, which tells whose is what."""

from __future__ import annotations

from dataclasses import dataclass

from wasmtrim.wasm import names, sections
from wasmtrim.wasm.module import Module


@dataclass(frozen=True, slots=True)
class Twin:
    """`names` are by function index of the shipped module.

    `proven`: the twin less its name section is the shipped file, byte for byte, so every name
    holds. If not, only functions whose bodies are the same, and told apart by them, have names.
    """

    names: dict[int, str]
    proven: bool


def compare(shipped: Module, named: Module) -> Twin:
    """What `named` testifies about `shipped`."""
    spoken = names.read(named).functions
    if without_names(named) == shipped.data:
        return Twin(dict(spoken), proven=True)
    return Twin(_alike(shipped, named, spoken), proven=False)


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


def _alike(shipped: Module, named: Module, spoken: dict[int, str]) -> dict[int, str]:
    """Names for functions by body: each body that is there exactly once on both sides."""
    ours, theirs = _unique_bodies(shipped), _unique_bodies(named)
    return {
        index: spoken[theirs[body]]
        for body, index in ours.items()
        if body in theirs and theirs[body] in spoken
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
