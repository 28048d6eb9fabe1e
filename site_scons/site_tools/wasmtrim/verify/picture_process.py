"""The child process that decodes a picture which an untrusted module wrote, and compares it.

A script, started by `picture.compare` with `-I -S`; needs Pillow and numpy, and nothing of
wasmtrim. The expected picture is the project's own; it bounds what is decoded of the other one.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import ndarray
    from PIL.Image import Image

ADDRESS_SPACE_BYTES = 1 << 30
MOST_PIXELS = 64_000_000  # of one frame; the arrays of two such pictures fit in the bound above
SHOWN_PIXELS = 512  # a side-by-side picture is made that large at least, where one is small
# The last bytes of a whole file: without them Pillow still gives the frames before.
ENDS = {"GIF": b"\x3b", "PNG": b"IEND\xaeB`\x82"}


def main() -> None:
    request = json.load(sys.stdin)
    sys.path[:] = request["sys_path"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS takes the limit and does not hold it
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    try:
        fault, detail = compare(request)
    except MemoryError:
        fault, detail = True, "decoding it takes more than 1 GiB of memory"
    json.dump({"fault": fault, "detail": detail}, sys.stdout)


def compare(request: dict[str, Any]) -> tuple[bool, str]:
    """Whether the pictures differ, and what to say about it."""
    try:
        expected = open_picture(request["expected"])
        wanted_frames = getattr(expected, "n_frames", 1)
    except Exception as error:
        return True, f"smoke.expect.picture can't be decoded: {error_text(error)}"
    try:
        actual = open_picture(request["actual"])
        frames = getattr(actual, "n_frames", 1)
    except Exception as error:  # a decoder's ways to fail are its own
        return True, f"the output is no picture that can be decoded: {error_text(error)}"
    if actual.size != expected.size:
        return True, f"{size_text(actual)} pixels, expected are {size_text(expected)}"
    if frames != wanted_frames:
        return True, f"{count(frames)}, expected are {wanted_frames}"
    if actual.width * actual.height > MOST_PIXELS:
        return True, f"{size_text(actual)} pixels are more than can be compared"
    worst = 0
    for index in range(frames):
        wanted = pixels(expected, index)
        try:
            found = pixels(actual, index)
        except Exception as error:
            return True, f"frame {index + 1} of {frames} can't be decoded: {error_text(error)}"
        delay, wanted_delay = delay_of(actual), delay_of(expected)
        if frames > 1 and delay != wanted_delay:
            return True, f"frame {index + 1} stays {delay:g} ms, expected are {wanted_delay:g} ms"
        difference = differences(wanted, found)
        largest = int(difference.max(initial=0))
        if largest > request["tolerance"]:
            save_side_by_side(wanted, found, difference, request["difference"])
            return True, pixel_fault(index, difference, request["tolerance"])
        worst = max(worst, largest)
    if frames > 1 and plays(actual) != plays(expected):
        return True, f"it plays {times(plays(actual))}, expected is {times(plays(expected))}"
    with open(request["actual"], "rb") as file:  # noqa: PTH123 - pathlib costs start-up time
        if not file.read().endswith(ENDS.get(actual.format or "", b"")):
            return True, f"the {actual.format} is cut short, or something follows its end"
    near = f", off by {worst} at most" if worst else ""
    return False, f"{actual.format}, {size_text(actual)}, {count(frames)}, as expected{near}"


def open_picture(path: str) -> Image:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    return Image.open(path)


def pixels(picture: Image, index: int) -> ndarray[Any, Any]:
    """One frame as it is shown: height x width x RGBA, int16 so that differences fit."""
    import numpy

    picture.seek(index)
    shown = numpy.array(picture.convert("RGBA"), dtype=numpy.int16)
    shown[shown[..., 3] == 0] = 0  # the colour of what can't be seen is no difference
    return shown


def differences(one: ndarray[Any, Any], other: ndarray[Any, Any]) -> ndarray[Any, Any]:
    """The largest difference of a channel, for each pixel."""
    import numpy

    largest: ndarray[Any, Any] = numpy.abs(one - other).max(axis=-1)
    return largest


def pixel_fault(index: int, difference: ndarray[Any, Any], tolerance: int) -> str:
    import numpy

    off = difference > tolerance
    y, x = (int(place) for place in numpy.argwhere(off)[0])
    return (
        f"frame {index + 1}: {int(off.sum())} of {off.size} pixels are off by more than"
        f" {tolerance}, by up to {int(difference.max())}; the first is at x {x}, y {y}"
    )


def save_side_by_side(
    expected: ndarray[Any, Any],
    actual: ndarray[Any, Any],
    difference: ndarray[Any, Any],
    path: str,
) -> None:
    """Write expected, actual and difference (red where they differ) beside one another, as PNG."""
    import numpy
    from PIL import Image

    height, width = difference.shape
    red = numpy.zeros((height, width, 4), dtype=numpy.int16)
    red[..., 3] = 255
    red[difference > 0, 0] = 255
    gap = numpy.zeros((height, max(2, width // 32), 4), dtype=numpy.int16)
    row = numpy.concatenate([expected, gap, actual, gap, red], axis=1)
    picture = Image.fromarray(row.astype(numpy.uint8), "RGBA")
    times = max(1, SHOWN_PIXELS // picture.width)
    enlarged = (picture.width * times, picture.height * times)
    picture.resize(enlarged, Image.Resampling.NEAREST).save(path, "PNG")


def delay_of(picture: Image) -> float:
    """How long the present frame stays, in milliseconds."""
    return float(picture.info.get("duration", 0))


def plays(picture: Image) -> int:
    """How often an animation plays, 0 for ever. GIF counts repeats, and no count is no repeat."""
    loop = picture.info.get("loop")
    if picture.format != "GIF":
        return int(loop or 0)
    return 1 if loop is None else int(loop) + 1 if loop else 0


def times(number: int) -> str:
    return {0: "for ever", 1: "once"}.get(number, f"{number} times")


def count(frames: int) -> str:
    return "1 frame" if frames == 1 else f"{frames} frames"


def size_text(picture: Image) -> str:
    return f"{picture.width}x{picture.height}"


def error_text(error: Exception) -> str:
    return str(error) or type(error).__name__


if __name__ == "__main__":
    main()
