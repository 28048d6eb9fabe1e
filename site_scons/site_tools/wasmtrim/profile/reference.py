"""The tables of the manual: the targets, and the keys of each map, from what the code reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from wasmtrim.profile import inherit, schema
from wasmtrim.profile.inherit import TARGETS

_MARKS: Final = "<!-- {} {}: generated, see CONTRIBUTING.md -->\n"


def renewed(manual: str) -> str:
    """The text of the manual with the tables between their marks made anew."""
    for name, table in (("targets", targets()), ("keys", keys())):
        before, begin, rest = manual.partition(_MARKS.format("begin", name))
        _, end, after = rest.partition(_MARKS.format("end", name))
        manual = f"{before}{begin}\n{table}\n{end}{after}"
    return manual


def targets() -> str:
    """Markdown: the targets that come with the package, and what each allows."""
    rows = ["| target | what it is | limits |", "| --- | --- | --- |"]
    for file in sorted(TARGETS.glob("*.yaml")):
        data = inherit.read(file, TARGETS).tree.plain()
        limits = [f"{key} {_limit(value)}" for key, value in data.get("limits", {}).items()]
        rows.append(f"| `{file.stem}` | {data['description']} | {', '.join(limits) or 'none'} |")
    return "\n".join([*rows, ""])


def _limit(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{one} ({compiler} only)" for compiler, one in value.items())
    return str(value)


def keys() -> str:
    """Markdown: a heading and a table for each map of a profile, the whole first."""
    return "\n".join(_section(name, part) for name, part in _maps("", schema.schema()))


def _maps(name: str, part: schema.Schema) -> Iterator[tuple[str, schema.Schema]]:
    yield name, part
    for key, member in part["properties"].items():
        inner = _map_in(member)
        if inner and "tinygo" not in inner["properties"]:
            yield from _maps(f"{name}.{key}" if name else key, inner)


def _map_in(member: schema.Schema) -> schema.Schema | None:
    """The map that a member is, or a list of which it is, or null."""
    for one in schema.variants(schema.resolve(member).get("items", member)):
        if "properties" in one:
            return one
    return None


def _section(name: str, part: schema.Schema) -> str:
    title = f"### `{name}`\n" if name else "### At the top\n"
    rows = ["| key | allowed | default | meaning |", "| --- | --- | --- | --- |"]
    for key, member in part["properties"].items():
        allowed = "a map, see below" if _map_in(member) else schema.allowed(member)
        if schema.resolve(member).get("type") == "array" and _map_in(member):
            allowed = "a list of maps, see below"
        if name == "limits":
            allowed = schema.allowed(schema.resolve(member)["anyOf"][0])
        default = _default(member, required=key in part.get("required", ()))
        cells = (f"`{key}`", allowed, default, member["description"])
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join([title, *rows, ""])


def _default(member: schema.Schema, *, required: bool) -> str:
    if required:
        return "required"
    if "default" not in member or isinstance(member["default"], dict):
        return ""
    return f"`{json.dumps(member['default'])}`"
