"""A world, by its name, out of WIT files: resolved by wasm-tools, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from wasmtrim import atomic, process, reading, strict_json
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.reading import is_within
from wasmtrim.toolchain.locate import Tool
from wasmtrim.wit import world as worlds
from wasmtrim.wit.lowering import export_names
from wasmtrim.wit.world import World

TIMEOUT_SECONDS: Final = 60.0
MEMORY_BYTES: Final = 1 << 30
MOST_FILES: Final = 2_000  # all of WASI 0.2 has 40
MOST_BYTES: Final = 4 << 20
_MOST_RESOLVED_BYTES = 64 << 20  # a world that includes others is larger than its text
_SUFFIXES = (".wit", ".wasm", ".wat")
_SHOWN_LINES = 12


def sources(path: Path, root: Path) -> tuple[Path, ...]:
    """Return the files of a WIT package, a file or a folder in the project `root`, sorted.

    Raises UsageError where there are none, too many or too large ones, or one that lies outside.
    """
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    if path.is_file():
        found = [path]
    elif path.is_dir():
        below = sorted(path.rglob("*"))
        if linked := next((each for each in below if each.is_symlink() and each.is_dir()), None):
            where = linked.relative_to(root)
            raise UsageError(f"{where}: a link to a folder; put the folder in its place")
        found = [each for each in below if each.suffix in _SUFFIXES and each.is_file()]
    else:
        raise UsageError(f"{shown}: there is no such file or folder; contract.wit names it")
    if not found:
        raise UsageError(f"{shown}: it has no file of WIT")
    if len(found) > MOST_FILES:
        raise UsageError(f"{shown}: it has {len(found):,} files; {MOST_FILES:,} may be read")
    if outside := next((file for file in found if not is_within(file, root)), None):
        where = outside.relative_to(root)
        raise UsageError(
            f"{where}: a link that leads out of the project; put the file in its place"
        )
    size = sum(file.stat().st_size for file in found)
    if size > MOST_BYTES:
        raise UsageError(f"{shown}: its files have {size:,} bytes; {MOST_BYTES:,} may be read")
    return tuple(found)


def with_names(settings: Any, *, root: Path, wasm_tools: Tool, work: Path) -> Any:
    """Return a stage's settings with the names of the world that they name, if they name one.

    Raises as `resolve` does.
    """
    if settings.contract is None:
        return settings
    package, world = settings.contract
    found = resolve(root / package, world, root=root, wasm_tools=wasm_tools, work=work)
    return settings.with_names(export_names(found))


def resolve(path: Path, name: str | None, *, root: Path, wasm_tools: Tool, work: Path) -> World:
    """Resolve the world `name` of the WIT package `path`; None is its only one.

    `work` is where temporary files go. Raises UsageError where the package or the world cannot be
    taken, ToolError where wasm-tools cannot be run.
    """
    sources(path, root)
    shown = path.relative_to(root)
    with atomic.folder(work, "wit") as folder:
        made = folder.resolve() / "world.json"
        argv = [*wasm_tools.argv, "component", "wit", "--json", "--output", str(made), str(shown)]
        try:
            finished = wasm_tools_run(argv, root)
        except process.NoEnd:
            late = f"wasm-tools is not done with it after {TIMEOUT_SECONDS:g} s"
            raise UsageError(f"{shown}: {late}") from None
        if finished.status == 1:
            raise UsageError(f"{shown}: wasm-tools cannot read it\n{_said(finished)}")
        if finished.status != 0:
            raise ToolError(f"{process.shown(argv)}: {finished.ended}\n{_said(finished)}")
        document = reading.whole(made, "a resolved WIT package", _MOST_RESOLVED_BYTES)
    try:
        return worlds.select(strict_json.loads(document), name)
    except ValueError as error:
        version = f"{wasm_tools.name} {wasm_tools.version}"
        raise ToolError(f"{shown}: what {version} made of it cannot be read: {error}") from None
    except UsageError as error:
        raise UsageError(f"{shown}: {error}") from None


def wasm_tools_run(argv: Sequence[str], root: Path | None = None) -> process.Finished:
    """Run wasm-tools on what nobody vouches for, within bounds; raises NoEnd and ToolError."""
    return process.run(argv, cwd=root, timeout=TIMEOUT_SECONDS, memory=MEMORY_BYTES)


def _said(finished: process.Finished) -> str:
    lines = finished.said.splitlines() or ["it printed nothing"]
    return "\n".join(f"  | {line[:300]}" for line in lines[:_SHOWN_LINES])
