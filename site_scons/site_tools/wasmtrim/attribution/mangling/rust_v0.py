"""Rust's v0 mangling undone (RFC 2603): `_RNvNtCs1_6plugin6macros5print`.

Printed as rustc-demangle prints it in its short form: without the hashes of crates and the types
of constants.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")

_BASIC = {
    **{"a": "i8", "b": "bool", "c": "char", "d": "f64", "e": "str", "f": "f32", "h": "u8"},
    **{"i": "isize", "j": "usize", "l": "i32", "m": "u32", "n": "i128", "o": "u128", "p": "_"},
    **{"s": "i16", "t": "u16", "u": "()", "v": "...", "x": "i64", "y": "u64", "z": "!"},
}
_DIGITS = {
    digit: value
    for value, digit in enumerate("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
_DEEPEST = 120  # nested parts; each takes a few of Python's frames
_LONGEST = 200_000  # characters made in all: references back may double them again and again
_LENGTH = re.compile(r"(0|[1-9][0-9]{0,5})_?")
_HEX = re.compile(r"([0-9a-f]*)_")
_QUOTED = {"\t": r"\t", "\r": r"\r", "\n": r"\n", "\\": r"\\"}


def demangle(symbol: str) -> str:
    """The name in `symbol`; "" where it is none of this form."""
    return _read(symbol, lambda reader: reader.symbol())


def crate(symbol: str) -> str:
    """The crate that the name in `symbol` begins with: it may be cut off, or broken behind it."""
    found = re.match(r"_R[A-Z]", symbol) and re.search(r"C(?:s[0-9a-zA-Z]*_)?(?=[1-9])", symbol)
    if not found:
        return ""
    return _read(symbol, lambda reader: reader.at(found.end() - 2).identifier())


def _read(symbol: str, part: Callable[[_Reader], str]) -> str:
    try:
        return part(_Reader(symbol[2:])) if symbol.startswith("_R") else ""
    except (_Broken, LookupError, ValueError, OverflowError):
        return ""


class _Broken(Exception):
    """It is not a v0 symbol."""


class _Reader:
    """Reads `text` from `pos` on. A method of a name reads that part of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.depth = 0
        self.bound = 0  # lifetimes of the binders around
        self.left = _LONGEST

    def at(self, pos: int) -> _Reader:
        self.pos = pos
        return self

    def symbol(self) -> str:
        if self.text[:1].isdigit():  # a version of the encoding that isn't defined yet
            raise _Broken
        name = self.path(in_value=True)
        if self.text[self.pos : self.pos + 1].isupper():
            self.path(in_value=False)  # the crate that it was made for
        suffix = self.text[self.pos :]
        if suffix and suffix[0] not in ".$":
            raise _Broken
        return name

    def path(self, *, in_value: bool) -> str:
        self._enter()
        tag = self._next()
        match tag:
            case "C":
                self._disambiguator()
                made = self.identifier()
            case "N":
                made = self._nested(in_value)
            case "M" | "X" | "Y":
                if tag != "Y":  # where the implementation is, which says less than its type
                    self._disambiguator()
                    self.path(in_value=False)
                kind = self.type()
                trait = "" if tag == "M" else f" as {self.path(in_value=False)}"
                made = f"<{kind}{trait}>"
            case "I":
                made = self.path(in_value=in_value)
                made += f"{'::' if in_value else ''}<{self._list(self._argument)}>"
            case "B":
                made = self._back(lambda: self.path(in_value=in_value))
            case _:
                raise _Broken
        return self._leave(made)

    def _nested(self, in_value: bool) -> str:
        namespace = self._next()
        above = self.path(in_value=in_value)
        number = self._disambiguator()
        name = self.identifier()
        if namespace.isupper():
            kind = {"C": "closure", "S": "shim"}.get(namespace, namespace)
            return f"{above}::{{{kind}{':' + name if name else ''}#{number}}}"
        if not namespace.islower():
            raise _Broken
        return f"{above}::{name}" if name else above

    def _argument(self) -> str:
        if self._eat("L"):
            return self._lifetime()
        if self._eat("K"):
            return self._constant(in_value=False)
        return self.type()

    def type(self) -> str:
        self._enter()
        tag = self._next()
        if tag in _BASIC:
            return self._leave(_BASIC[tag])
        match tag:
            case "R" | "Q":
                lifetime = self._lifetime() if self._eat("L") else "'_"
                shown = "" if lifetime == "'_" else f"{lifetime} "
                made = f"&{shown}{'mut ' if tag == 'Q' else ''}{self.type()}"
            case "P" | "O":
                made = f"*{'const' if tag == 'P' else 'mut'} {self.type()}"
            case "A":
                made = f"[{self.type()}; {self._constant(in_value=True)}]"
            case "S":
                made = f"[{self.type()}]"
            case "T":
                made = self._tuple(self.type)
            case "F":
                made = self._binding(self._function)
            case "D":
                made = "dyn " + self._binding(lambda: self._list(self._dyn_trait, " + "))
                if not self._eat("L"):
                    raise _Broken
                lifetime = self._lifetime()
                made += "" if lifetime == "'_" else f" + {lifetime}"
            case "B":
                made = self._back(self.type)
            case _:
                self.pos -= 1
                made = self.path(in_value=False)
        return self._leave(made)

    def _function(self) -> str:
        prefix = "unsafe " if self._eat("U") else ""
        if self._eat("K"):
            abi = "C" if self._eat("C") else self.identifier().replace("_", "-")
            prefix += f'extern "{abi}" '
        made = f"{prefix}fn({self._list(self.type)})"
        return made if self._eat("u") else f"{made} -> {self.type()}"

    def _dyn_trait(self) -> str:
        made, is_open = self._open_path()
        while self._eat("p"):
            made += ", " if is_open else "<"
            is_open = True
            made += f"{self.identifier()} = {self.type()}"
        return made + (">" if is_open else "")

    def _open_path(self) -> tuple[str, bool]:
        """A path, whose type arguments, if it has any, more may follow."""
        if self._eat("B"):
            return self._back(self._open_path)
        if self._eat("I"):
            made = self.path(in_value=False)
            return f"{made}<{self._list(self._argument)}", True
        return self.path(in_value=False), False

    def _constant(self, *, in_value: bool) -> str:
        self._enter()
        tag = self._next()
        braced = not in_value
        if tag == "p":
            made, braced = "_", False
        elif tag in "htmyoj":
            made, braced = self._integer(), False
        elif tag in "aslxni":
            made, braced = ("-" if self._eat("n") else "") + self._integer(), False
        elif tag == "b":
            made, braced = {0: "false", 1: "true"}[self._number()], False
        elif tag == "c":
            made, braced = f"'{_escaped(chr(self._number()), chr(39))}'", False
        elif tag == "e":
            made = f"*{self._string()}"
        elif tag in "RQ":
            if tag == "R" and self._eat("e"):
                made, braced = self._string(), False
            else:
                made = f"&{'mut ' if tag == 'Q' else ''}{self._constant(in_value=True)}"
        elif tag == "A":
            made = f"[{self._list(self._inner)}]"
        elif tag == "T":
            made = self._tuple(self._inner)
        elif tag == "V":
            made = self._variant()
        elif tag == "B":
            made, braced = self._back(lambda: self._constant(in_value=in_value)), False
        else:
            raise _Broken
        return self._leave(f"{{{made}}}" if braced else made)

    def _inner(self) -> str:
        return self._constant(in_value=True)

    def _variant(self) -> str:
        name = self.path(in_value=True)
        match self._next():
            case "U":
                return name
            case "T":
                return f"{name}({self._list(self._inner)})"
            case "S":
                return f"{name} {{ {self._list(self._field)} }}"
        raise _Broken

    def _field(self) -> str:
        self._disambiguator()
        return f"{self.identifier()}: {self._inner()}"

    def _string(self) -> str:
        text = bytes.fromhex(self._hex()).decode()
        return f'"{_escaped(text, chr(34))}"'

    def _integer(self) -> str:
        value = self._number()
        return str(value) if value < 1 << 64 else hex(value)

    def _number(self) -> int:
        digits = self._hex()
        if len(digits) > 32:  # 128 bits
            raise _Broken
        return int(digits or "0", 16)

    def _hex(self) -> str:
        digits = _HEX.match(self.text, self.pos)
        if not digits:
            raise _Broken
        self.pos = digits.end()
        return digits[1]

    def _binding(self, inner: Callable[[], str]) -> str:
        """What may be preceded by lifetimes of its own: `for<'a> `."""
        count = self._optional("G")
        if count > 1_000:
            raise _Broken
        self.bound += count
        names = ", ".join(self._named(back) for back in range(count, 0, -1))
        made = inner()
        self.bound -= count
        return f"for<{names}> {made}" if count else made

    def _lifetime(self) -> str:
        back = self._base62()
        return self._named(back) if back else "'_"

    def _named(self, back: int) -> str:
        place = self.bound - back
        if place < 0:
            raise _Broken
        return f"'{chr(ord('a') + place)}" if place < 26 else f"'_{place}"

    def _tuple(self, part: Callable[[], str]) -> str:
        parts = self._parts(part)
        return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"

    def _list(self, part: Callable[[], str], between: str = ", ") -> str:
        return between.join(self._parts(part))

    def _parts(self, part: Callable[[], str]) -> list[str]:
        parts = []
        while not self._eat("E"):
            parts.append(part())
        return parts

    def _back(self, part: Callable[[], _T]) -> _T:
        """What stands at an earlier place."""
        here = self.pos - 1
        there = self._base62()
        if there >= here:
            raise _Broken
        self._enter()
        after, self.pos = self.pos, there
        made = part()
        self.pos = after
        self.depth -= 1
        return made

    def identifier(self) -> str:
        is_punycode = self._eat("u")
        length = _LENGTH.match(self.text, self.pos)
        if not length:
            raise _Broken
        start = length.end()
        self.pos = start + int(length[1])
        text = self.text[start : self.pos]
        if self.pos > len(self.text):
            raise _Broken
        if is_punycode:
            ascii_part, _, rest = text.rpartition("_")
            text = f"{ascii_part}-{rest}" if ascii_part else rest
            text = text.encode("ascii").decode("punycode")
        return text

    def _disambiguator(self) -> int:
        return self._optional("s")

    def _optional(self, tag: str) -> int:
        return self._base62() + 1 if self._eat(tag) else 0

    def _base62(self) -> int:
        if self._eat("_"):
            return 0
        value = 0
        while not self._eat("_"):
            digit = _DIGITS.get(self._next())
            if digit is None or value > 1 << 64:
                raise _Broken
            value = value * 62 + digit
        return value + 1

    def _next(self) -> str:
        self.pos += 1
        return self.text[self.pos - 1]

    def _eat(self, tag: str) -> bool:
        found = self.text.startswith(tag, self.pos)
        self.pos += found
        return found

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _Broken

    def _leave(self, made: str) -> str:
        self.depth -= 1
        self.left -= len(made)
        if self.left < 0:
            raise _Broken
        return made


def _escaped(text: str, quote: str) -> str:
    return "".join(_QUOTED.get(c, f"\\{c}" if c == quote else c) for c in text)
