"""Which languages the names of a module are in: decided once, by the whole module.

`fmt.formatInt` is Go's or Zig's, and `merge.1` is C's with a suffix; a name alone does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wasmtrim.wasm import producers
from wasmtrim.wasm.module import Module

GO, ZIG, C, CPP, RUST, ASSEMBLYSCRIPT = "go", "zig", "c", "c++", "rust", "assemblyscript"


@dataclass(frozen=True, slots=True)
class Languages:
    """`dotted` is the language of names like `fmt.print`, `paths` that of names like `fmt::print`,
    `slashed` that of names like `lib/fmt/print`, `bare` that of names like `print`."""

    dotted: str = GO
    paths: str = CPP
    slashed: str = ""
    bare: str = C


_RUST = re.compile(r"_R[A-Z]|.*(?:::h[0-9a-f]{16}|17h[0-9a-f]{16}E)$|<.* as .*>::", re.DOTALL)
_GO = re.compile(
    r"(?:main\.main|runtime\.(?:alloc|main|run|_panic|hashmap\w+|nilPanic|lookupPanic))$"
    r"|interface:\{|\(\*?[\w./-]+\.\w+\)\.|[\w.-]+(?:/[\w.-]+)+\.\(?\*?[A-Z]"
)
_ZIG = re.compile(r"[\w.]+__anon_\d+$|std\.\w|compiler_rt\.\w|Io\.\w|start\.\w|debug\.\w")


def of_module(module: Module, names: Iterable[str]) -> Languages:
    """Judge by what the module says of its producers, else by the forms of its names."""
    told = producers.read(module)
    spoken = told.get("language", {})
    makers = " ".join(told.get("processed-by", {}))
    rust, go, zig = "Rust" in spoken, "Go" in spoken or "TinyGo" in makers, "Zig" in spoken
    assemblyscript = False
    for name in names:
        assemblyscript = assemblyscript or name.startswith("~lib/")
        rust = rust or bool(_RUST.match(name))
        go = go or bool(_GO.match(name))
        zig = zig or bool(_ZIG.match(name))
    others = any(language.startswith("C") for language in spoken)
    unlike_go = ZIG if zig else C if rust or others else GO
    return Languages(
        GO if go else unlike_go,
        RUST if rust else CPP,
        ASSEMBLYSCRIPT if assemblyscript else "",
        RUST if "Rust" in spoken and not others else C,
    )
