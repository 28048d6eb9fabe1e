"""What the nodes of one scons run share: where things are, which programs do it, work done once."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from SCons.Errors import BuildError, StopError
from SCons.Node import Node
from SCons.Script import File, GetOption

from wasmtrim import atomic, process
from wasmtrim.errors import ToolError, WasmtrimError
from wasmtrim.scons import signature
from wasmtrim.single_flight import SingleFlight

if TYPE_CHECKING:
    from concurrent.futures import Future

    from wasmtrim.attribution import Owners
    from wasmtrim.attribution.dwarf.locations import Locations
    from wasmtrim.compilers.sources import GoProgram
    from wasmtrim.profile import Metric
    from wasmtrim.records import FileSize
    from wasmtrim.sizes import Compressed
    from wasmtrim.stages.execution import StageResult
    from wasmtrim.toolchain.locate import Locator, Tool

# Below the project's root; scons' clean takes the folders of `build` away.
BUILD_FOLDER = "#build"
STAGES_FOLDER = f"{BUILD_FOLDER}/stages"
RUNS_FOLDER = f"{BUILD_FOLDER}/runs"
WORK_FOLDER = f"{BUILD_FOLDER}/wasmtrim"
DIST_FOLDER = "#dist"


class Build:
    """The state of one scons run. `root` is the folder of the SConstruct."""

    def __init__(self, root: Path, *, verbose: bool) -> None:
        self.root = root
        self.verbose = verbose
        self.results: SingleFlight[StageResult] = SingleFlight()
        # By the sha256 of a module, as stages and profiles may have the same.
        self.compressions: SingleFlight[Compressed] = SingleFlight()
        self.gzipped: SingleFlight[int] = SingleFlight()
        self.estimates: SingleFlight[FileSize] = SingleFlight()
        self.owned: SingleFlight[Owners] = SingleFlight(
            most=2
        )  # by path and digest; megabytes each
        self.locations: SingleFlight[Locations] = SingleFlight()  # by what was compiled, and digest
        # What programs are made of, where that is asked ahead, by `Program.key`.
        self.asked: dict[object, Future[GoProgram]] = {}
        self.mended: set[Path] = set()  # records that were damaged, and made again

    @cached_property
    def locator(self) -> Locator:
        """What finds programs; raises ConfigError where config/toolchain.yaml is wrong."""
        from wasmtrim.toolchain import pins
        from wasmtrim.toolchain.locate import Locator

        return Locator(pins.load(self.root), self.root)

    @property
    def work(self) -> Path:
        """The folder for temporary files and kept answers."""
        return self.folder(WORK_FOLDER)

    def folder(self, name: str) -> Path:
        """Return the path of one of our folders; SCons's Dir fails if a file lies in its place."""
        return self.root / name.removeprefix("#")

    def tool(self, program: str) -> Tool:
        """Find a program. Nothing is fetched when scons only shows or cleans."""
        return self.locator.find(program, fetch=not only_looks())

    def identity(self, *programs: str) -> object:
        """Say which programs these are: another version, file or pin is another identity."""
        found: list[tuple[str, str, str, bool]] = []
        for program in programs:
            try:
                tool = self.tool(program)
                found.append((program, tool.version, tool.digest, tool.pinned))
            except ToolError:
                found.append((program, "", "", False))  # the action will say what is missing
        return tuple(found)

    def compressed(self, module: bytes) -> Compressed:
        """Compress a module: once, whoever asks."""
        from wasmtrim import sizes

        return self.compressions.get(sizes.sha256(module), lambda: sizes.compress(module))

    def weigh(self, module: bytes, metric: Metric) -> int:
        """Return the size of a module, in bytes: compressed once, whoever asks."""
        from wasmtrim import sizes

        match metric:
            case "raw":
                return len(module)
            case "gzip":
                return self.gzipped.get(sizes.sha256(module), lambda: len(sizes.gzip(module)))
            case "brotli":
                return len(self.compressed(module).brotli)

    def estimated(self, module: bytes) -> FileSize:
        """Return what a module weighs that does not ship: measured once, whoever asks."""
        from wasmtrim import sizes

        gzipped = self.weigh(module, "gzip")
        return self.estimates.get(sizes.sha256(module), lambda: sizes.estimate(module, gzipped))

    def owners(self, delivered: Path, module: bytes) -> Owners:
        """Find whose the functions of a module are: once for what asks soon after each other.

        What lies beside the file `delivered` tells. Raises ModuleError where it is not a module.
        """
        from wasmtrim import sizes
        from wasmtrim.attribution.names import sources

        known = sources.beside(delivered, module)
        key = delivered, sizes.sha256(module)
        return self.owned.get(key, lambda: known.owners(module))

    def delivered_anyway(self, module: Path, anyway: Path | None) -> list[str]:
        """Deliver a module that failed, where the user asks for it; give the line that says so."""
        if anyway is None:
            return []
        atomic.write_bytes(anyway, module.read_bytes())
        return [f"  delivered anyway: {os.path.relpath(anyway, self.root)}"]

    def say(self, argv: tuple[str, ...]) -> None:
        """Show the command that ran, where the user asked for it."""
        if self.verbose and argv and not GetOption("silent"):
            print(process.shown(argv), flush=True)


def only_looks() -> bool:
    """Return whether this scons run builds nothing."""
    return any(GetOption(option) for option in ("clean", "no_exec", "help", "question"))


def path_of(node: Node) -> Path:
    """Return a node's path, absolute; of its source where a variant dir has no copy."""
    return Path(node.rfile().abspath)


def beside(node: Node, suffix: str) -> Node:
    """Return the file that belongs to a module: `x.wasm` and `.stage.json` give `x.stage.json`."""
    return node.dir.File(node.name.removesuffix(".wasm") + suffix)


def note_on(module: Node, suffix: str) -> Node:
    """Return the file for what is found out about a module: beside it, but for a ready one.

    That one lies where we have no business to write, and two of them may have one name.
    """
    if module.has_builder():
        return beside(module, suffix)
    key = signature.digest(module.path)[:8]
    return File(f"{STAGES_FOLDER}/{module.name.removesuffix('.wasm')}-{key}{suffix}")


def as_build_error(error: Exception, node: Node) -> BuildError:
    """Turn our failure, or the system's, into the one that SCons reports without a traceback."""
    status = error.status if isinstance(error, WasmtrimError) else 2
    return BuildError(node, words_of(error), status=status, exitstatus=2)


def words_of(error: Exception) -> str:
    """Say what failed: in our words, or in the system's, with the file's name."""
    if not isinstance(error, OSError) or not error.errno:
        return str(error)
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{os.strerror(error.errno)}"


def as_stop_error(error: WasmtrimError) -> StopError:
    """Turn our failure into the one that ends scons while it reads the SConstruct.

    SCons shows it as it is; a UserError it would show with the line in our code that raised it.
    """
    return StopError(str(error))
