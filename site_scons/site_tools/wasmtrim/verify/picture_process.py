"""The child process that decodes pictures, which are untrusted.

It measures how two of them differ, pair by pair, for `difference.each`, or makes one small, for
`still.png`. It needs Pillow, numpy and two modules beside it. It gives facts; who asked judges what
they mean.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import resource
import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import ndarray
    from PIL.Image import Image

    from wasmtrim.verify.gif import Gif

    Pixels = ndarray[Any, Any]

ADDRESS_SPACE_BYTES = 1 << 30
MOST_PIXELS = 64_000_000  # of one frame: more need more than the bound above, whatever the format
BAND_PIXELS = 1 << 18  # measured at once, so that colours as floats need little memory
SHOWN_PIXELS = 512  # the picture is made that wide at least, where the compared ones are small
INTERNAL = re.compile(r"object at 0x|\w(Error|Exception)\b|NoneType|\bb['\"]|__")
REFUSED = "EPS"  # a program, which Pillow hands to Ghostscript
STILLS = ("PNG", "GIF", "WEBP", "JPEG", "BMP", "TIFF", "PPM")  # what stills are made of


def prepare() -> None:
    """Import what every task needs; it starts no thread."""
    import numpy  # noqa: F401
    from PIL import Image

    from wasmtrim.engine import rlimits  # noqa: F401
    from wasmtrim.verify import gif, picture_end  # noqa: F401

    Image.preinit()


def main(task: dict[str, Any]) -> None:
    """Compare pairs of pictures, or draw a still of one."""
    from wasmtrim.engine.rlimits import lower

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS takes the limit and does not hold it
        lower(resource.RLIMIT_AS, ADDRESS_SPACE_BYTES)
    if "still" in task:
        draw_still(task)
        return
    for number, pair in enumerate(task["pairs"]):
        try:
            answer = compare(pair)
        except MemoryError:
            if number:
                break  # in a process of its own it has the room of those before it
            answer = {"given_up": "decoding takes more than 1 GiB of memory"}
        except Exception as error:  # a decoder's ways to fail are its own
            answer = {"given_up": f"it can't be decoded: {error_text(error)}"}
        with open(pair["answer"], "w") as file:  # noqa: PTH123 - pathlib costs start-up time
            json.dump(answer, file)


def compare(task: dict[str, Any]) -> dict[str, Any]:
    """What each picture is, and a row for each frame that differs in pixels or delay."""
    pictures = [Shown(task["a"]), Shown(task["b"])]
    rows: list[dict[str, Any]] = []
    told = {"a": pictures[0].told, "b": pictures[1].told, "frames": rows}
    one, other = (shown.picture for shown in pictures)
    sizes = [(shown.told.get("width"), shown.told.get("height")) for shown in pictures]
    if one is None or other is None or sizes[0] != sizes[1]:
        return told
    common = min(shown.told["frames"] for shown in pictures)
    pairs = zip(*(shown.frames() for shown in pictures), strict=False)
    for index, (a, b) in enumerate(islice(pairs, common)):
        row = {"number": index + 1, **measure(a, b, task["tolerance"])}
        if common > 1:  # how long a still picture stays means nothing
            row["delays"] = [shown.delay(index) for shown in pictures]
        if row["largest"] or len(set(row.get("delays", ()))) > 1:
            rows.append(row)
    worst = max(rows, key=lambda row: (row["pixels"], row["largest"]), default=None)
    if worst and worst["pixels"]:
        at = worst["number"] - 1
        with contextlib.suppress(MemoryError):  # the figures are there, only the sheet is too large
            draw(pictures[0].frame(at), pictures[1].frame(at), task["heat_map"])
    return told


class Shown:
    """A picture as it is shown, and what is told of it; `fault` says in what it is not whole."""

    def __init__(self, path: str) -> None:
        self.picture: Image | None = None
        self.gif: Gif | None = None
        self.told: dict[str, Any] = {"fault": ""}
        try:
            picture = opened(path)
            frames = getattr(picture, "n_frames", 1)
        except Exception as error:  # a decoder's ways to fail are its own
            self.told["fault"] = f"can't be decoded: {error_text(error)}"
            return
        self.picture = picture
        self.told |= {"format": picture.format, "width": picture.width, "height": picture.height}
        self.told |= {"frames": frames, "plays": int(picture.info.get("loop") or 0)}
        self._read_blocks(path, picture.format or "")

    def _read_blocks(self, path: str, form: str) -> None:
        """What Pillow doesn't tell: whether the file is whole, and how browsers show a GIF."""
        from wasmtrim.verify import gif, picture_end

        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
        if form != "GIF":
            self.told["fault"] = picture_end.fault(data, form)
            return
        try:
            self.gif = gif.read(data)
        except ValueError as error:
            self.told["fault"] = f"can't be decoded: {error}"
            return
        self.told |= {"width": self.gif.width, "height": self.gif.height}
        self.told |= {"frames": len(self.gif.frames), "plays": self.gif.plays}
        self.told["fault"] = picture_end.beyond(len(data) - self.gif.end)

    def frames(self) -> Iterator[Pixels]:
        """Each frame, height x width x RGBA of a byte, up to the first that can't be decoded."""
        import numpy

        from wasmtrim.verify import gif

        number = 0
        try:
            for shown in gif.shown(self.gif) if self.gif else self._decoded():
                number += 1
                shown[shown[..., 3] == 0] = 0  # the colour of what can't be seen is no difference
                yield numpy.ascontiguousarray(shown)
        except MemoryError:
            raise
        except Exception as error:
            where = f"frame {number + 1} of {self.told['frames']}"
            self.told["fault"] = f"can't be decoded, {where}: {error_text(error)}"

    def _decoded(self) -> Iterator[Pixels]:
        import numpy

        assert self.picture
        for index in range(self.told["frames"]):
            self.picture.seek(index)
            yield numpy.array(self.picture.convert("RGBA"))

    def frame(self, index: int) -> Pixels:
        """One frame, which `frames` gave."""
        return next(islice(self.frames(), index, None))

    def delay(self, index: int) -> float:
        """How long the frame that `frames` gave last stays, in milliseconds."""
        if self.gif:
            return float(self.gif.frames[index].delay)
        assert self.picture
        return float(self.picture.info.get("duration", 0))


