"""What `wasmtrim layout` and `wasmtrim positions` tell of the module that they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from wasmtrim.records.codec import Codec
from wasmtrim.records.fields import Bytes, Metric


@dataclass(frozen=True)
class LayoutRecord:
    """A module in another layout: its size by the metric before and after, in bytes."""

    schema: Literal[1] = field(default=1, kw_only=True)
    metric: Metric
    before: Bytes
    after: Bytes
    notes: tuple[str, ...]


@dataclass(frozen=True)
class PositionsRecord:
    """A module without Go's positions. `go` is its version of Go, such as 1.26.

    `zeroed` is the number of bytes that became zero, by what they were. `unchanged` says why
    nothing did, where `go` is None.
    """

    schema: Literal[1] = field(default=1, kw_only=True)
    go: str | None
    zeroed: Mapping[str, Bytes]
    unchanged: str | None


LAYOUT: Final = Codec(LayoutRecord, "what `wasmtrim layout --json` prints", "run it again")
POSITIONS: Final = Codec(PositionsRecord, "what `wasmtrim positions --json` prints", "run it again")
