"""AssemblyScript's names: a file's path, then what is in it: `src/list/List<i32>#push`."""

from __future__ import annotations

import re

from wasmtrim.attribution.symbols.languages import ASSEMBLYSCRIPT, C
from wasmtrim.attribution.symbols.symbol import Symbol

# Files and folders of its standard library; packages of npm stand below ~lib/ as well.
STANDARD = frozenset(
    [
        "array",
        "arraybuffer",
        "atomics",
        "bindings",
        "builtins",
        "compat",
        "console",
        "crypto",
        "dataview",
        "date",
        "diagnostics",
        "error",
        "function",
        "iterator",
        "map",
        "math",
        "memory",
        "number",
        "object",
        "performance",
        "polyfills",
        "process",
        "reference",
        "regexp",
        "rt",
        "set",
        "shared",
        "staticarray",
        "string",
        "symbol",
        "table",
        "typedarray",
        "uri",
        "util",
        "vector",
        "wasi_internal",
    ]
)


def parse(text: str) -> Symbol:
    """The symbol of a name; of the one that starts a file as well: `start:src/list`."""
    if text.startswith("start:"):
        return Symbol(text, text.removeprefix("start:").partition("~anonymous")[0], ASSEMBLYSCRIPT)
    head = re.split(r"[<#]", text, maxsplit=1)[0]
    file = head.removeprefix("~").rpartition("/")[0]
    if not file:
        return Symbol(text, "", C if re.fullmatch(r"[A-Za-z_]\w*", text) else "")
    return Symbol(text, f"~{file}" if head.startswith("~") else file, ASSEMBLYSCRIPT)