def draw_still(task: dict[str, Any]) -> None:
    """Write the first frame of a picture, made small, as PNG."""
    still = opened(task["picture"], STILLS).convert("RGBA")
    still.thumbnail((task["side"], task["side"]))
    still.save(task["still"], "PNG")


def opened(path: str, formats: tuple[str, ...] | None = None) -> Image:
    """A picture of one of these formats, or of any but the refused one."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    picture = None
    for load in (Image.preinit, Image.init):  # the usual formats, in less time; then all
        load()
        taken = formats or [name for name in Image.ID if name != REFUSED]
        with contextlib.suppress(UnidentifiedImageError):
            picture = Image.open(path, formats=taken)
            break
    if picture is None:
        raise ValueError("it is in no format that Pillow reads")
    if picture.width * picture.height > MOST_PIXELS:
        size = f"{picture.width}x{picture.height}"
        raise ValueError(f"{size} pixels are more than the {MOST_PIXELS:,} that are compared")
    return picture


def measure(one: Pixels, other: Pixels, tolerance: int) -> dict[str, Any]:
    """How two frames differ: pixels over the tolerance, the first of them, mean ΔE of all."""
    import numpy

    height, width = one.shape[:2]
    pixels, largest, first, delta_e = 0, 0, None, 0.0
    step = max(1, BAND_PIXELS // width)
    for top in range(0, height, step):
        a, b = one[top : top + step], other[top : top + step]
        if numpy.array_equal(a, b):
            continue
        off_by = channel_difference(a, b)
        off = off_by > tolerance
        if first is None and off.any():
            y, x = numpy.argwhere(off)[0]
            first = [int(x), top + int(y)]
        pixels += int(off.sum())
        largest = max(largest, int(off_by.max()))
        changed = off_by > 0
        apart = lab(a[changed]) - lab(b[changed])
        delta_e += float(numpy.sqrt((apart**2).sum(axis=-1)).sum())
    mean = delta_e / (width * height)
    return {"pixels": pixels, "largest": largest, "first": first, "mean_delta_e": mean}


def channel_difference(one: Pixels, other: Pixels) -> Pixels:
    """The largest difference of a channel, for each pixel."""
    import numpy

    largest: Pixels = (numpy.maximum(one, other) - numpy.minimum(one, other)).max(axis=-1)
    return largest


def lab(rgba: Pixels) -> Pixels:
    """CIE L*a*b* (D65) of sRGB colours, shape n x RGBA; what is transparent lies on white.

    sRGB: IEC 61966-2-1; L*a*b*: CIE 15. Their Euclidean distance is ΔE*ab (CIE 1976).
    """
    import numpy

    alpha = rgba[:, 3:] / 255
    srgb = rgba[:, :3] / 255 * alpha + (1 - alpha)
    linear = numpy.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    to_xyz = ((0.4124564, 0.2126729, 0.0193339), (0.3575761, 0.7151522, 0.1191920),
              (0.1804375, 0.0721750, 0.9503041))  # fmt: skip
    xyz = linear @ numpy.array(to_xyz) / (0.95047, 1.0, 1.08883)
    f = numpy.where(xyz > (6 / 29) ** 3, numpy.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = f[:, 0], f[:, 1], f[:, 2]
    both: Pixels = numpy.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
    return both


def draw(one: Pixels, other: Pixels, path: str) -> None:
    """Write both frames and the heat map of their difference beside one another, as PNG."""
    from PIL import Image

    height, width = one.shape[:2]
    gap = max(2, width // 32)
    sheet = Image.new("RGBA", (3 * width + 2 * gap, height))
    for place, panel in enumerate((one, other, heat(channel_difference(one, other)))):
        sheet.paste(Image.fromarray(panel), (place * (width + gap), 0))
    times = max(1, SHOWN_PIXELS // sheet.width)
    enlarged = (sheet.width * times, sheet.height * times)
    drawn = io.BytesIO()
    sheet.resize(enlarged, Image.Resampling.NEAREST).save(drawn, "PNG")
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(drawn.getbuffer())


def heat(off_by: Pixels) -> Pixels:
    """Black where nothing differs, then from dark red over yellow to white, as iron glows."""
    import numpy

    level = numpy.arange(256)
    glow = [numpy.clip(level * 3 - 255 * place, 0, 255) for place in range(3)]
    ramp = numpy.stack([*glow, numpy.full(256, 255)], axis=-1).astype(numpy.uint8)
    ramp[1:, 0] = numpy.maximum(ramp[1:, 0], 96)  # the least difference is to be seen, too
    coloured: Pixels = ramp[off_by]
    return coloured


def error_text(error: Exception) -> str:
    """What a decoder says, where it is said to a reader, and not to a programmer."""
    text = str(error)
    told = isinstance(error, OSError | ValueError | SyntaxError | EOFError)
    told = told or type(error).__module__.startswith("PIL.")
    return text if told and text and not INTERNAL.search(text) else "its data are damaged"
