"""How two pictures differ as they are shown: frame by frame, decoded in a process of its own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wasmtrim import atomic
from wasmtrim.errors import CheckError
from wasmtrim.escaping import excerpt
from wasmtrim.records.difference import DifferenceRecord, FindingRow, FrameRow, PictureRow
from wasmtrim.verify import child

SECONDS = 60


@dataclass(frozen=True)
class Picture:
    """What a file is; `format` is empty where it can't be decoded, `fault` where it is whole."""

    format: str = ""
    width: int = 0
    height: int = 0
    frames: int = 0
    plays: int = 0  # 0: for ever
    fault: str = ""

    def __str__(self) -> str:
        """`GIF, 800x600, 3 frames`."""
        return f"{self.format}, {self.width}x{self.height}, {count(self.frames)}"


@dataclass(frozen=True)
class Frame:
    """A frame that is not the same in both; numbers count from 1, places from 0.

    `pixels` differ by more than the tolerance, the first of them at `first` (x, y); `largest` is
    the largest difference of a channel, `mean_delta_e` the mean ΔE*ab (CIE 1976) of all pixels.
    `delays` are milliseconds, None in a still picture.
    """

    number: int
    pixels: int
    largest: int
    mean_delta_e: float
    first: tuple[int, int] | None
    delays: tuple[float, float] | None = None


@dataclass(frozen=True)
class Observation:
    """Something other than pixels that differs, in the words of a person; frame 0 is the whole."""

    what: str
    a: str
    b: str
    frame: int = 0


@dataclass(frozen=True)
class Difference:
    """Two pictures and the frames that are not the same in them, compared with a tolerance.

    `heat_map` shows the worst frame; None where no pixel differs, or it were too large a picture.
    """

    a: Picture
    b: Picture
    tolerance: int
    frames: tuple[Frame, ...]
    heat_map: Path | None

    @property
    def findings(self) -> tuple[Observation, ...]:
        """What differs beside pixels, the first thing first."""
        return tuple(self._findings())

    def _findings(self) -> Iterator[Observation]:
        if not (self.a.format and self.b.format):
            return
        a, b = (f"{picture.width}x{picture.height}" for picture in (self.a, self.b))
        if a != b:
            yield Observation("the size", a, b)
        if self.a.frames != self.b.frames:
            yield Observation("the number of frames", f"{self.a.frames:,}", f"{self.b.frames:,}")
        if min(self.a.frames, self.b.frames) > 1 and self.a.plays != self.b.plays:
            yield Observation("it plays", times(self.a.plays), times(self.b.plays))
        for frame in self.frames:
            if frame.delays and frame.delays[0] != frame.delays[1]:
                a, b = (f"{delay:g} ms" for delay in frame.delays)
                yield Observation(f"frame {frame.number} stays", a, b, frame.number)

    @property
    def first(self) -> Observation | Frame | None:
        """What a viewer meets first of all that differs."""
        wrong = [frame for frame in self.frames if frame.pixels]
        met = [(found.frame, found) for found in self.findings] + [(f.number, f) for f in wrong]
        return min(met, key=lambda pair: pair[0], default=(0, None))[1]

    @property
    def largest(self) -> int:
        """The largest difference of a channel, within the tolerance or not."""
        return max((frame.largest for frame in self.frames), default=0)

    @property
    def worst(self) -> Frame | None:
        """The frame with the most pixels over the tolerance, which the heat map shows."""
        wrong = [frame for frame in self.frames if frame.pixels]
        return max(wrong, key=lambda frame: (frame.pixels, frame.largest), default=None)

    def share(self, frame: Frame) -> float:
        """The part of a frame's pixels, in per cent, that differ by more than the tolerance."""
        return 100 * frame.pixels / (self.a.width * self.a.height)

    def same(self, allowed: float = 0) -> bool:
        """Whether both are whole and differ in at most `allowed` per cent of a frame's pixels."""
        within = self.worst is None or self.share(self.worst) <= allowed
        return within and not (self.a.fault or self.b.fault or self.findings)

    def record(self, allowed: float) -> DifferenceRecord:
        """Return what is told as JSON, where `allowed` per cent of a frame's pixels may differ."""
        a, b = (PictureRow(**asdict(picture)) for picture in (self.a, self.b))
        return DifferenceRecord(
            same=self.same(allowed),
            tolerance=self.tolerance,
            allow=allowed,
            a=a,
            b=b,
            findings=tuple(FindingRow(**asdict(finding)) for finding in self.findings),
            frames=tuple(
                FrameRow(**asdict(frame), share=self.share(frame)) for frame in self.frames
            ),
            heat_map=str(self.heat_map) if self.heat_map else None,
        )


