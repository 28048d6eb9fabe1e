"""`wasmtrim diff-render`: what differs first, how far, in which frames, and a picture of it."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from wasmtrim import records
from wasmtrim.cli.main import main

Make = Callable[..., str]
Said = pytest.CaptureFixture[str]

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Writes an animation of 40x30; `spots` are squares of 10x10 at 5, 6: frame -> colour."""
    monkeypatch.chdir(tmp_path)

    def written(
        name: str,
        colours: tuple[tuple[int, int, int], ...] = (RED, GREEN, BLUE),
        size: tuple[int, int] = (40, 30),
        spots: dict[int, tuple[int, int, int]] | None = None,
        **options: Any,
    ) -> str:
        first, *others = frames = [Image.new("RGB", size, colour) for colour in colours]
        for frame, colour in (spots or {}).items():
            frames[frame - 1].paste(colour, (5, 6, 15, 16))
        first.save(
            name, save_all=True, append_images=others, **{"duration": 50, "loop": 0} | options
        )
        return name

    return written


def test_a_gif_and_a_png_that_show_the_same(make: Make, capsys: Said) -> None:
    assert main(["diff-render", make("a.gif"), make("b.png")]) == 0
    assert capsys.readouterr().out == (
        "A  GIF, 40x30, 3 frames\nB  PNG, 40x30, 3 frames\nthe same\n"
    )
    assert not Path("difference.png").exists()


def test_each_frame_that_differs_has_a_row(make: Make, capsys: Said) -> None:
    spots = {2: (0, 245, 0), 3: (20, 0, 255)}
    assert main(["diff-render", make("a.gif"), make("b.gif", spots=spots)]) == 1
    assert capsys.readouterr().out.splitlines()[2:] == [
        "",
        "frame        pixels  of frame  largest  mean ΔE  the first at",
        "    2           100    8.333%       10     0.39  x 5, y 6",
        "    3           100    8.333%       20     0.05  x 5, y 6",
        "",
        "difference.png shows frame 3: A, B, and their difference",
        "they differ, first in frame 2",
    ]


def test_the_heat_map_is_hot_where_pixels_differ(make: Make) -> None:
    changed = make("b.png", spots={3: (20, 0, 255)})
    assert main(["diff-render", make("a.png"), changed, "--heat-map", "out/heat.png"]) == 1
    with Image.open("out/heat.png") as shown:
        times = shown.height // 30
        gap = shown.width // times - 3 * 40
        third = shown.crop(((80 + gap) * times, 0, shown.width, shown.height))
        third = third.resize((40, 30), Image.Resampling.NEAREST)
        hot = third.convert("L").point(lambda value: 255 * (value > 0)).getbbox()
    assert hot == (5, 6, 15, 16)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"size": (41, 30)}, "the size: 40x30 in A, 41x30 in B"),
        ({"colours": (RED, GREEN)}, "the number of frames: 3 in A, 2 in B"),
        ({"loop": 3}, "it plays: for ever in A, 4 times in B"),
        ({"duration": [50, 70, 50]}, "frame 2 stays: 50 ms in A, 70 ms in B"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_differs_beside_pixels(
    changed: dict[str, Any], says: str, make: Make, capsys: Said
) -> None:
    assert main(["diff-render", make("a.gif"), make("b.gif", **changed)]) == 1
    found, verdict = capsys.readouterr().out.splitlines()[2:]
    assert found == says
    first = "frame 2" if says.startswith("frame") else says.partition(":")[0]
    assert verdict == f"they differ, first in {first}"


def test_what_is_within_the_tolerance_is_the_same(make: Make, capsys: Said) -> None:
    files = [make("a.png"), make("b.png", spots={2: (3, 255, 0)})]
    assert main(["diff-render", *files, "--tolerance", "3"]) == 0
    out = capsys.readouterr().out
    assert out.endswith("\nthe same within the tolerance: off by 3 at most\n")
    assert main(["diff-render", *files, "--tolerance", "2"]) == 1


def test_some_pixels_may_be_allowed_to_differ(make: Make, capsys: Said) -> None:
    """The share counts in each frame: a broken one doesn't vanish among many good ones."""
    files = [make("a.png"), make("b.png", spots={2: RED})]
    assert main(["diff-render", *files, "--allow", "8.4"]) == 0
    out = capsys.readouterr().out
    assert out.endswith("\nthe same within --allow: at most 8.333% of a frame differ\n")
    assert main(["diff-render", *files, "--allow", "8.3"]) == 1


def test_json_has_every_frame(make: Make, capsys: Said) -> None:
    grey = tuple((n, n, n) for n in range(0, 200, 5))
    a = make("a.png", colours=grey)
    b = make("b.png", colours=grey, spots=dict.fromkeys(range(1, 41), (255, 255, 255)))
    assert main(["diff-render", a, b]) == 1
    assert "(25 more; --json has them all)" in capsys.readouterr().out
    assert main(["diff-render", a, b, "--json"]) == 1
    printed = capsys.readouterr().out
    assert records.DIFFERENCE.text(records.DIFFERENCE.parse(printed.encode(), "it")) == printed
    told = json.loads(printed)
    assert (told["schema"], told["same"], told["heat_map"]) == (1, False, "difference.png")
    assert told["a"] == {
        "format": "PNG", "width": 40, "height": 30, "frames": 40, "plays": 0, "fault": "",
    }  # fmt: skip
    assert [frame["number"] for frame in told["frames"]] == list(range(1, 41))
    first = told["frames"][0]
    assert (first["pixels"], first["largest"], first["first"]) == (100, 255, [5, 6])
    assert first["mean_delta_e"] == pytest.approx(100 * 100 / 1200, abs=0.01)  # black to white


def test_standard_input(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(Path(make("a.gif")).read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    assert main(["diff-render", "-", "a.gif"]) == 0


def test_a_pipe(make: Make) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(Path(make("a.gif")).read_bytes())
    assert main(["diff-render", f"/dev/fd/{reading}", "a.gif"]) == 0
    os.close(reading)


def test_a_picture_that_is_cut_short_differs(make: Make, capsys: Said) -> None:
    Path("cut.gif").write_bytes(Path(make("a.gif")).read_bytes()[:-1])
    assert main(["diff-render", "a.gif", "cut.gif"]) == 1
    assert "B can't be decoded: it is cut short: there is no trailer\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["a.gif", "text"], "wasmtrim: text: can't be decoded: it is in no format"),
        (["a.gif", "missing"], "wasmtrim: missing: No such file or directory"),
        (["a.gif", "a.gif", "--tolerance", "256"], "'256': a whole number from 0 to 255"),
        (["a.gif", "a.gif", "--allow", "-1"], "'-1': a number from 0 to 100"),
        (["a.gif", "a.gif", "--allow", "nan"], "'nan': a number from 0 to 100"),
    ],
)
def test_a_wrong_request(argv: list[str], says: str, make: Make, capsys: Said) -> None:
    make("a.gif")
    Path("text").write_text("no picture")
    try:
        status = main(["diff-render", *argv])
    except SystemExit as ended:
        status = int(str(ended.code))
    assert status == 2
    assert says in capsys.readouterr().err
