"""A module whose functions and globals carry the names that binaryen gives them by itself.

So wasm-opt works as without them, and what it keeps can be told from what it leaves.
"""

from __future__ import annotations

from wasmtrim.wasm import Module, rewriting


def named(module: Module) -> bytes:
    """The module with such a name section, in place of one that is there."""
    kinds = {"function": default(module, "func"), "global": default(module, "global")}
    return rewriting.with_names(module, kinds)


def default(module: Module, kind: str) -> list[str]:
    """What binaryen calls the functions ("func") or globals of a module without names, by index."""
    imported = sum(entry.kind == kind for entry in module.imports)
    if kind == "func":
        count, theirs, ours = len(module.functions), "fimport$", ""
    else:
        count, theirs, ours = len(module.globals), "gimport$", "global$"
    return [
        f"{theirs}{index}" if index < imported else f"{ours}{index - imported}"
        for index in range(count)
    ]
