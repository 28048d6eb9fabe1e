"""Rust's and C++'s paths: `core::fmt::write`, `<A as b::C>::d`, `void ns::f<int>(int)`."""

from __future__ import annotations

import re

from wasmtrim.attribution.symbols.languages import RUST
from wasmtrim.attribution.symbols.symbol import Symbol

_HASH = re.compile(r"::h[0-9a-f]{16}(?:\.llvm\.\d+)?$")
_OPENING = re.compile(r"^(?:[<&\[(*]|mut |const |dyn |for<[^>]*> |'\w+ )+")
_FIRST = re.compile(r"(?:r#)?([A-Za-z_][\w-]*)(?:\[[0-9a-f]+\])?(?:<[^<>]*>)?::")


def parse(text: str, language: str) -> Symbol:
    """The symbol of a path that has `::`. Of a trait's implementation, the crate of the type, else
    of the trait."""
    is_rust = bool(_HASH.search(text)) or text.startswith("<")
    name = _HASH.sub("", text)
    spoken = RUST if is_rust else language
    return Symbol(name, owner(name, spoken), spoken)


def owner(name: str, language: str) -> str:
    """The crate or the outermost namespace; "" where a path begins with neither."""
    head = _OPENING.sub("", name)
    if name.startswith("<"):
        kind, _, trait = head.partition(" as ")
        head = kind if "::" in kind.split("<")[0] else _OPENING.sub("", trait)
    if language != RUST:
        head = _without_return_type(head)
    found = _FIRST.match(head)
    return found[1] if found else ""


def _without_return_type(text: str) -> str:
    """`void std::f<int>(int)` to `std::f<int>(int)`: a C++ template's symbol holds the former."""
    before = text.split("(")[0].split("<")[0]
    return text[before.rfind(" ") + 1 :]
