"""From the model's errors to lines for the person who wrote the profile."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wasmtrim.errors import Problem
from wasmtrim.located_yaml import Node, Way, dotted, find, show
from wasmtrim.profile import schema
from wasmtrim.profile.model import Profile
from wasmtrim.spelling import nearest

# What pydantic calls them.
_UNKNOWN: Final = "extra_forbidden"
_MISSING: Final = "missing"
_KEY: Final = "[key]"

_MOST: Final = 100  # lines that anyone reads; and looking for the nearest name takes its time


def validate(tree: Node) -> tuple[Profile | None, list[Problem]]:
    """The profile that the tree describes, and everything that is wrong with its values.

    With problems the profile is what the rest of the tree describes, or None.
    """
    data = tree.plain()
    try:
        return Profile.model_validate(data), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    problems: dict[str, Problem] = {}
    wrong: set[Way] = set()
    for detail in errors:
        way, node = find(tree, detail["loc"])
        wrong.add(way)
        if len(problems) < _MOST:
            problem = _problem(detail, way, node)
            problems.setdefault(problem.key, problem)  # one limit fails for each compiler
    try:
        return Profile.model_validate(_without(data, wrong)), list(problems.values())
    except ValidationError:
        return None, list(problems.values())


def overlaps(key: str, others: Iterable[str]) -> bool:
    """Whether `key` is one of the others, lies within one, or holds one (dotted keys)."""
    return any(_holds(key, other) or _holds(other, key) for other in others)


def _holds(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))


def _problem(detail: ErrorDetails, way: Way, node: Node) -> Problem:
    kind, last = detail["type"], detail["loc"][-1]
    at = node.at
    if kind == _UNKNOWN:
        at = node.key_at or at
        known = schema.keys(_schema(way[:-1]))
        found = "unknown key"
        allowed = f"{nearest(str(last), known)}allowed are {', '.join(known)}"
    elif kind == _MISSING:
        way = (*way, last)
        found = "it is missing"
        allowed = f"allowed is {schema.allowed(_schema(way))}"
    elif last == _KEY:
        at = node.key_at or at
        found = "the key is wrong"
        allowed = f"allowed is {schema.allowed(_schema(way[:-1])['propertyNames'])}"
    else:
        part = _schema(way)
        words = detail.get("ctx", {})
        found = words.get("found") or f"found {show(node)}"
        near = nearest(node.value, schema.known(part)) if isinstance(node.value, str) else ""
        allowed = f"{near}allowed is {words.get('allowed') or schema.allowed(part)}"
    return Problem(at.file, at.line, at.column, dotted(way), found, allowed)


def _schema(way: Way) -> schema.Schema:
    return functools.reduce(schema.step, way, schema.schema())


def _without(value: Any, wrong: set[Way], way: Way = ()) -> Any:
    """`value` without what is wrong, so that the rest can be judged in the same run."""
    if isinstance(value, dict):
        members = {key: (*way, key) for key in value}
        return {k: _without(value[k], wrong, at) for k, at in members.items() if at not in wrong}
    if isinstance(value, list):
        items = [(item, (*way, index)) for index, item in enumerate(value)]
        return [_without(item, wrong, at) for item, at in items if at not in wrong]
    return value
