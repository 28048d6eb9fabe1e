"""What a WIT interface asks of a guest, whichever way it is called, and how one breaks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

Param: TypeAlias = Literal["u32", "u64", "string", "list<u8>"]
# `fault` stands for result<_, fault>, where fault is the interface's enum.
Result: TypeAlias = Literal["fault", "list<u8>"]
Value: TypeAlias = int | str | bytes
Take: TypeAlias = Callable[[bytes], None]


@dataclass(frozen=True)
class Function:
    """A function's type."""

    params: tuple[Param, ...]
    result: Result


@dataclass(frozen=True)
class Interface:
    """`name` is `package/interface@version`; `faults` are the cases of its enum, in their order.

    An empty name stands for the world itself, whose functions are exported alone.
    """

    name: str
    functions: Mapping[str, Function]
    faults: tuple[str, ...]

    def core_name(self, function: str) -> str:
        """The name of a function's core export (canonical ABI, "Name Mangling")."""
        return f"{self.name}#{function}" if self.name else function


class Exports(Protocol):
    """A guest's side of an interface."""

    def call(self, name: str, *args: Value) -> str | bytes | None:
        """Call a function; gives the bytes, or the fault's name, None where there is no fault.

        Raises Breach where what comes back is none of the interface's values.
        """


class Drive(Protocol):
    """An input on its way to a guest. `doing` is the call at work, for who tells of its failure."""

    doing: str

    def run(self, guest: Exports) -> None:
        """Make all calls. Raises Breach where one is refused."""


class Driver(Protocol):
    """What the file of an interface has, beside its type."""

    INTERFACE: Interface

    def read(self, data: bytes) -> Any:
        """Read an input file; raises ValueError, which says what of it is wrong."""

    def drive(self, given: Any, take: Take, /) -> Drive:
        """Make ready the calls that give what was read; `take` gets the output, part by part."""


class Breach(Exception):
    """A guest refused a call, or did not keep to the interface."""


class Misuse(Breach):
    """A call that the interface forbids, and that is not made: what is wrong is the input."""


class NoExport(Exception):
    """What is to be called isn't there, or has another type."""
