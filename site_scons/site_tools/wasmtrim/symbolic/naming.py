"""A module whose functions and globals carry the names that binaryen gives them by itself.

So wasm-opt works as without them, and what it keeps can be told from what it leaves.
"""

from __future__ import annotations

from wasmtrim.wasm import Module, names, sections
from wasmtrim.wasm.leb128 import unsigned

_FUNCTIONS, _GLOBALS = 1, 7  # specification 7.4.1, and the extended name section


def named(module: Module) -> bytes:
    """The module with such a name section, in place of one that is there."""
    bare = names.without(module.data)
    parts = [_text(names.SECTION)]
    for identifier, kind in ((_FUNCTIONS, "func"), (_GLOBALS, "global")):
        entries = [
            unsigned(index) + _text(name) for index, name in enumerate(default(module, kind))
        ]
        parts.append(bytes([identifier]) + _sized(unsigned(len(entries)) + b"".join(entries)))
    return bare + bytes([sections.CUSTOM]) + _sized(b"".join(parts))


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


def _text(name: str) -> bytes:
    return _sized(name.encode())


def _sized(content: bytes) -> bytes:
    return unsigned(len(content)) + content
