"""WebAssembly's binary format, read by our own parser: bytes in, data out, no program run."""

from wasmtrim.wasm.module import Export, Import, Module, read
from wasmtrim.wasm.sections import Section

__all__ = ["Export", "Import", "Module", "Section", "read"]
