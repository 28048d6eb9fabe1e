"""Where the functions and data of a TinyGo module are in its sources: `NAME.locations.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from wasmtrim.records import layout
from wasmtrim.records.codec import AGAIN, LARGE, Codec
from wasmtrim.records.fields import Count, Sha256

_NOTHING: Mapping[str, int] = {}
_NOWHERE: Mapping[str, tuple[int, ...]] = {}


class SourceLocation(NamedTuple):
    """`file` as the compiler knew it; `line` is where the function begins, 0 if nobody knows.

    `inlined` are the symbols of the functions whose code became part of it; `package` is what its
    file says of its owner where its symbol says nothing. `code` is how many bytes of its body come
    from each package, or from each file, by the lines of the debug build; `data` has the addresses
    that this code refers to.
    """

    file: str
    line: Count = 0
    inlined: tuple[str, ...] = ()
    package: str = ""
    code: Mapping[str, Count] = _NOTHING
    data: Mapping[str, tuple[Count, ...]] = _NOWHERE


class DataLocation(NamedTuple):
    """The addresses `start..end` of memory 0. `name` is a symbol, or `string, fault.go:59` for a
    text that has none; `package` is "" where nobody knows it, or several have it."""

    start: Count
    end: Count
    name: str
    file: str = ""
    package: str = ""


@dataclass(frozen=True)
class DataLocations:
    """`places` hold where the addresses `start..end` have the bytes with this sha256, before
    anything runs."""

    start: Count
    end: Count
    sha256: Sha256
    places: tuple[DataLocation, ...]


@dataclass(frozen=True)
class LocationsRecord:
    """`linked` is the sha256 of the module that the linker left; `functions` are by symbol."""

    schema: Literal[1] = field(default=1, kw_only=True)
    linked: Sha256
    data: DataLocations | None = field(default=None, kw_only=True)
    functions: Mapping[str, SourceLocation]


LOCATIONS: Final = Codec(LocationsRecord, "a record of locations", AGAIN, layout.rows, LARGE)
