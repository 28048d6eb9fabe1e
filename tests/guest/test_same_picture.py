"""The native handler and the wasm module give the same picture, and where not, a map shows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pytest
from PIL import Image
from tests.guest import programs
from tests.guest.decoders import agreed
from tests.guest.programs import GUEST, Build, Pixels, played, rgba, serving, shown

from wasmtrim.cli.main import main

COUNT, HEIGHT, WIDTH = 3, 600, 800


def frames_of(colours: int) -> Pixels:
    """Three frames of 800x600 with a disc that moves, and a hole."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    frames = np.empty((COUNT, HEIGHT, WIDTH, 4), np.uint8)
    for number in range(COUNT):
        ground = (x + y) * colours // 1400
        frames[number, ..., 0] = ground
        frames[number, ..., 1] = ground // 2
        frames[number, ..., 2] = 90 if colours <= 256 else y * 255 // 599
        frames[number, ..., 3] = 255
        frames[number][np.hypot(x - 200 - 90 * number, y - 300) < 80] = (200, 30, 30, 255)
        frames[number][np.hypot(x - 600, y - 150 - 60 * number) < 50] = (0, 0, 0, 0)
    return frames


def asked(address: str, stdin: bytes) -> bytes:
    """What the handler answers to a POST."""
    with urlopen(Request(address, stdin, method="POST")) as answer:
        assert answer.status == 200
        content: bytes = answer.read()
    return content


@pytest.mark.parametrize(("tag", "allowed"), [("", "0"), ("quantize", "0.5")])
def test_handler_and_module(
    tag: str, allowed: str, build: Callable[..., Build], tmp_path: Path
) -> None:
    tags = (tag,) if tag else ()
    frames = frames_of(1000 if tag else 200)
    stdin = rgba(frames, delay=70)
    with serving(build("gifd", *tags, native=True).path) as address:
        reference = asked(address, stdin)
        stills = [asked(f"{address}?frame={number}", stdin) for number in range(COUNT)]
    run = build("gif", *tags).run(stdin)
    assert run.status == 0, run.message
    a, b = tmp_path / "handler.gif", tmp_path / "module.gif"
    a.write_bytes(reference)
    b.write_bytes(run.output)
    # Size, number of frames, delays and pixels, as the product compares them.
    heat_map = str(tmp_path / "difference.png")
    assert main(["diff-render", str(a), str(b), "--allow", allowed, "--heat-map", heat_map]) == 0
    # And by themselves: both could be wrong in the same way.
    made, delays = agreed(run.output)
    assert made.shape == (COUNT, HEIGHT, WIDTH, 4)
    assert delays == [70] * COUNT
    if not tag:
        assert np.array_equal(made, shown(frames))
    for number, still in enumerate(stills):
        assert still.startswith(b"\x89PNG")
        assert np.array_equal(played(still)[0][0], played(reference)[0][number])


# A square of 60x20 pixels in the second frame is read with other reds.
BROKEN = """
var frames int

func broken(p []byte) int {
	n := wasi.Read(p)
	if n == 800*600*4 {
		frames++
		for y := 40; frames == 2 && y < 60; y++ {
			for x := 100; x < 160; x++ {
				p[(y*800+x)*4] ^= 15
			}
		}
	}
	return n
}
"""


def test_a_broken_module_shows_in_the_heat_map(
    build: Callable[..., Build], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = GUEST / "cmd" / "gif" / "main_wasi.go"
    text = source.read_text().replace("(wasi.Read,", "(broken,")
    assert "(broken," in text
    (tmp_path / "broken.go").write_text(text + BROKEN)
    overlay = tmp_path / "overlay.json"
    replaced = {"Replace": {str(source): str(tmp_path / "broken.go")}}
    overlay.write_text(json.dumps(replaced))
    module = programs.build(tmp_path / "broken.wasm", "gif", (), native=False, overlay=overlay)
    stdin = rgba(frames_of(200))
    a, b, heat_map = (tmp_path / name for name in ("handler.gif", "broken.gif", "difference.png"))
    with serving(build("gifd", native=True).path) as address:
        a.write_bytes(asked(address, stdin))
    b.write_bytes(module.run(stdin).output)
    assert main(["diff-render", str(a), str(b), "--heat-map", str(heat_map)]) == 1
    out = capsys.readouterr().out
    assert f"{heat_map} shows frame 2: A, B, and their difference\n" in out
    assert "    2         1,200    0.250%       15" in out
    with Image.open(heat_map) as sheet:
        assert sheet.height == HEIGHT
        heat = sheet.crop((sheet.width - WIDTH, 0, sheet.width, HEIGHT)).convert("RGB")
    hot = np.asarray(heat).max(axis=-1) > 0
    assert hot[40:60, 100:160].all()
    assert hot.sum() == 20 * 60
