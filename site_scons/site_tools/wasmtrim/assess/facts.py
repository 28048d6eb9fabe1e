"""What the analyzer answers (analyzer/answer.go), with what no reader should see made visible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, TypeAdapter

from wasmtrim.escaping import printable

Text: TypeAlias = Annotated[str, AfterValidator(printable)]


@dataclass(frozen=True)
class Frame:
    """A step of a call path: in `function`, the place of the next call, or of the use."""

    function: Text
    file: Text
    line: int


@dataclass(frozen=True)
class Use:
    """One use of something that a rule names; `file` and `line` are in the module's own code.

    `certain` tells that a dependency's use is reached by calls whose callee the source names.
    """

    rule: str
    symbol: Text
    file: Text
    line: int
    direct: bool
    certain: bool
    package: Text
    platforms: tuple[str, ...]
    path: tuple[Frame, ...]


@dataclass(frozen=True)
class Invalid:
    """What go list or the type checker said of a package on one platform.

    `file` and `line` are its place; `from_file` and `from_line` those of the own import that leads
    to it, `via` the packages between. `cgo` tells that the package or one below it needs cgo.
    """

    package: Text
    own: bool
    cgo: bool
    file: Text
    line: int
    from_file: Text
    from_line: int
    message: Text
    via: tuple[Text, ...]


@dataclass(frozen=True)
class Platform:
    """`without_c` are the packages with cgo that were read, but for their C."""

    name: str
    errors: tuple[Invalid, ...]
    without_c: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Main:
    """A main package, and its folder relative to the root."""

    package: Text
    folder: str


@dataclass(frozen=True)
class Files:
    """Go files of the module: those read with their lines, and those left out, by why."""

    read: int
    lines: int
    library_lines: int
    tests: int
    generated: int
    other_platform: int


@dataclass(frozen=True)
class LibraryImport:
    """A package of Go's library and the own import that leads to it."""

    package: Text
    file: Text
    line: int
    via: tuple[Text, ...]


@dataclass(frozen=True)
class Facts:
    module: Text
    mains: tuple[Main, ...]
    files: Files
    platforms: tuple[Platform, ...]
    findings: tuple[Use, ...]
    left_out: int
    library: tuple[LibraryImport, ...]


def parse(data: bytes) -> Facts:
    """Read an answer. Raises ValueError where it is none."""
    return TypeAdapter(Facts).validate_json(data)
