"""The JSON schema of a profile's file: for editors, for the manual, and for our own messages."""

from __future__ import annotations

import ast
import functools
import inspect
import json
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]
Step: TypeAlias = str | int


@functools.cache
def schema() -> Schema:
    """The schema (JSON Schema 2020-12) of one file: a key may be missing where it is inherited."""
    from wasmtrim.profile.model import Profile

    whole: Schema = _untitled(Profile.model_json_schema())
    words = _words()
    for name, group in {Profile.__name__: whole, **whole["$defs"]}.items():
        for part in (group, *group.get("anyOf", ())):
            for key, member in part.get("properties", {}).items():
                if (name, key) in words:
                    described = {**member, "description": words[name, key]}
                    part["properties"][key] = dict(sorted(described.items()))
    # Maps merge, so any of them may be partial; the items of a list are whole where they stand.
    for name in whole["$defs"].keys() - {"Budget", "Step", "Waiver"}:
        whole["$defs"][name].pop("required", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A profile of wasmtrim",
        **whole,
    }


def _words() -> dict[tuple[str, str], str]:
    """What stands below each field in the model's source, by class and key.

    Pydantic can read it as well, but does so at every import, for a fifth of its time.
    """
    from wasmtrim.profile import budgets, limits, model, nn, smoke

    sources = (smoke, nn, limits, budgets, model)
    texts = [Path(str(source.__file__)).read_text(encoding="utf-8") for source in sources]
    found: dict[tuple[str, str], str] = {}
    for group in (group for text in texts for group in ast.parse(text).body):
        if isinstance(group, ast.ClassDef):
            bases = [base.id for base in group.bases if isinstance(base, ast.Name)]
            found |= {
                (group.name, key): text for (base, key), text in found.items() if base in bases
            }
            for field, words in pairwise(group.body):
                match field, words:
                    case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                        found[group.name, name.rstrip("_")] = inspect.cleandoc(text)
    return found


def _untitled(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _untitled(member) for key, member in part.items() if key != "title"}
    return [_untitled(item) for item in part] if isinstance(part, list) else part


def text() -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


def resolve(part: Schema) -> Schema:
    """`part`, or the definition that it refers to."""
    reference = part.get("$ref")
    if reference is None:
        return part
    found: Schema = schema()["$defs"][reference.rpartition("/")[2]]
    return found


def keys(part: Schema) -> list[str]:
    """The keys that a map of this schema may have."""
    return [key for one in variants(part) for key in one.get("properties", {})]


def step(part: Schema, key: Step) -> Schema:
    """The schema of the member `key`, a map's key or a list's index; {} for an unknown one."""
    for one in variants(part):
        if isinstance(key, int):
            members = [one.get("items")]
        else:
            any_key = [*one.get("patternProperties", {}).values(), one.get("additionalProperties")]
            members = [one.get("properties", {}).get(key), *any_key]
        for member in members:
            if isinstance(member, dict):
                return member
    return {}


def allowed(part: Schema) -> str:
    """What a value of this schema may be, in words."""
    part = resolve(part)
    if "anyOf" in part:
        return ", or ".join(dict.fromkeys(allowed(one) for one in part["anyOf"]))
    if "errorMessage" in part:
        return str(part["errorMessage"])
    if "enum" in part:
        return f"one of {', '.join(dict.fromkeys(str(name) for name in part['enum']))}"
    return _by_type(part)


def known(part: Schema) -> list[str]:
    """The names that a value of this schema may be, where there is a list of them."""
    return [
        str(name) for one in variants(part) for name in one.get("enum") or one.get("examples") or ()
    ]


def _by_type(part: Schema) -> str:
    match part.get("type"):
        case "boolean":
            return "true or false"
        case "null":
            return "null"
        case "integer" | "number":
            kind = "a whole number" if part["type"] == "integer" else "a number"
            return f"{kind} from {part['minimum']:,} to {part['maximum']:,}"
        case "string":
            if "maxLength" not in part:
                return "a text"
            return f"a text of {part.get('minLength', 0)} to {part['maxLength']} characters"
        case "array":
            return f"a list, each {allowed(part['items'])}"
        case "object" if "properties" in part:
            return f"a map with the keys {', '.join(part['properties'])}"
        case "object":
            return "a map"
        case _:
            return "any value"


def variants(part: Schema) -> list[Schema]:
    part = resolve(part)
    return [part, *(resolve(one) for one in part.get("anyOf", ()))]
