"""The interface frame-stream: its calls give an animation, and take the GIF part by part."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from wasmtrim import strict_json
from wasmtrim.engine.interface import Breach, Exports, Function, Interface, Misuse, Take, Value

INTERFACE = Interface(
    name="wasmtrim:gif/frame-stream@0.1.0",
    functions={
        "start": Function(("u32", "u32", "string"), "fault"),
        "push-frame": Function(("list<u8>", "u64", "u32", "u32"), "fault"),
        "finish": Function(("u64",), "fault"),
        "take-output": Function((), "list<u8>"),
    },
    faults=(
        "bad-json",
        "missing-size",
        "too-large",
        "too-many-colours",
        "bad-option",
        "memory-limit",
        "no-quantizer",
        "bad-timestamp",
        "frame-size",
        "sequence",
    ),
)

HEADER_SIZE_BYTES = 4
PIXEL_BYTES = 4  # RGBA
DELAY_MS = 100  # where the header names none
HUNDREDTH_NS = 10_000_000  # the unit of a GIF's delays
LAST_PTS = (1 << 64) - 1


@dataclass(frozen=True)
class Animation:
    """`delay` is in hundredths of a second; `options` is a JSON object, or empty."""

    width: int
    height: int
    delay: int
    options: str
    frames: tuple[bytes, ...]


def read(data: bytes) -> Animation:
    """Read an input file: u32 header size in little endian, the header in JSON, frames of RGBA.

    Raises ValueError, which says what of it is wrong.
    """
    start = HEADER_SIZE_BYTES + int.from_bytes(data[:HEADER_SIZE_BYTES], "little")
    try:
        header = strict_json.loads(data[HEADER_SIZE_BYTES:start])
    except ValueError as error:
        raise ValueError(f"its header is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise ValueError("its header is not a JSON object")
    width, height, frames = (_whole(header, key, 1) for key in ("width", "height", "frames"))
    delay = (_whole(header, "delay", 5, DELAY_MS) + 5) // 10
    if header.pop("pixels", "rgba") != "rgba":
        raise ValueError("its pixels are not rgba")
    size = width * height * PIXEL_BYTES
    if len(data) != start + size * frames:
        found = f"{len(data) - start:,} bytes follow its header"
        raise ValueError(f"{found}; {frames} frames of {width}x{height} are {size * frames:,}")
    parts = tuple(data[at : at + size] for at in range(start, len(data), size))
    return Animation(width, height, delay, json.dumps(header) if header else "", parts)


def _whole(header: dict[str, Any], key: str, least: int, unsaid: int | None = None) -> int:
    value = header.pop(key, unsaid)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{key} in its header is {value!r}, not a whole number from {least} on")
    return value


def drive(animation: Animation, take: Take) -> Drive:
    """Make ready the calls that give an animation."""
    return Drive(animation, take)


class Drive:
    """Gives an animation to a guest."""

    def __init__(self, animation: Animation, take: Take) -> None:
        self.animation = animation
        self.take = take
        self.doing = ""

    def run(self, guest: Exports) -> None:
        """Call start, push-frame for each frame, finish, and take-output after every frame.

        Raises Breach where a call is refused.
        """
        of = self.animation
        guest = Shim(guest)
        self._ask(guest, "start", "", of.width, of.height, of.options)
        # Times as the protocol's delays mean them: each rounded to hundredths of a second.
        times = [1 + number * of.delay * HUNDREDTH_NS for number in range(len(of.frames) + 1)]
        for number, frame in enumerate(of.frames):
            which = f" of frame {number + 1}"
            self._ask(guest, "push-frame", which, frame, times[number], of.width, of.height)
            self._take(guest, f" after frame {number + 1}")
        self._ask(guest, "finish", "", times[-1])
        self._take(guest, " after finish")

    def _ask(self, guest: Exports, name: str, which: str, *args: Value) -> None:
        self.doing = name + which
        if fault := guest.call(name, *args):
            raise Breach(str(fault))

    def _take(self, guest: Exports, which: str) -> None:
        self.doing = "take-output" + which
        part = guest.call("take-output")
        assert isinstance(part, bytes)
        self.take(part)


class Shim:
    """Stands before a guest, and makes no call that the interface forbids, whoever asks for it.

    A frame has the size that `start` gave, and width*height*4 bytes; its pts, in nanoseconds, is
    above zero and above the one before.
    """

    def __init__(self, guest: Exports) -> None:
        self.guest = guest
        self.size: tuple[Value, ...] = ()
        self.pts = 0

    def call(self, name: str, *args: Value) -> str | bytes | None:
        """Call a function, as `interface.Exports` says. Raises Misuse where it may not be."""
        if name == "start":
            self.size = args[:2]
        elif name == "push-frame":
            data, pts, width, height = args
            assert isinstance(data, bytes)
            assert isinstance(width, int)
            assert isinstance(height, int)
            if (width, height) != self.size:
                began = "x".join(map(str, self.size))
                raise Misuse(f"it is {width}x{height} pixels, and start said {began}")
            if len(data) != width * height * PIXEL_BYTES:
                size = f"{width}x{height} pixels have {width * height * PIXEL_BYTES:,}"
                raise Misuse(f"it has {len(data):,} bytes; {size}")
            self._rise(pts)
        elif name == "finish":
            self._rise(args[0])
        return self.guest.call(name, *args)

    def _rise(self, pts: Value) -> None:
        assert isinstance(pts, int)
        if not self.pts < pts <= LAST_PTS:
            above = f"above {self.pts:,}" if self.pts else "above zero"
            raise Misuse(f"its pts is {pts:,}; it must be {above}, and a u64")
        self.pts = pts
