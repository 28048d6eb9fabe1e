"""Symbols made readable: a function's name, and the package, crate or namespace that it is of.

| written by | form |
| --- | --- |
| Go's pclntab | `encoding/json.(*Decoder).Decode`, `main.run.func1`, `gopkg.in/yaml%2ev3.Open` |
| TinyGo | `(*encoding/json.Decoder).Decode`, `main.run$1`, `interface:{...}.Error$invoke` |
| Rust | `core::fmt::write::h0123456789abcdef`, `<A as b::C>::d`, `_ZN...E`, `_R...` |
| C++ | `ns::f(int)`, `_ZN...` |
| Zig | `std.debug.print`, `fmt.formatInt__anon_123` |
| AssemblyScript | `~lib/rt/itcms/__new`, `assembly/index/add`, `src/list/List<i32>#push` |
| WIT bindings | `example:shop/cart@1.2.0#add` |
| C | `memcpy`, `merge.llvm.123` |
"""

from __future__ import annotations

import re
from functools import lru_cache

from wasmtrim.attribution.mangling import demangle, rust_v0
from wasmtrim.attribution.symbols import assemblyscript, go, paths, wit, zig
from wasmtrim.attribution.symbols.go import DESCRIPTOR, DISPATCH, TYPES
from wasmtrim.attribution.symbols.languages import (
    ASSEMBLYSCRIPT,
    CPP,
    GO,
    RUST,
    ZIG,
    C,
    Languages,
    of_module,
)
from wasmtrim.attribution.symbols.symbol import Symbol

__all__ = ["DESCRIPTOR", "DISPATCH", "TYPES", "Languages", "Symbol", "of_module", "parse"]

_MERGED = "byn$mgfn-shared$"  # binaryen's mark on a body that several alike functions share
# What LLVM, GCC and linkers append to the name of a function that they make a copy or part of.
_SUFFIXED = re.compile(
    r"(?P<name>[A-Za-z_$][\w$]*)(?:\.(?:\d+|llvm\.\d+|cold|hot|unlikely|part\.\d+|constprop\.\d+"
    r"|isra\.\d+|lto_priv\.\d+|resume|destroy|cleanup|specialized\.\d+|command_export))+"
)
_UNMANGLED = re.compile(r"_.*|mem[a-z]+|bcmp|strlen")  # of Rust's compiler_builtins and std
_ANY = Languages()


@lru_cache(maxsize=1 << 14)
def parse(raw: str, languages: Languages = _ANY) -> Symbol:
    """The symbol behind a name as a compiler or linker wrote it, in a module of `languages`."""
    written = raw.removeprefix(_MERGED)
    text = demangle(written)
    if interface := wit.parse(text):
        return interface
    if written.startswith("_R") and (text != written or rust_v0.crate(written)):
        return Symbol(text, paths.owner(text, RUST) or rust_v0.crate(written), RUST)
    if languages.dotted == GO and (found := go.data(text)):
        return found
    if "::" in text and not text.startswith(("interface:", "type:")):
        return paths.parse(text, languages.paths)
    if languages.slashed == ASSEMBLYSCRIPT or text.startswith("~lib/"):
        return assemblyscript.parse(text)
    if languages.paths == CPP and paths.is_cpp(text):
        return Symbol(text, paths.owner(text, CPP), CPP)
    if _SUFFIXED.fullmatch(text):
        return _bare(text, languages)
    if languages.dotted == ZIG and (found := zig.parse(text)):
        return found
    if languages.dotted == GO and (found := go.parse(text)):
        return found
    is_word = re.fullmatch(r"[A-Za-z_$][\w$.]*", text)
    return _bare(text, languages) if is_word else Symbol(text, "", "")


def _bare(text: str, languages: Languages) -> Symbol:
    """The symbol of a name that says nothing of where it is from."""
    return Symbol(text, "", C if _UNMANGLED.fullmatch(text) else languages.bare)
