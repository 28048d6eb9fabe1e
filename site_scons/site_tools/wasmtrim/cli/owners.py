"""The owners of the functions of a module that is named on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim.cli import operand

if TYPE_CHECKING:
    from wasmtrim.attribution import Owners
    from wasmtrim.cli.operand import Operand


def add_map(parser: argparse.ArgumentParser) -> None:
    """Add --map: the linker's map, which names what the module itself doesn't."""
    parser.add_argument(
        "--map",
        type=Path,
        metavar="FILE",
        help="the linker's map (wasm-ld -Map), which names functions and data; default: NAME.map"
        " beside the module",
    )


def read(name: str, lock: Path | None = None, linker_map: Path | None = None) -> Owners:
    """Read the module in the file `name`, or in standard input if it is `-`; find its owners."""
    return of(operand.module(name), lock, linker_map)


def of(given: Operand, lock: Path | None = None, linker_map: Path | None = None) -> Owners:
    """Find the owners of a module's functions.

    Files beside the module name them, too, such as its unstripped build and its size record.
    Raises CheckError if it is not a module, UsageError if `lock` or `linker_map` is not of it.
    """
    from wasmtrim.attribution import NameSources
    from wasmtrim.attribution.names import sources

    known = sources.beside(given.path, given.data) if given.path else NameSources()
    with given.named():
        if linker_map:
            known = known.with_map(linker_map, given.data)
        if lock:
            known = known.with_lock(lock)
        return known.owners(given.data)
