"""How a record's JSON lies in its file. The same content is the same text, on every machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

_SPECIAL = re.compile(r"[^\n\x20-\x7e]")


def indented(value: Any) -> str:
    """Each entry on a line of its own, two columns a level."""
    return f"{_encoded(value, indent=2)}\n"


def line(value: Any) -> str:
    """All on one line."""
    return f"{_encoded(value)}\n"


def compact(value: Any) -> str:
    """All on one line, without spaces."""
    return f"{_encoded(value, separators=(',', ':'))}\n"


def spread(value: Any) -> str:
    """Each entry of the top level's lists and maps on a line of its own, for readable diffs."""
    entries = (f"  {_encoded(key)}: {_lines(item)}" for key, item in _plain(value).items())
    return "".join(["{\n", ",\n".join(entries), "\n}\n"])


def rows(value: Any) -> str:
    """All but the entries of the last map on one line; these on a line each."""
    *head, (name, entries) = _plain(value).items()
    first = "".join(f"{_encoded(key)}: {_encoded(item)}, " for key, item in head)
    return f"{{{first}{_encoded(name)}: {{\n" + ",\n".join(_entries(entries)) + "\n}}\n"


def escaped(text: str) -> str:
    """JSON with each character escaped that steers a terminal or turns the writing.

    A half of a surrogate pair, as Python has for bytes of a file's name that aren't UTF-8, is no
    character that JSON could hold: it becomes the text `\\udc80`.
    """
    return _SPECIAL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char.isprintable():
        return char
    spelled = json.dumps(char)[1:-1]
    return f"\\{spelled}" if "\ud800" <= char <= "\udfff" else spelled


def _encoded(value: Any, **how: Any) -> str:
    return escaped(json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain, **how))


def _plain(value: Any) -> Any:
    """What json does not know itself, one level of it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} is not JSON")


def _lines(value: Any) -> str:
    if is_dataclass(value):
        value = _plain(value)
    if isinstance(value, Mapping) and value:
        return "{\n    " + ",\n    ".join(_entries(value)) + "\n  }"
    if isinstance(value, list | tuple) and value:
        return "[\n    " + ",\n    ".join(map(_encoded, value)) + "\n  ]"
    return _encoded(value)


def _entries(value: Mapping[str, Any]) -> Iterator[str]:
    return (f"{_encoded(key)}: {_encoded(item)}" for key, item in value.items())
