"""WebAssembly's binary format, read by our own parser: bytes in, data out, no program run."""

from functools import lru_cache
from typing import TypeAlias

from wasmtrim.wasm import component
from wasmtrim.wasm.component import Component
from wasmtrim.wasm.module import Export, Import, Module, read
from wasmtrim.wasm.sections import Section, is_component

Binary: TypeAlias = Module | Component

__all__ = [
    "Binary",
    "Component",
    "Export",
    "Import",
    "Module",
    "Section",
    "is_component",
    "read",
    "read_binary",
]


def read_binary(data: bytes) -> Binary:
    """Read a module or a component, whichever it is; ModuleError where it is none.

    The last few are kept: the steps of a release read the same modules after each other.
    """
    return _read(data)


@lru_cache(maxsize=4)
def _read(data: bytes) -> Binary:
    return component.read(data) if is_component(data) else read(data)
