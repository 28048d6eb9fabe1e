from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from wasmtrim.verify import still


def test_a_still_is_the_first_frame_made_small(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (400, 100), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "stdout", "GIF", save_all=True, append_images=frames[1:])

    data = still.png(tmp_path / "stdout", 40)

    assert data is not None
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size) == ("PNG", (40, 10))
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_there_is_none_of_what_cannot_be_decoded(tmp_path: Path) -> None:
    (tmp_path / "stdout").write_bytes(b"GIF89a and then nothing")

    assert still.png(tmp_path / "stdout", 40) is None


def test_there_is_none_of_a_picture_that_would_take_all_memory(tmp_path: Path) -> None:
    header = b"P6 60000 60000 255\n"
    (tmp_path / "stdout").write_bytes(header + bytes(1_000))

    assert still.png(tmp_path / "stdout", 40) is None
