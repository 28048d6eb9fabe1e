"""Go's names, as its linker writes them and as TinyGo does."""

from __future__ import annotations

import re

from wasmtrim.attribution.symbols.languages import GO
from wasmtrim.attribution.symbols.symbol import Symbol

_DISPATCH = re.compile(r"interface:\{(?P<methods>.*)\}\.(?P<method>[\w./-]*)\$(?P<what>\w+)")
_TINYGO_METHOD = re.compile(
    r"\((?P<star>\*?)(?P<type>[^()]*?(?:\[.*\])?)\)\.(?P<rest>.+)", re.DOTALL
)
_VERSIONED = re.compile(r"\.v\d+(?=\.)")
_ESCAPE = re.compile(r"%([0-9a-f]{2})")
# A type with its package, somewhere in the text of a type: `[2]os.file`, `struct { F a/b.C }`.
_DECLARED = re.compile(r"(?<![\w/.%-])(?!go\.shape\b)((?:[\w.%~-]+/)*[\w%~-]+)\.\(?\*?[A-Za-z_]")
_EQUALITY = re.compile(r"type:\.(?:eq|hash)\.(?P<type>.+)", re.DOTALL)
# What TinyGo makes of a package's constants, and of what its initializers allocate; how many there
# are of a kind in the whole program is behind it (compiler/compiler.go, interp/interpreter.go).
_DATA = re.compile(
    r"(?P<package>(?:[\w.%~-]+/)*[\w.%~-]+)"
    r"\$(?P<kind>string|pack|alloca?|embedslice|embedfsfiles|embedfsslice)(?:\.\d+)?"
)
_TYPE = re.compile(r"(?:reflect/types\.type:|type )(?P<type>.+?)(?:\.\d+)?", re.DOTALL)
INIT = re.compile(r"\.init(?:\.\d+)?$")  # ends the name of a function that runs at the start
DISPATCH = "(interface dispatch)"
DESCRIPTOR = "type descriptor: "
TYPES = "(types without a name)"  # equality and hashes of those that no package declares


def parse(text: str) -> Symbol | None:
    """The symbol of a name with a package, by Go's linker or TinyGo; None where it has none."""
    dispatch = _DISPATCH.fullmatch(text)
    if dispatch:
        return _dispatch(dispatch)
    method = _TINYGO_METHOD.fullmatch(text)
    if method:
        package, kind = _split(method["type"])
        rest = _closures(method["rest"])
        receiver = f"(*{kind})" if method["star"] else kind
        return Symbol(f"{package}.{receiver}.{rest}" if package else text, package, GO)
    equality = _EQUALITY.fullmatch(text)
    if equality:
        return Symbol(_unescape(text), declared_in(equality["type"]) or TYPES, GO)
    package, rest = _split(text)
    if package and rest:
        package = _unescape(package)
        return Symbol(f"{package}.{_closures(rest)}", package, GO)
    return None


def data(text: str) -> Symbol | None:
    """The symbol of data that TinyGo makes: constants, and descriptors of types."""
    if constant := _DATA.fullmatch(text):
        return Symbol(f"{constant['package']}${constant['kind']}", constant["package"], GO)
    if described := _TYPE.fullmatch(text):
        kind = described["type"]
        return Symbol(f"{DESCRIPTOR}{kind}", declared_in(kind) or TYPES, GO)
    return None


def declared_in(kind: str) -> str:
    """The package of the first type in the text of a type, `map[string]os.File`; "" for none."""
    found = _DECLARED.search(kind)
    return _unescape(found[1]) if found else ""


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
