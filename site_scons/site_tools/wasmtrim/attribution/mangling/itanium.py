"""C++'s mangling undone as far as sizes need it, the path of a name and not its types (Itanium C++
ABI, section 5.1), and Rust's legacy one, which is the same with a hash as last part."""

from __future__ import annotations

import re

_LEGACY_ESCAPES = {
    "$LT$": "<",
    "$GT$": ">",
    "$LP$": "(",
    "$RP$": ")",
    "$RF$": "&",
    "$BP$": "*",
    "$C$": ",",
    "$SP$": "@",
    "..": "::",
}
_ESCAPE = re.compile(r"\$(?:LT|GT|LP|RP|RF|BP|C|SP)\$|\.\.")
_UNICODE = re.compile(r"\$u([0-9a-f]{1,6})\$")
# Data that a compiler makes for a type or a variable, and a static variable of a function.
_SPECIAL = re.compile(r"_Z(?P<kind>T[VTIS]|GV)(?P<of>[N\d].*)")
_KINDS = {
    "TV": "vtable",
    "TT": "VTT",
    "TI": "typeinfo",
    "TS": "typeinfo name",
    "GV": "guard variable",
}
_LOCAL = re.compile(r"_Z(?P<function>Z.+)E(?P<length>\d{1,3})(?P<name>[A-Za-z_]\w*?)(?:_\d*)?")


def demangle(symbol: str) -> str:
    """The readable path of `symbol`; itself where it is not mangled."""
    if special := _SPECIAL.fullmatch(symbol):
        return f"{_KINDS[special['kind']]} for {demangle('_Z' + special['of'])}"
    local = _LOCAL.fullmatch(symbol)
    if local and len(local["name"]) == int(local["length"]):
        return f"{demangle('_' + local['function'])}::{local['name']}"
    if symbol.startswith(("_ZN", "__ZN")):
        return _itanium(symbol.lstrip("_")[2:]) or symbol
    if symbol.startswith("_Z"):
        parts = _parts(symbol[2:], 1)
        return parts[0] if parts else symbol
    return symbol


def _itanium(text: str) -> str:
    text = re.sub(r"^[rVKRO]+(?=\d|S)", "", text)  # qualifiers of a member function
    std = text.startswith("St")
    parts = _parts(text[2:] if std else text)
    if std:
        parts.insert(0, "std")
    path = "::".join(parts)
    path = _ESCAPE.sub(lambda found: _LEGACY_ESCAPES[found[0]], path)
    path = _UNICODE.sub(lambda found: _character(int(found[1], 16)), path)
    return re.sub(r"(^|::)_<", r"\1<", path)


def _character(code: int) -> str:
    return chr(code) if code <= 0x10FFFF else "?"


def _parts(text: str, most: int = 1_000) -> list[str]:
    """The leading `<length><identifier>` parts; stops at whatever else comes."""
    parts: list[str] = []
    at = 0
    while len(parts) < most:
        number = re.match(r"L?(\d{1,6})", text[at:])  # L: known in its file alone
        if not number:
            break
        start = at + number.end()
        at = start + int(number[1])
        if at > len(text):
            break
        parts.append(text[start:at])
    return parts
