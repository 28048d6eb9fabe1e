"""A loaded profile as YAML, each value with the place it came from in a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from wasmtrim.located_yaml import resolve
from wasmtrim.profile.load import Loaded

_WIDEST: Final = 50  # comments stand right of most lines, and after the longer ones
_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./()-]*([ :][A-Za-z0-9_./()>-]+)*")


def explain(loaded: Loaded) -> str:
    """The whole profile, defaults too: a file that extends nothing and means the same."""
    whole = loaded.profile.model_dump(mode="json", by_alias=True, exclude={"extends"})
    rows = [*_rows(whole, loaded, "", "")]
    width = min(max(len(text) for text, _ in rows), _WIDEST)
    return "".join(
        f"{text:{width}}{position and f'  # {position}'}".rstrip() + "\n" for text, position in rows
    )


def _rows(
    value: dict[str, Any], loaded: Loaded, key: str, indent: str
) -> Iterator[tuple[str, str]]:
    for name, member in value.items():
        here = f"{key}.{name}" if key else name
        if isinstance(member, dict) and member and here != "smoke.expect.json":
            yield f"{indent}{_scalar(name)}:", ""
            yield from _rows(member, loaded, here, f"{indent}  ")
        else:
            position = loaded.positions.get(here, "default")
            yield f"{indent}{_scalar(name)}: {_flow(member)}", str(position)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        members = [f"{_scalar(key)}: {_flow(member)}" for key, member in value.items()]
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(item) for item in value)}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and isinstance(resolve(value), str):
        return value
    return json.dumps(value, ensure_ascii=False)
