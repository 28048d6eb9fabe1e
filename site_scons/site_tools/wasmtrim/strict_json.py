"""JSON as RFC 8259 has it, where Python's reader takes more."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def loads(data: bytes) -> Any:
    """Read one JSON text in UTF-8; raises ValueError, which says in a line what is wrong.

    Not taken are a byte order mark, UTF-16 and UTF-32 (8.1), NaN, Infinity and a number that is
    too large for a double (6), and an object that has a key twice (4), of which readers see one or
    the other.
    """
    if data.startswith(_BYTE_ORDER_MARK):
        raise ValueError("it begins with a byte order mark")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at byte {error.start}") from None
    try:
        return json.loads(
            text, object_pairs_hook=_members, parse_constant=_refused, parse_float=_finite
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        last = {name: at for at, (name, _) in enumerate(pairs)}
        twice = next(name for at, (name, _) in enumerate(pairs) if last[name] != at)
        raise ValueError(f"the key {json.dumps(twice)} is there twice")
    return members


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text} is too large")
    return value
