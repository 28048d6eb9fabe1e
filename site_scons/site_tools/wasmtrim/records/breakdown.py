"""What a module is made of: `NAME.breakdown.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from wasmtrim.records import layout
from wasmtrim.records.codec import AGAIN, LARGE, Codec
from wasmtrim.records.fields import Bytes, Count, Sha256


class Size(NamedTuple):
    """Bytes: of the file itself, and of its gzip and its brotli file."""

    bytes: Bytes
    gzip: Bytes
    brotli: Bytes


class Part(NamedTuple):
    """A function. `where` is its file and line in the sources, "" where nobody knows them.

    `retained`: the bytes that would leave with it, its own among them.
    `before` is the link before it in its shortest chain: the place of the function that calls it,
    or else in words what of the module leads to it; "" where nothing does. `code` is its bytes by
    the package that they come from, where that is not its own alone.
    """

    name: str
    package: str
    group: str
    where: str
    bytes: Bytes
    gzip: Bytes
    brotli: Bytes
    retained: int
    before: int | str
    code: Mapping[str, Bytes] = {}  # the codec copies a default, which a read-only one refuses


class PackagePart(NamedTuple):
    """A package: its functions, and its code, inlined code where it came from.

    `retained`: what would leave with all of it; `nearest` is the place of its function that is
    reached by the shortest chain, None where nothing leads to it. `approximate`: code of it was
    inlined elsewhere, or other code into it.
    """

    group: str
    functions: Count
    bytes: Bytes
    gzip: Bytes
    brotli: Bytes
    retained: int
    nearest: int | None
    approximate: bool


@dataclass(frozen=True)
class Breakdown:
    """`functions` are in file order. `rest` is what is left of each section without them.

    All these parts add up to `size`; the compressed ones do with the `overhead` of the streams' own
    headers and tables. `sections` are the bytes of the whole ones. `approximate`: the names are
    likely, not proven. `at_least`: more may leave than is told, as the table alone keeps functions.
    """

    size: Size
    overhead: Size
    functions: tuple[Part, ...]
    packages: Mapping[str, PackagePart]
    rest: Mapping[str, Size]
    sections: Mapping[str, int]
    approximate: bool
    at_least: bool = False


@dataclass(frozen=True)
class BreakdownRecord:
    """`module` is the sha256 of the one that this is of; None where it can't be taken apart."""

    schema: Literal[1] = field(default=1, kw_only=True)
    module: Sha256
    breakdown: Breakdown | None


BREAKDOWN: Final = Codec(BreakdownRecord, "a breakdown", AGAIN, layout.compact, LARGE)
