"""The forms in which a function's name is written by whoever asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wasmtrim.attribution.symbols import paths
from wasmtrim.attribution.symbols.languages import ASSEMBLYSCRIPT, CPP, GO, RUST, ZIG
from wasmtrim.attribution.symbols.symbol import Symbol

_OPENING = re.compile(r"^(?:[&*]|mut |const |dyn |'\w+ )+")
_ANONYMOUS = re.compile(r"__anon_\d+$")  # by which Zig tells instances apart
_POINTER = re.compile(r"\(\*(\w+)\)")  # Go's receiver
_LAST = re.compile(r".*[.:/#]", re.DOTALL)


def of(symbol: Symbol) -> tuple[str, ...]:
    """A name without its type arguments, which its instances have in common, and in C++ without
    its parameters. `<A<T> as b::C>::d` is `A::d`, and `b::C::d`, too.
    """
    name, language = symbol.name, symbol.language
    if language == GO:
        return (_POINTER.sub(r"\1", _without(name, "[]")),)
    if language == CPP:
        return (paths.flat(name),)
    if language == RUST:
        return _rust(name)
    if language == ZIG:
        return (_ANONYMOUS.sub("", _without(name, "()")),)
    return (_without(name, "<>") if language == ASSEMBLYSCRIPT else name,)


def meant(text: str, forms: Iterable[str]) -> str | None:
    """The first of the forms that a text is, or is the end of; None where it is of none."""
    ends = tuple(f"{mark}{text}" for mark in (".", "::", "/", "#"))
    return next((form for form in forms if form == text or form.endswith(ends)), None)


def leaf(text: str) -> str:
    """The last part of a name: each name that it is meant by has it."""
    return _LAST.sub("", text)


def _rust(name: str) -> tuple[str, ...]:
    if not name.startswith("<"):
        return (_without(name, "<>"),)
    depth, at, implemented = 0, 0, 0
    for at, mark in enumerate(name):
        depth += (mark == "<") - (mark == ">" and name[at - 1] != "-")
        if not depth:
            break
        if depth == 1 and name.startswith(" as ", at):
            implemented = at
    kind, rest = name[1 : implemented or at], _without(name[at + 1 :], "<>")
    found = [_OPENING.sub("", _without(kind, "<>"))]
    if implemented:
        found.append(_without(name[implemented + 4 : at], "<>"))
    return tuple(f"{path}{rest}" for path in found)


def _without(text: str, brackets: str) -> str:
    """A text less what stands in brackets, and less `::` before them."""
    opening, closing = brackets[0], brackets[1]
    if opening not in text:
        return text
    kept, depth = [""], 0
    for part in re.split(rf"(->|[{re.escape(brackets)}])", text):
        if part == opening:
            depth += 1
        elif part == closing:
            depth = max(depth - 1, 0)
        elif not depth:
            kept.append(part)
    return re.sub(r"(?:::)+", "::", "".join(kept)).removesuffix("::")
