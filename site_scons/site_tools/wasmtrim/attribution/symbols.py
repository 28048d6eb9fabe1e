"""Symbols made readable: a function's name, and the package, crate or namespace that it is of.

| written by | form |
| --- | --- |
| Go's pclntab | `encoding/json.(*Decoder).Decode`, `main.run.func1`, `gopkg.in/yaml%2ev3.Open` |
| TinyGo | `(*encoding/json.Decoder).Decode`, `main.run$1`, `interface:{...}.Error$invoke` |
| Rust | `core::fmt::write::h0123456789abcdef`, `<A as b::C>::d`, `_ZN...E`, `_R...` |
| C++ | `ns::f(int)`, `_ZN...` |
| AssemblyScript | `~lib/rt/itcms/__new`, `assembly/index/add` |
| C | `memcpy` |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from wasmtrim.attribution.mangling import demangle


@dataclass(frozen=True, slots=True)
class Symbol:
    """`package` is "" where a symbol does not tell; `language` is go, rust, c++, c, … or ""."""

    name: str
    package: str
    language: str


_MERGED = "byn$mgfn-shared$"  # binaryen's mark on a body that several alike functions share
_DISPATCH = re.compile(r"interface:\{(?P<methods>.*)\}\.(?P<method>[\w./-]*)\$(?P<what>\w+)")
_HASH = re.compile(r"::h[0-9a-f]{16}$")
_TINYGO_METHOD = re.compile(
    r"\((?P<star>\*?)(?P<type>[^()]*?(?:\[.*\])?)\)\.(?P<rest>.+)", re.DOTALL
)
_VERSIONED = re.compile(r"\.v\d+(?=\.)")
_ESCAPE = re.compile(r"%([0-9a-f]{2})")
_EQUALITY = re.compile(r"type:\.(?:eq|hash)\.(?P<type>.+)", re.DOTALL)
DISPATCH = "(interface dispatch)"


@lru_cache(maxsize=1 << 14)
def parse(raw: str) -> Symbol:
    """The symbol behind a name as a compiler or linker wrote it."""
    text = demangle(raw.removeprefix(_MERGED))
    if "::" in text and not text.startswith(("interface:", "type:")):
        return _path(text, rust=raw.startswith("_R"))
    if text.startswith("~lib/") or re.match(r"assembly/[\w/~.-]+/", text):
        package = text.rpartition("/")[0]
        return Symbol(text, package, "assemblyscript")
    dispatch = _DISPATCH.fullmatch(text)
    if dispatch:
        return _dispatch(dispatch)
    method = _TINYGO_METHOD.fullmatch(text)
    if method:
        package, kind = _split(method["type"])
        rest = _closures(method["rest"])
        receiver = f"(*{kind})" if method["star"] else kind
        return Symbol(f"{package}.{receiver}.{rest}" if package else text, package, "go")
    equality = _EQUALITY.fullmatch(text)
    if equality:
        return Symbol(text, _split(_unescape(equality["type"]))[0], "go")
    package, rest = _split(text)
    if package and rest:
        package = _unescape(package)
        return Symbol(f"{package}.{_closures(rest)}", package, "go")
    return Symbol(text, "", "c" if re.fullmatch(r"[A-Za-z_]\w*", text) else "")


def _split(text: str) -> tuple[str, str]:
    """A Go name's package path and the rest: the first dot behind the last slash of the path.

    Slashes within type arguments, receivers or signatures are no part of the path.
    """
    end = min((at for at in map(text.find, "[({ ") if at >= 0), default=len(text))
    dot = text.find(".", text.rfind("/", 0, end) + 1, max(end, 0) + 1)
    version = _VERSIONED.match(text, dot) if dot > 0 else None
    if version and "/" in text[:dot]:  # gopkg.in/yaml.v3, which TinyGo doesn't escape
        dot = version.end()
    return (text[:dot], text[dot + 1 :]) if dot > 0 else ("", text)


def _closures(text: str) -> str:
    """TinyGo numbers closures as `$1`, Go as `.func1`: shown in Go's way."""
    text = re.sub(r"\$(\d+)", r".func\1", text)
    return re.sub(r"\$(bound|thunk|withSignature|gowrapper)\b", r" (\1)", text)


def _unescape(package: str) -> str:
    """Go's linker writes a dot in the last element of a path, and odd bytes, as %xx."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), package)


def _dispatch(found: re.Match[str]) -> Symbol:
    """TinyGo's generated calls through an interface; an unexported method tells its package."""
    names = re.findall(r"([\w./-]+):func:", found["methods"])
    owners = sorted({_split(name)[0] for name in names} - {""})
    shown = ", ".join(_split(name)[1] if _split(name)[0] else name for name in names)
    method = f".{found['method']}" if found["method"] else ""
    what = {"invoke": "call", "typeassert": "type assertion"}.get(found["what"], found["what"])
    return Symbol(f"interface{{{shown}}}{method} ({what})", owners[0] if owners else DISPATCH, "go")


def _path(text: str, rust: bool) -> Symbol:
    """A Rust or C++ path; of a trait's implementation, the crate of the type, else of the trait."""
    rust = rust or bool(_HASH.search(text)) or text.startswith("<")
    name = _HASH.sub("", text)
    package = ""
    inner = re.sub(r"^[<&\[(*]+(?:mut |const |dyn )?", "", name)
    head = inner
    if name.startswith("<"):
        kind, _, trait = inner.partition(" as ")
        head = kind if "::" in kind.split("<")[0] else trait
    if not rust:
        head = _without_return_type(head)
    found = re.match(r"[&(\[*]*(?:dyn )?([A-Za-z_][\w-]*)(?:\[[0-9a-f]+\])?(?:<[^<>]*>)?::", head)
    if found:
        package = found[1]
    return Symbol(name, package, "rust" if rust else "c++")


def _without_return_type(text: str) -> str:
    """`void std::f<int>(int)` to `std::f<int>(int)`: a C++ template's symbol holds the former."""
    before = text.split("(")[0].split("<")[0]
    return text[before.rfind(" ") + 1 :]
