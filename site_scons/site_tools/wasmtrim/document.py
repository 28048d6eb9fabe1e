"""A YAML file as plain data, and where each of its values stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from wasmtrim.errors import ConfigError, Problem, RequestError

MAX_BYTES = 1 << 20  # no hand-written configuration is near it
MAX_DEPTH = 32

Keys = tuple[str | int, ...]  # the way from the file's top to a value

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")
}


@dataclass(frozen=True)
class Place:
    """Where a key or an item stands; both figures count from 1."""

    file: Path
    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """`data` is dicts, lists and scalars; `places` has an entry for each value, by its keys."""

    file: Path
    data: dict[str, Any]
    places: Mapping[Keys, Place]

    def problem(self, keys: Keys, found: str, allowed: str) -> Problem:
        """Say what is wrong with the value at `keys`; a missing one is placed at its parent."""
        known = keys
        while known and known not in self.places:
            known = known[:-1]
        place = self.places[known]
        return Problem(
            place.file, place.line, place.column, ".".join(map(str, keys)), found, allowed
        )

    def over(self, below: Document) -> Document:
        """Lay this document over another one: maps merge, all else is replaced."""
        places = dict(below.places)
        data = _merge(below.data, self.data, (), places)
        return Document(self.file, data, places | dict(self.places))


def read(file: Path) -> Document:
    """Read a YAML file whose top is a map.

    Plain data only: no tags, no anchors, no key twice. Raises ConfigError with all that is wrong,
    and RequestError when the file can't be read.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise RequestError(f"{file}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise ConfigError(
            [Problem(file, 1, 1, "", f"{len(raw)} bytes long", f"at most {MAX_BYTES} are read")]
        )
    loader = _Loader(raw)
    try:
        top = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        said = error.problem or error.context or "not YAML"
        raise ConfigError([Problem(file, line, column, "", said, "must be YAML")]) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        said = str(error).splitlines()[0]
        raise ConfigError([Problem(file, 1, 1, "", said, "must be YAML in UTF-8")]) from None
    reading = _Reading(file, loader)
    start: dict[Keys, Place] = {(): Place(file, 1, 1)}
    if top is None:
        return Document(file, {}, start)
    if not isinstance(top, yaml.MappingNode):
        raise ConfigError([reading.problem(top, (), "no map at the top", "must be `key: value`")])
    data = reading.value(top, ())
    if reading.problems:
        raise ConfigError(reading.problems)
    return Document(file, data, reading.places | start)


class _Reading:
    """Turns nodes into data; collects places and problems on the way."""

    def __init__(self, file: Path, loader: Any) -> None:
        self.file = file
        self.places: dict[Keys, Place] = {}
        self.problems: list[Problem] = []
        self._loader = loader
        self._seen: set[int] = set()

    def problem(self, node: yaml.Node, keys: Keys, found: str, allowed: str) -> Problem:
        mark = node.start_mark
        name = ".".join(map(str, keys))
        return Problem(self.file, mark.line + 1, mark.column + 1, name, found, allowed)

    def value(self, node: yaml.Node, keys: Keys) -> Any:
        def refuse(found: str, allowed: str) -> None:
            self.problems.append(self.problem(node, keys, found, allowed))

        if id(node) in self._seen:
            return refuse("an alias (*name)", "write the value itself")
        self._seen.add(id(node))
        if len(keys) > MAX_DEPTH:
            return refuse("nested too deep", f"at most {MAX_DEPTH} levels")
        if node.tag not in _PLAIN_TAGS and not node.tag.endswith(":timestamp"):
            return refuse(f"the tag {node.tag}", "plain text, numbers, lists and maps only")
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, keys))
        if isinstance(node, yaml.SequenceNode):
            items = []
            for index, item in enumerate(node.value):
                self._stands(item, (*keys, index))
                items.append(self.value(item, (*keys, index)))
            return items
        if node.tag.endswith(":timestamp"):  # a date is text, as it was written
            return node.value
        try:
            return self._loader.construct_object(node)
        except (ValueError, yaml.YAMLError):
            return refuse(repr(node.value), "put it in quotes if it is meant as text")

    def _pairs(self, node: yaml.MappingNode, keys: Keys) -> Iterator[tuple[str, Any]]:
        names: set[str] = set()
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(
                    self.problem(key_node, keys, "no name", "must be `key: value`")
                )
                continue
            name = key_node.value
            here = (*keys, name)
            if name in names:
                self.problems.append(self.problem(key_node, here, "stands twice", "keep one"))
                continue
            names.add(name)
            self._stands(key_node, here)
            yield name, self.value(value_node, here)

    def _stands(self, node: yaml.Node, keys: Keys) -> None:
        mark = node.start_mark
        self.places[keys] = Place(self.file, mark.line + 1, mark.column + 1)


def _merge(below: Any, above: Any, keys: Keys, places: dict[Keys, Place]) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        merged = dict(below)
        for name, value in above.items():
            merged[name] = (
                _merge(below[name], value, (*keys, name), places) if name in below else value
            )
        return merged
    for known in [known for known in places if known[: len(keys)] == keys and known != keys]:
        del places[known]
    return above
