"""Which packages of Go's library TinyGo can import, by TinyGo's version: data/assess/tinygo/."""

from __future__ import annotations

from dataclasses import dataclass, field

from wasmtrim.assess import rules


@dataclass(frozen=True)
class Support:
    """`version` is the TinyGo that the table was made with; `source` says where it is from."""

    version: str
    source: str
    not_importable: tuple[str, ...]
    fails_on_wasip1: dict[str, str] = field(default_factory=dict)


def load(version: str) -> Support:
    """The newest table that is no newer than a TinyGo of that version; else the oldest."""
    from pydantic import TypeAdapter

    tables = sorted(rules.names("tinygo"), key=_numbers)
    fitting = [table for table in tables if _numbers(table) <= _numbers(version)]
    table = (fitting or tables)[-1 if fitting else 0]
    data = {"version": table, **rules.read(f"tinygo/{table}.yaml")}
    return TypeAdapter(Support).validate_python(data)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
