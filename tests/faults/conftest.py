"""A project around one module: its profile, the picture that it should make, and the verdict."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pytest
import wasmtime
import yaml
from PIL import Image

from wasmtrim import profile, records, sizes
from wasmtrim.toolchain.locate import Tool
from wasmtrim.verify import StageRun, Verification, run_smoke, verify

SIZE = 8
COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]  # of the frames; each has a white dot, too

BASE = """
description: what holds for every module here that doesn't say otherwise
module: module.wasm
contract:
  imports: {"wasi_snapshot_preview1.*": any}
  exports: {_start: "func()", memory: memory}
limits: {memory: 10 MB, table: 1000, fuel: 10 M, seconds: 2, output: 64 KiB}
smoke: {}
"""


def remarks_of(text: str) -> dict[str, str]:
    """What the leading comments say: `;; key: value`."""
    head = re.match(r"(?:;;.*\n)*", text)
    assert head
    return dict(re.findall(r";; (\w+): (.*)", head[0]))


def assemble(text: str, remarks: dict[str, str]) -> bytes:
    if "gif" in remarks:
        picture = gif(**yaml.safe_load(remarks["gif"]))
        text = text.replace("@size", escaped(len(picture).to_bytes(4, "little")))
        text = text.replace("@gif", escaped(picture))
    module = bytes(wasmtime.wat2wasm(text))
    return module[: -int(remarks.get("cut", 0)) or None]


def escaped(data: bytes) -> str:
    return "".join(f"\\{byte:02x}" for byte in data)


def gif(
    delays: Sequence[int] = (100, 100, 100),
    size: int = SIZE,
    loop: int | None = 0,
    colours: Sequence[Sequence[int]] = COLOURS,
    dot: Sequence[int] = (1, 1),
    cut: int = 0,
    more: int = 0,
) -> bytes:
    """The picture that the profile expects, or one that differs in what is named.

    `cut` takes that many bytes off its end, `more` adds that many.
    """
    file = BytesIO()
    first, *others = frames(len(delays), size, colours, dot)
    options = {} if loop is None else {"loop": loop}
    first.save(file, "GIF", save_all=True, append_images=others, duration=list(delays), **options)
    return file.getvalue()[: -cut or None] + bytes(more)


def frames(
    number: int, size: int, colours: Sequence[Sequence[int]], dot: Sequence[int]
) -> list[Image.Image]:
    made = []
    for index in range(number):
        frame = Image.new("RGB", (size, size), tuple(colours[index % len(colours)]))
        frame.putpixel(list(dot), (255, 255, 255))
        frame.putpixel((index % size, 5), (0, 0, 0))
        made.append(frame)
    return made


@pytest.fixture
def judge(tmp_path: Path, wasm_tools: Tool) -> Callable[[bytes, str], Verification]:
    """Gives the verdict about a module under the profile above, and what is said beside it."""

    def verdict(module: bytes, own: str) -> Verification:
        folder = tmp_path / "config" / "profiles"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "base.yaml").write_text(BASE)
        (folder / "sample.yaml").write_text("extends: base\n" + textwrap.dedent(own))
        first, *others = frames(3, SIZE, COLOURS, (1, 1))
        first.save(
            tmp_path / "expected.png", save_all=True, append_images=others, duration=100, loop=0
        )
        (tmp_path / "input.txt").write_bytes(b"the quick brown fox\n")
        (tmp_path / "upper.txt").write_bytes(b"THE\0QUICK\0BROWN\0FOX\n")
        path = tmp_path / "module.wasm"
        path.write_bytes(module)
        loaded = profile.load("sample", tmp_path).profile
        folder = tmp_path / "build"
        if loaded.smoke:
            run_smoke(path, loaded, None, tmp_path, folder)
        return verify(
            loaded,
            None,
            [StageRun("module", path, folder if loaded.smoke else None)],
            sizes.measure(module) if "gzip" in own else records.FileSize(len(module), 0, 0, ""),
            wasm_tools=wasm_tools,
            root=tmp_path,
            into=folder,
        )

    return verdict


@pytest.fixture
def judge_file(
    judge: Callable[[bytes, str], Verification],
) -> Callable[[Path], tuple[Verification, dict[str, str]]]:
    """Gives the verdict about the module in a .wat file, and the remarks that stand there."""

    def verdict(wat: Path) -> tuple[Verification, dict[str, str]]:
        text = wat.read_text()
        remarks = remarks_of(text)
        beside = wat.with_suffix(".yaml")
        own = beside.read_text() if beside.exists() else ""
        return judge(assemble(text, remarks), own), remarks

    return verdict
