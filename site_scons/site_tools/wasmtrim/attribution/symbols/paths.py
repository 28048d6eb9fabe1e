"""Rust's and C++'s paths: `core::fmt::write`, `<A as b::C>::d`, `void ns::f<int>(int)`.

C++'s are as demanglers write them: a template has its return type before its name, a lambda is in
the function that it stands in, `vtable for ns::A` is data of a class.
"""

from __future__ import annotations

import re

from wasmtrim.attribution.symbols.languages import CPP, RUST
from wasmtrim.attribution.symbols.symbol import Symbol

_HASH = re.compile(r"::h[0-9a-f]{16}(?:\.llvm\.\d+)?$")
_OPENING = re.compile(r"^(?:[<&\[(*]|mut |const |dyn |for<[^>]*> |'\w+ )+")
_ANONYMOUS, _STANDARD = "(anonymous namespace)", "std"
_TOKEN = re.compile(
    r"\(anonymous namespace\)|operator(?: (?:new|delete)(?:\[\])?|\(\)|\[\]|<=>|<<=?|>>=?|->\*?"
    r"|[<>]=?| |\"\" ?)?|\[abi:\w*\]|[<>()\[\]{}]| |[^<>()\[\]{} ]+?(?=operator\W)|[^<>()\[\]{} ]+"
)
_OPEN, _CLOSE = frozenset("(<[{"), frozenset(")>]}")
_LOCAL = re.compile(r"\$_\d|'(?:lambda|unnamed)|$")  # `f()::$_0::operator()() const`
_ALLOCATION = re.compile(r"operator (?:new|delete)\b")
_SPECIAL = re.compile(
    r"(?:(?:construction )?vtable|VTT|typeinfo(?: name)?|guard variable|reference temporary) for "
    r"|(?:non-virtual|virtual) thunk to "
)
_END = 80  # characters in which the parameters of a function end
_PARAMETERS = re.compile(r"\)(?: const)?(?: ?\[[^\[\]]*\]|\.\w+)*$")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\[abi:\w*\])?|operator\b.*", re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
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
    if language == CPP:
        return _namespace(name)
    head = _OPENING.sub("", name)
    if name.startswith("<"):
        kind, _, trait = head.partition(" as ")
        head = kind if "::" in kind.split("<")[0] else _OPENING.sub("", trait)
    found = _FIRST.match(head)
    return found[1] if found else ""


def is_cpp(text: str) -> bool:
    """Whether a name without `::` is C++'s: a function with its parameters, or data of a class."""
    if _SPECIAL.match(text):
        return True
    return bool(_PARAMETERS.search(text[-_END:])) and bool(_NAME.fullmatch(flat(text)))


def _namespace(text: str) -> str:
    """The outermost namespace or class of a C++ name; "" where it has none, or a function that it
    is local to has none."""
    path = flat(text).split("::")
    if path[0] == _ANONYMOUS:
        path = path[1:]
    if len(path) < 2 or _LOCAL.match(path[1]):
        return _STANDARD if _ALLOCATION.match(path[0]) else ""
    found = _IDENTIFIER.match(path[0])
    return found[0] if found else ""


def flat(text: str) -> str:
    """The path of a C++ name alone: no return type, template arguments or parameters."""
    kept, depth = "", 0
    for found in _TOKEN.finditer(text.removeprefix("decltype(auto) ")):
        token = found[0]
        if token in _OPEN:
            if token == "(" and not depth and kept:
                break
            depth += 1
        elif token in _CLOSE:
            depth = max(depth - 1, 0)
        elif not depth:
            kept = "" if token == " " else kept + token
    return kept
