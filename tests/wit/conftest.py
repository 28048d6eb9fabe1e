from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wasmtrim.toolchain.locate import Tool
from wasmtrim.wit.world import World, select

WorldOf = Callable[..., World]


class WasmTools:
    """wasm-tools as the oracle: what it makes of a WIT package and of a module."""

    def __init__(self, tool: Tool, folder: Path) -> None:
        self.tool = tool
        self.folder = folder

    def run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        argv = [*self.tool.argv, *arguments]
        return subprocess.run(argv, input=given, capture_output=True, check=False)

    def document(self, package: Path) -> Any:
        return json.loads(self.run("component", "wit", "--json", str(package)).stdout)

    def dummy(self, package: Path, world: str, names: str) -> bytes:
        made = self.folder / "dummy.wasm"
        said = self.run("component", "embed", f"--dummy-names={names}", f"--world={world}",
                        str(package), f"--output={made}")  # fmt: skip
        assert said.returncode == 0, said.stderr.decode()
        return made.read_bytes()

    def refuses(self, package: Path, world: str, module: bytes) -> str:
        """What keeps the module from becoming a component of the world; "" where nothing does."""
        core, whole = self.folder / "core.wasm", self.folder / "whole.wasm"
        core.write_bytes(module)
        for step in (
            ("embed", f"--world={world}", str(package), str(core), f"--output={core}"),
            ("new", str(core), f"--output={whole}"),
        ):
            said = self.run("component", *step)
            if said.returncode:
                return said.stderr.decode()
        return ""

    def worlds(self, seed: int) -> Iterator[tuple[Path, World]]:
        """The worlds of one package of wit-smith's; none where it made none."""
        chance = random.Random(seed)
        package = self.folder / "smith.wasm"
        # Its coins are bits: without more heads than tails most worlds are empty.
        heads = chance.choice((0.6, 0.75, 0.85, 0.95))
        size = chance.choice((200, 2_000, 20_000))
        given = bytes(b | 1 if chance.random() < heads else b for b in chance.randbytes(size))
        sizes = [f"--max-{what}={number}" for what, number in (
            ("packages", 3), ("world-items", 20), ("interface-items", 20),
            ("type-parts", chance.choice((3, 20))), ("type-size", chance.choice((10, 100, 400))),
        )]  # fmt: skip
        more = ("--fixed-length-lists", "--world-include") if seed % 2 else ()
        made = self.run("wit-smith", *sizes, *more, f"--output={package}", given=given)
        if made.returncode == 0:
            document = self.document(package)
            for found in document["worlds"]:
                pure, at, version = document["packages"][found["package"]]["name"].partition("@")
                yield package, select(document, f"{pure}/{found['name']}{at}{version}")


@pytest.fixture
def oracle(wasm_tools: Tool, tmp_path: Path) -> WasmTools:
    return WasmTools(wasm_tools, tmp_path)


@pytest.fixture
def world_of(oracle: WasmTools, tmp_path: Path) -> WorldOf:
    """Gives a world of a package that is written out."""

    def world(text: str, name: str | None = None) -> World:
        package = tmp_path / "package.wit"
        package.write_text(text)
        return select(oracle.document(package), name)

    return world
