"""How two pictures differ: what `wasmtrim diff-render --json` prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from wasmtrim.records.codec import Codec
from wasmtrim.records.fields import Count


@dataclass(frozen=True)
class PictureRow:
    """What a file is. `plays` is how often, 0 without end; `fault` says in what it is not whole."""

    format: str
    width: Count
    height: Count
    frames: Count
    plays: Count
    fault: str


@dataclass(frozen=True)
class FrameRow:
    """A frame that differs; numbers count from 1, places from 0.

    `pixels` are off by more than the tolerance, the first of them at `first` (x, y), and are
    `share` per cent of the frame. `largest` is the largest difference of a channel, `mean_delta_e`
    the mean ΔE*ab (CIE 1976) of all pixels. `delays` are milliseconds, None in a still picture.
    """

    number: Count
    pixels: Count
    largest: Count
    mean_delta_e: float
    first: tuple[int, int] | None
    delays: tuple[float, float] | None
    share: float


@dataclass(frozen=True)
class FindingRow:
    """Something other than pixels that differs; `frame` is 0 for the whole picture."""

    what: str
    a: str
    b: str
    frame: Count


@dataclass(frozen=True)
class DifferenceRecord:
    """Two pictures, compared with a `tolerance` of a channel; `allow` per cent of a frame's pixels
    may be off by more. `heat_map` is the file that shows the worst frame."""

    schema: Literal[1] = field(default=1, kw_only=True)
    same: bool
    tolerance: Count
    allow: float
    a: PictureRow
    b: PictureRow
    findings: tuple[FindingRow, ...]
    frames: tuple[FrameRow, ...]
    heat_map: str | None


DIFFERENCE: Final = Codec(
    DifferenceRecord, "what `wasmtrim diff-render --json` prints", "run it again"
)
