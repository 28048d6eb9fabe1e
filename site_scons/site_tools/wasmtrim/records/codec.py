"""The one codec of JSON records: a frozen dataclass as a file, and back, strict and bounded.

JSON is read as RFC 8259 asks (`strict_json`). pydantic holds the content against the dataclass; it
is imported when the first record is read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from wasmtrim import reading, strict_json
from wasmtrim.errors import DamagedRecord, UsageError
from wasmtrim.records import layout

MOST_BYTES: Final = 16 << 20
LARGE: Final = 64 << 20  # bytes: a row for each function of a module
AGAIN: Final = "remove it and run `scons release`"
_SHOWN: Final = 200  # characters of what is wrong
_MANY: Final = 1000  # errors: a list of more is not made, for want of a bound on it

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Codec(Generic[T]):
    """Reads and writes the records of one kind.

    `name` is what the reader calls it ("a size record"), `remedy` what makes a good one of a bad.
    A record has at most `most` bytes. Keys that the dataclass doesn't have are passed over.
    """

    type: type[T]
    name: str
    remedy: str
    layout: Callable[[Any], str] = layout.indented
    most: int = MOST_BYTES

    def read(self, path: Path, where: str = "") -> T:
        """Read a file. Raises UsageError when it cannot be read, DamagedRecord if it is none.

        `where` names it then, if not its path does.
        """
        data = reading.whole(path, self.name, self.most)
        try:
            return self.parse(data, where or str(path))
        except UsageError as error:
            raise DamagedRecord(str(error), path) from None

    def find(self, path: Path) -> T | None:
        """Read a file; None where there is none, or none that this version reads."""
        try:
            return self.read(path)
        except UsageError:
            return None

    def parse(self, data: bytes, where: str) -> T:
        """Read the bytes of a record; `where` names it in an error (UsageError)."""
        if len(data) > self.most:
            raise UsageError(f"{where}: more than {self.most:,} bytes; {self.name} has no more")
        try:
            version, content = getattr(self.type, "schema", None), strict_json.loads(data)
            if version and not _is_of(version, content):
                raise ValueError(f'no "schema": {version} in it')
            found: T = self._validator.validate_json(data, strict=True)
        except ValueError as error:
            problem = layout.escaped(_problem(error))
            raise UsageError(
                f"{where}: not {self.name} that this version of wasmtrim reads: {problem};"
                f" {self.remedy}"
            ) from None
        return found

    def text(self, record: T) -> str:
        """Return the content of the file."""
        return self.layout(record)

    def write(self, path: Path, record: T) -> None:
        """Write the file."""
        from wasmtrim import atomic  # most commands only read

        atomic.write_text(path, self.text(record))

    @cached_property
    def _validator(self) -> Any:
        from pydantic import TypeAdapter
        from pydantic_core import SchemaValidator

        schema = TypeAdapter(self.type).core_schema
        _end_at_first_error(schema)
        return SchemaValidator(schema)


def _is_of(version: int, content: Any) -> bool:
    found = content.get("schema") if isinstance(content, dict) else None
    return type(found) is int and found == version


def _end_at_first_error(schema: Any) -> None:
    """Bound what a list of a million wrong rows takes: an error each is 300 bytes."""
    if isinstance(schema, dict):
        if schema.get("type") in ("list", "tuple"):
            schema["fail_fast"] = True
        for inner in schema.values():
            _end_at_first_error(inner)
    elif isinstance(schema, list):
        for inner in schema:
            _end_at_first_error(inner)


def _problem(error: ValueError) -> str:
    """Say in a line what is wrong first, and where."""
    from pydantic_core import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)[:_SHOWN]
    if error.error_count() > _MANY:
        return f"{error.error_count():,} values in it are of another kind"
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    said = first["msg"].removeprefix("Value error, ")
    return f"{place[-_SHOWN:]}: {said[:_SHOWN]}" if place else said[:_SHOWN]
