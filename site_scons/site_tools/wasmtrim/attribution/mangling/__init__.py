"""Mangling undone: the name that a compiler made a symbol of.

Linkers of the LLVM family demangle the name section themselves; these are for those that don't.
"""

from __future__ import annotations

from wasmtrim.attribution.mangling import itanium, rust_v0

__all__ = ["demangle"]


def demangle(symbol: str) -> str:
    """The readable form of `symbol`; itself where it is not mangled."""
    if symbol.startswith("_R"):
        return rust_v0.demangle(symbol) or symbol
    return itanium.demangle(symbol)
