"""A YAML file as a tree whose every value knows its line and column.

A plain subset of YAML 1.2: maps with text keys, lists, and the core schema's null, true, false,
whole numbers and floats (10.3.2); all else is text, `no` and `on` too. What a stranger could do
harm or hide something with is refused: tags, anchors, aliases, duplicate keys, deep nesting,
long values, control and direction characters.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

import yaml

from wasmtrim import reading
from wasmtrim.errors import Problem, UsageError

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 20
MAX_TEXT: Final = 10_000
MAX_KEY: Final = 1_000
MAX_PROBLEMS: Final = 100
# The C parser where PyYAML was built with it: 20 times faster, and the events are the same.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file. `file` is relative to the project where it lies in it; all from 1."""

    file: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands; `key_at` is where its key stands, if it has one."""

    value: Value
    at: Position
    key_at: Position | None = None

    def plain(self) -> Any:
        """The value alone: dicts, lists, and what they hold."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = Scalar | list[Node] | dict[str, Node]
Way: TypeAlias = tuple[str | int, ...]  # the keys and indices that lead to a value


def read(path: Path, shown: Path | None = None) -> tuple[Node, list[Problem]]:
    """The tree of the file `path`, and what is wrong with it; `shown` is its name in messages.

    Raises UsageError when it can't be read.
    """
    try:
        if kind := reading.other_kind(path.stat().st_mode):
            raise UsageError(f"{shown or path}: it is a {kind}; name a file in its place")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{shown or path}: cannot be read: {error.strerror}") from None
    return parse(data, shown or path)


def parse(data: bytes, file: Path) -> tuple[Node, list[Problem]]:
    """The tree of a file's bytes, and what is wrong with it as YAML.

    With problems the tree holds what could be read; `file` is only the name to show.
    """
    reader = _Reader(file)
    root = Node({}, Position(file, 1, 1))
    try:
        root = reader.document(data)
    except _Stop:
        pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reader.problem(Position(file, line, column), f"no YAML: {error.problem}", "fix the syntax")
    except yaml.YAMLError:
        reader.problem(Position(file, 1, 1), "no YAML", "fix the syntax")
    return root, reader.problems


def merge(base: Node, over: Node) -> Node:
    """`over` laid over `base`: maps merge, all else is replaced. The order is that of `base`."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    members = dict(base.value)
    for key, node in over.value.items():
        members[key] = merge(members[key], node) if key in members else node
    return Node(members, over.at, over.key_at)


def find(tree: Node, way: Way) -> tuple[Way, Node]:
    """The deepest value on the way, and the part of the way that leads to it.

    An index leads nowhere where a map stands alone, in place of a list of maps.
    """
    node = tree
    taken: Way = ()
    for part in way:
        if isinstance(part, int) and isinstance(node.value, dict):
            continue
        member = _member(node, part)
        if member is None:
            break
        node, taken = member, (*taken, part)
    return taken, node


def _member(node: Node, part: str | int) -> Node | None:
    if isinstance(node.value, dict) and isinstance(part, str):
        return node.value.get(part)
    if isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None


def dotted(way: Way) -> str:
    """`budget[0].scope` for ("budget", 0, "scope")."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in way)
    return text.removeprefix(".")


class _Stop(Exception):
    """The rest of the file is not worth reading."""


