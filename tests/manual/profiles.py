"""The tables of the manual: the targets, and the keys of each map, from what the code reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.manual.markdown import table

from wasmtrim.profile import inherit, schema
from wasmtrim.profile.consistency import SCOPES
from wasmtrim.profile.inherit import TARGETS


def parts() -> dict[str, str]:
    """The generated parts of docs/profiles.md, by their names."""
    return {"targets": targets(), "scopes": scopes(), "keys": keys()}


def targets() -> str:
    """Markdown: the targets that come with the package, and what each allows."""
    rows = []
    for file in sorted(TARGETS.glob("*.yaml")):
        data = inherit.read(file, TARGETS).tree.plain()
        limits = [f"{key} {_limit(value)}" for key, value in data.get("limits", {}).items()]
        rows.append((f"`{file.stem}`", data["description"], ", ".join(limits) or "none"))
    return table(("target", "what it is", "limits"), rows)


def _limit(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{one} ({compiler} only)" for compiler, one in value.items())
    return str(value)


def scopes() -> str:
    """Markdown: which metric can be measured of which scope."""
    kinds = list(dict.fromkeys(kind for kinds in SCOPES.values() for kind in kinds))
    rows = (
        (f"`{metric}`", *("yes" if kind in possible else "" for kind in kinds))
        for metric, possible in SCOPES.items()
    )
    return table(("metric", *(f"`{kind}`" for kind in kinds)), rows)


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
    rows = []
    for key, member in part["properties"].items():
        allowed = "a map, see below" if _map_in(member) else schema.allowed(member)
        if schema.resolve(member).get("type") == "array" and _map_in(member):
            allowed = "a list of maps, see below"
        if name == "limits":
            allowed = schema.allowed(schema.resolve(member)["anyOf"][0])
        default = _default(member, required=key in part.get("required", ()))
        rows.append((f"`{key}`", allowed, default, member["description"]))
    return f"{title}\n{table(('key', 'allowed', 'default', 'meaning'), rows)}"


def _default(member: schema.Schema, *, required: bool) -> str:
    if required:
        return "required"
    if "default" not in member or isinstance(member["default"], dict):
        return ""
    return f"`{json.dumps(member['default'])}`"
