"""A file that is named on the command line, or `-` for standard input: read whole, but bounded."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from wasmtrim.errors import CheckError, ModuleError, UsageError

STANDARD_INPUT: Final = "-"
_CHUNK: Final = 1 << 20  # a read makes room for all that it is asked for, however little comes
_ADDRESS: Final = re.compile(r"(?:https?|ftp|s3|gs|oci)://")


@dataclass(frozen=True)
class Operand:
    """What was given; `label` names it to the reader. `path` is None for standard input."""

    label: str
    path: Path | None
    data: bytes

    @contextmanager
    def named(self) -> Iterator[None]:
        """Let a fault of the module say which one it is: CheckError in place of ModuleError."""
        try:
            yield
        except ModuleError as error:
            raise CheckError(f"{self.label}: {error}") from None


def read(name: str, what: str, most: int) -> Operand:
    """Read what `name` says, at most `most` bytes: the most that `what` ("a module") may have.

    One byte more is taken, to tell, however many there are. Raises CheckError where there are more,
    UsageError where standard input is closed or the name is an address on the network, OSError
    where the file can't be read.
    """
    if name == STANDARD_INPUT:
        if sys.stdin is None:
            raise UsageError("standard input is closed; name a file in place of -")
        operand = Operand("standard input", None, _bytes(sys.stdin.buffer, most + 1))
    elif _ADDRESS.match(name):
        raise UsageError(f"{name}: an address, not a file; download it first, or pipe it to -")
    else:
        with Path(name).open("rb") as file:
            operand = Operand(name, Path(name), _bytes(file, most + 1))
    if len(operand.data) > most:
        raise CheckError(
            f"{operand.label}: more than {most:,} bytes, which is the most that {what} may have;"
            " give a smaller one"
        )
    return operand


def module(name: str) -> Operand:
    """Read the module or component that `name` says. Raises as `read` does."""
    from wasmtrim.wasm import limits

    return read(name, "a module", limits.MODULE_BYTES)


def refuse_both(names: str, one: str, other: str) -> None:
    """Refuse two operands, called `names`, that are both to come by standard input."""
    if one == other == STANDARD_INPUT:
        raise UsageError(f"standard input can be read only once: only one of {names} may be -")


def _bytes(stream: BinaryIO, most: int) -> bytes:
    """Read to the end, or `most` bytes of it."""
    read = io.BytesIO()
    while chunk := stream.read(min(_CHUNK, most - read.tell())):
        read.write(chunk)
    return read.getvalue()
