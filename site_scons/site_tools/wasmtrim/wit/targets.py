"""Whether a component is one of a world: asked of `wasm-tools component targets`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from wasmtrim import atomic, process, reading
from wasmtrim.errors import UsageError
from wasmtrim.escaping import excerpt
from wasmtrim.toolchain.locate import Tool
from wasmtrim.wit.packages import MOST_BYTES, wasm_tools_run
from wasmtrim.wit.world import World

_INTERFACE = re.compile(r"[a-z0-9:-]+/[a-z0-9-]+(@[0-9A-Za-z.+-]+)?")
_NOISE = re.compile(r"^(\d+: |error: )| \(at offset 0x[0-9a-f]+\)$")
_PACKAGE = re.compile(r"package ([^;{]+);")
# The world with what a contract allows besides: a package that no project has.
_ALLOWED = "wasmtrim:contract/allowed"


def untargeted(
    component: Path,
    wit: Path,
    world: World,
    others: Sequence[str],
    *,
    wasm_tools: Tool,
    work: Path,
) -> str:
    """Say in a line why a component is none of the world; "" where it is one.

    `others` are interfaces that it may import beside those of the world, as it has them. `work` is
    where temporary files go. Raises ToolError where wasm-tools cannot be run.
    """
    asked = wit, world.name
    try:
        with atomic.folder(work, "targets") as folder:
            if named := [name for name in others if _INTERFACE.fullmatch(name)]:
                asked = _widened(folder.resolve(), *asked, named, component, wasm_tools)
            finished = _component(wasm_tools, "targets", "--world", asked[1], asked[0], component)
    except (UsageError, process.NoEnd) as error:  # the WIT of a component may be of any size
        return excerpt(str(error))
    if finished.status == 0:
        return ""
    lines = [_NOISE.sub("", line.strip()) for line in finished.said.splitlines()]
    # First comes what it did, then that the world, which it imports for this, does not match.
    words = [line for line in lines if line and line != "Caused by:"]
    return excerpt(": ".join(words[2:] or words) or finished.ended)


def _widened(
    folder: Path, wit: Path, world: str, others: Sequence[str], component: Path, wasm_tools: Tool
) -> tuple[Path, str]:
    """Write a WIT package with the world and the interfaces, whose WIT is the component's own."""
    own = dict(_packages(wasm_tools, wit, folder / "own"))
    packages = {**dict(_packages(wasm_tools, component, folder / "component")), **own}
    for number, text in enumerate(packages.values()):
        atomic.write_text(folder / "wit" / "deps" / f"{number}.wit", text)
    imports = "".join(f"  import {name};\n" for name in others)
    package, _, name = _ALLOWED.partition("/")
    text = f"package {package};\nworld {name} {{\n  include {world};\n{imports}}}\n"
    atomic.write_text(folder / "wit" / "world.wit", text)
    return folder / "wit", _ALLOWED


def _packages(wasm_tools: Tool, source: Path, into: Path) -> Iterator[tuple[str, str]]:
    """The packages of a WIT folder or a component, each with its text."""
    _component(wasm_tools, "wit", "--no-docs", "--out-dir", into, source)
    for file in sorted(into.rglob("*.wit")):
        text = reading.whole(file, "a WIT package", MOST_BYTES).decode()
        if found := _PACKAGE.match(text):
            yield found[1], text


def _component(wasm_tools: Tool, *arguments: str | Path) -> process.Finished:
    return wasm_tools_run([*wasm_tools.argv, "component", *map(str, arguments)])
