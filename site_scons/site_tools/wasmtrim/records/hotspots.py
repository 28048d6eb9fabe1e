"""Where a module's work goes: what `wasmtrim hotspots --format json` prints, and `--diff` reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, NamedTuple

from wasmtrim.records import layout
from wasmtrim.records.codec import LARGE, Codec
from wasmtrim.records.fields import Bytes, Count, Rule, Sha256

NO_PARENT = -1


class FunctionRow(NamedTuple):
    """A function. `where` is its file and line in the sources, "" where nobody knows them."""

    name: str
    package: str
    group: str
    where: str


class StackRow(NamedTuple):
    """A call stack: a function, called from the stack `parent`, which stands before it.

    Both are places in their lists; a `parent` of -1 is the host. What is counted is of the function
    itself, not of those that it calls. `allocations` and `allocated`, in bytes, are what it asked
    an allocator for, if it is one.
    """

    function: Count
    parent: Annotated[int, Rule("ge", NO_PARENT)]
    calls: Count
    fuel: Count
    allocations: Count
    allocated: Bytes
    samples: Count


class CaseRow(NamedTuple):
    """A run that was measured: how it ended, what was counted, and what the shipped module took."""

    name: str
    ended: str
    fuel: Count
    shipped: Count


@dataclass(frozen=True)
class HotspotsRecord:
    """What was measured. `module` is the sha256 of the one that ships.

    `unit` is what work is counted in: instructions (fuel), or samples, one each `interval_ns`.
    """

    schema: Literal[1] = field(default=1, kw_only=True)
    what: str
    module: Sha256
    unit: Literal["fuel", "samples"]
    interval_ns: Count
    cases: tuple[CaseRow, ...]
    notes: tuple[str, ...]
    functions: tuple[FunctionRow, ...]
    stacks: tuple[StackRow, ...]


HOTSPOTS: Final = Codec(
    HotspotsRecord,
    "a profile of hot spots",
    "write it again with `wasmtrim hotspots --format json`",
    layout.compact,
    LARGE,
)
