"""Why a function or a package is in a module: what `wasmtrim why --json` prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from wasmtrim.records.codec import Codec
from wasmtrim.records.fields import Bytes, Count

Kind: TypeAlias = Literal["export", "package", "function", "prefix", "inlined"]
LinkKind: TypeAlias = Literal["export", "start", "global", "table", "data", "call", "reference"]


@dataclass(frozen=True)
class FunctionRow:
    """A function by its index; `bytes` are those of its body and of the size before it."""

    index: Count
    name: str
    bytes: Bytes


@dataclass(frozen=True)
class Link:
    """One step of a chain; `index` is None where it reaches the table or data."""

    kind: LinkKind
    name: str
    index: Count | None


@dataclass(frozen=True)
class ImportPath:
    """How a Go package came in: the chain from `main` to it, and all that import it."""

    chain: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True)
class SavedBytes:
    """What a file is smaller by; a compressed one may grow."""

    bytes: int
    gzip: int
    brotli: int


@dataclass(frozen=True)
class Saving:
    """What is saved without the functions alone, and without all that leaves with them."""

    alone: SavedBytes
    all: SavedBytes


@dataclass(frozen=True)
class WhyRecord:
    """The answer about one export, package, function or inlined function.

    `functions` are the largest first. `bytes` are their own, `retained` with what only they keep,
    both None for an inlined function; `at_least` says that more may leave. `kept_by`, `called_by`
    and `calls` are of a single function. `others` has the same name. `imports` is None where
    nothing is known of them, `saving` where it was not measured.
    """

    schema: Literal[1] = field(default=1, kw_only=True)
    kind: Kind
    name: str
    functions: tuple[FunctionRow, ...]
    bytes: Bytes | None
    retained: Bytes | None
    at_least: bool
    chain: tuple[Link, ...]
    kept_by: Count | None
    called_by: tuple[Count, ...]
    calls: tuple[Count, ...]
    imports: ImportPath | None
    others: tuple[str, ...]
    saving: Saving | None


WHY: Final = Codec(WhyRecord, "what `wasmtrim why --json` prints", "run it again")
