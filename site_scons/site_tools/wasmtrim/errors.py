"""The kinds of failure, each with the exit status that the command `wasmtrim` ends with.

Five more are of one module only and stand there: process.Interrupted and process.NoEnd,
toolchain.locate.Missing, toolchain.download.Unreachable and report.comment.NotPosted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


class WasmtrimError(Exception):
    """A failure whose text is shown to the user; never a traceback."""

    status: ClassVar[int] = 2


class CheckError(WasmtrimError):
    """A check, a budget, a limit or the contract does not hold."""

    status = 1


class ModuleError(CheckError):
    """The bytes are not a WebAssembly module that we accept: says in which section, at which byte.

    `offset` counts from the start of the file.
    """

    def __init__(self, message: str, *, section: str, offset: int) -> None:
        super().__init__(f"{section} at byte {offset}: {message}")
        self.message = message
        self.section = section
        self.offset = offset


class UsageError(WasmtrimError):
    """The user asked for something that cannot be done: a wrong argument, file or name."""


class DamagedRecord(UsageError):
    """The file `path` is there, and is not the record that wasmtrim wrote."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a configuration file. `line` and `column` count from 1."""

    file: Path
    line: int
    column: int
    key: str
    found: str
    allowed: str

    def __str__(self) -> str:
        key = f" {self.key}:" if self.key else ""
        return f"{self.file}:{self.line}:{self.column}:{key} {self.found}; {self.allowed}"


class ConfigError(WasmtrimError):
    """A configuration file is wrong; holds every problem that was found in it, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class ToolError(WasmtrimError):
    """A program is missing, is of a version that does not fit, or failed."""

    status = 3


class NotFetched(ToolError):
    """A program is not in the cache and cannot be fetched; `fix` says what to do."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


class Refused(ToolError):
    """A fetched file is not the pinned one, or cannot be unpacked: no other source is tried."""


@contextmanager
def needed(name: str) -> Iterator[None]:
    """Import in this block what the extra `name` brings. Raises ToolError where it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ToolError(
            f"{error.name} is not installed; fix: pip install 'wasmtrim[{name}]'"
        ) from None
