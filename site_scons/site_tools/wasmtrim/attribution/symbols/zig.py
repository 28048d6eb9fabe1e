"""Zig's names: the namespaces from the file on, `std.debug.print`, `fmt.formatInt__anon_123`.

Up to Zig 0.13 a namespace of its standard library stands without `std.`.
"""

from __future__ import annotations

import re

from wasmtrim.attribution.symbols.languages import ZIG
from wasmtrim.attribution.symbols.symbol import Symbol

STANDARD = "std"
RUNTIME = frozenset(("compiler_rt", "start", "builtin", "c"))
_NAMESPACES = frozenset(
    [
        "Io",
        "Progress",
        "Random",
        "SemanticVersion",
        "Target",
        "Thread",
        "Uri",
        "array_hash_map",
        "array_list",
        "ascii",
        "atomic",
        "base64",
        "bit_set",
        "buf_map",
        "compress",
        "crypto",
        "debug",
        "dwarf",
        "elf",
        "enums",
        "fifo",
        "fmt",
        "fs",
        "hash",
        "hash_map",
        "heap",
        "http",
        "io",
        "json",
        "leb128",
        "linked_list",
        "log",
        "math",
        "mem",
        "meta",
        "multi_array_list",
        "net",
        "os",
        "posix",
        "priority_queue",
        "process",
        "rand",
        "segmented_list",
        "simd",
        "sort",
        "tar",
        "time",
        "treap",
        "unicode",
        "valgrind",
        "wasm",
        "zig",
        "zip",
        "zon",
    ]
)
_NAME = re.compile(r"(?P<first>[A-Za-z_]\w*)\.(?P<second>[A-Za-z_]\w*)?.*", re.DOTALL)


def parse(text: str) -> Symbol | None:
    """The symbol of a name; None where it has no namespace."""
    found = _NAME.fullmatch(text)
    if not found:
        return None
    first, second = found["first"], found["second"]
    if first == STANDARD:
        return Symbol(text, f"std.{second}" if second else first, ZIG)
    if first in RUNTIME:
        return Symbol(text, first, ZIG)
    return Symbol(text, f"std.{first}" if first in _NAMESPACES else first, ZIG)