@dataclass
class _Reader:
    file: Path
    problems: list[Problem] = field(default_factory=list)

    def problem(self, at: Position, found: str, allowed: str, key: str = "") -> None:
        self.problems.append(Problem(at.file, at.line, at.column, key, found, allowed))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _Stop

    def stop(self, at: Position, found: str, allowed: str) -> NoReturn:
        self.problem(at, found, allowed)
        raise _Stop

    def document(self, data: bytes) -> Node:
        start = Position(self.file, 1, 1)
        if len(data) > MAX_BYTES:
            self.stop(start, "the file is too long", f"at most {MAX_BYTES:,} bytes")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.stop(Position(self.file, line, 1), "no UTF-8", "write it in UTF-8")
        self._characters(text)
        events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        next(events)  # the start of the stream
        first = next(events)
        if isinstance(first, yaml.StreamEndEvent):
            return Node({}, start)
        root = self._node(events, next(events), 1)
        next(events)  # the end of the document
        after = next(events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.stop(self._at(after), "a second document", "one document a file")
        if not isinstance(root.value, dict):
            self.stop(root.at, f"found {show(root)}", "the file is a map of keys")
        return root

    def _at(self, event: yaml.Event) -> Position:
        mark = event.start_mark
        assert mark is not None
        return Position(self.file, mark.line + 1, mark.column + 1)

    def _characters(self, text: str) -> None:
        for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
            if line.isascii() and line.isprintable():
                continue
            for column, character in enumerate(line, 1):
                if _is_hidden(character):
                    at = Position(self.file, number, column)
                    self.stop(at, _named(character), "write it as visible text")

    def _node(self, events: Iterator[yaml.Event], event: yaml.Event, depth: int) -> Node:
        at = self._at(event)
        if isinstance(event, yaml.AliasEvent):
            self.problem(at, f"the alias *{event.anchor}", "write the value out")
            return Node(None, at)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            self.problem(at, f"the anchor &{event.anchor}", "anchors and aliases are not allowed")
        if event.tag is not None:
            self.problem(at, f"the tag {_short(event.tag)}", "tags are not allowed")
        if depth > MAX_DEPTH:
            self.stop(at, "nested too deep", f"at most {MAX_DEPTH} levels")
        if isinstance(event, yaml.ScalarEvent):
            return Node(self._scalar(event, at), at)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                items.append(self._node(events, event, depth + 1))
            return Node(items, at)
        return Node(self._map(events, depth), at)

    def _map(self, events: Iterator[yaml.Event], depth: int) -> dict[str, Node]:
        members: dict[str, Node] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key_at = self._at(event)
            key = self._key(events, event, depth)
            node = self._node(events, next(events), depth + 1)
            if key is None:
                continue
            if key in members:
                before = members[key].key_at
                assert before is not None
                self.problem(key_at, f"given before, in line {before.line}", "each key once", key)
                continue
            members[key] = Node(node.value, node.at, key_at)
        return members

    def _key(self, events: Iterator[yaml.Event], event: yaml.Event, depth: int) -> str | None:
        """The text of a key as it is written: `on` and `1` are names here."""
        node = self._node(events, event, depth + 1)
        if isinstance(event, yaml.ScalarEvent):
            key = event.value
            if len(key) <= MAX_KEY and key.isprintable():
                return key
        if not isinstance(event, yaml.AliasEvent):
            allowed = f"one line of at most {MAX_KEY} visible characters"
            self.problem(node.at, f"{show(node)} as a key", allowed)
        return None

    def _scalar(self, event: yaml.ScalarEvent, at: Position) -> Scalar:
        text = event.value
        if len(text) > MAX_TEXT:
            self.problem(at, f"a text of {len(text):,} characters", f"at most {MAX_TEXT:,}")
            return ""
        if not text.isprintable():  # a quick look, which nearly every text passes
            hidden = next((c for c in text if c not in "\t\r\n" and _is_hidden(c)), None)
            if hidden is not None:
                self.problem(at, _named(hidden), "write it as visible text")
                return ""
        return text if event.style else resolve(text)


_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {
    word: word.lower() == "true" for word in ["true", "True", "TRUE", "false", "False", "FALSE"]
}
# No leading zero: YAML 1.1 reads it as octal, 1.2 doesn't; as text it is refused where it counts.
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,19})", re.ASCII)
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]{1,3})?")


def resolve(text: str) -> Scalar:
    """What an unquoted text means."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def _is_hidden(character: str) -> bool:
    """Control, format and direction characters, line separators, and what Unicode leaves open."""
    return character != "\t" and unicodedata.category(character) in {
        "Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp",
    }  # fmt: skip


def _named(character: str) -> str:
    name = unicodedata.name(character, "a control character")
    return f"U+{ord(character):04X} ({name.lower()})"


def _short(text: str) -> str:
    quoted = repr(text)
    return quoted if len(quoted) <= 60 else f"{quoted[:56]}...{quoted[0]}"


def show(node: Node) -> str:
    """What stands there, in words, short enough for a line."""
    match node.value:
        case dict():
            return "a map"
        case list():
            return "a list"
        case None:
            return "nothing (null)"
        case bool():
            return str(node.value).lower()
        case str():
            return f"the text {_short(node.value)}"
        case _:
            return f"the number {node.value}"