@dataclass(frozen=True)
class Pair:
    """Two pictures to compare, and where `heat_map` is then drawn."""

    a: Path
    b: Path
    tolerance: int
    heat_map: Path


def between(pair: Pair) -> Difference:
    """Compare size, frames, each delay, how often it plays, and every pixel.

    A pixel differs where one of its channels, alpha among them, is off by more than `tolerance`;
    the colour of a fully transparent pixel is no difference. Where pixels differ, `heat_map` then
    shows the worst frame as PNG: in `a`, in `b`, and their difference. Raises CheckError where
    decoding needs more time or memory than it may have.
    """
    (found,) = each([pair])
    if isinstance(found, CheckError):
        raise found
    return found


def each(pairs: Sequence[Pair]) -> list[Difference | CheckError]:
    """Compare pairs as `between` does: in one process, as far as that one comes with them.

    What it did not come to is compared in a process of its own, so that no pair bears on another.
    """
    with tempfile.TemporaryDirectory() as folder:  # the heat map's may be closed to us
        asked = [
            {
                "a": str(pair.a.absolute()),
                "b": str(pair.b.absolute()),
                "tolerance": pair.tolerance,
                "heat_map": str(Path(folder, f"heat-map-{number}.png")),
                "answer": str(Path(folder, f"answer-{number}.json")),
            }
            for number, pair in enumerate(pairs)
        ]
        fault = _ask(asked)
        found: list[Difference | CheckError] = []
        for pair, task in zip(pairs, asked, strict=True):
            if len(pairs) > 1 and not _told(task):
                fault = _ask([task])
            found.append(_difference(pair, task, fault))
        return found


def _ask(asked: Sequence[dict[str, Any]]) -> str:
    """Have pairs compared; what to say where that came to no end."""
    if not asked:
        return ""
    ended = child.ask("verify.picture_process", {"pairs": asked}, SECONDS)
    if ended is None:
        return f"decoding takes more than {SECONDS} s"
    return f"the decoder ended with {ended.ended}" if ended.status else ""


def _told(task: dict[str, Any]) -> dict[str, Any] | None:
    """What is told of a pair; None where the process did not come so far."""
    try:
        told: dict[str, Any] = json.loads(Path(task["answer"]).read_bytes())
    except (OSError, ValueError):  # not begun, or not written to its end
        return None
    return told


def _difference(pair: Pair, task: dict[str, Any], fault: str) -> Difference | CheckError:
    told = _told(task)
    if told is None:
        return CheckError(fault)
    if "given_up" in told:
        return CheckError(told["given_up"])
    drawn = Path(task["heat_map"])
    shown = drawn.is_file()
    if shown:
        atomic.write_bytes(pair.heat_map, drawn.read_bytes())
    frames = tuple(
        Frame(
            row["number"],
            row["pixels"],
            row["largest"],
            row["mean_delta_e"],
            tuple(row["first"]) if row["first"] else None,
            tuple(row["delays"]) if "delays" in row else None,
        )
        for row in told["frames"]
    )
    a, b = (Picture(**{**told[side], "fault": excerpt(told[side]["fault"])}) for side in "ab")
    return Difference(a, b, pair.tolerance, frames, pair.heat_map if shown else None)


def times(number: int) -> str:
    """How often, 0 being without end: `for ever`, `once`, `3 times`."""
    return {0: "for ever", 1: "once"}.get(number, f"{number} times")


def count(frames: int) -> str:
    """`1 frame`, `1,000 frames`."""
    return "1 frame" if frames == 1 else f"{frames:,} frames"
