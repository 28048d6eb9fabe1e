"""Where the functions of a TinyGo module are in its sources: `NAME.locations.json`."""

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


@dataclass(frozen=True)
class LocationsRecord:
    """`linked` is the sha256 of the module that the linker left; `functions` are by symbol."""

    schema: Literal[1] = field(default=1, kw_only=True)
    linked: Sha256
    functions: Mapping[str, SourceLocation]


LOCATIONS: Final = Codec(LocationsRecord, "a record of locations", AGAIN, layout.rows, LARGE)
