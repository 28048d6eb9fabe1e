"""Commands that read a module and write another: what `layout`, `positions` and `snip` share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from wasmtrim.cli import keeping_all, operand

T = TypeVar("T")


def add(parser: argparse.ArgumentParser) -> None:
    """Take the module that is read, and the file that is written."""
    parser.add_argument("module", metavar="IN", help="a .wasm file, or - for standard input")
    parser.add_argument("--out", required=True, metavar="FILE", help="the module to write")


def rewrite(args: argparse.Namespace, change: Callable[[bytes], tuple[bytes, T]]) -> tuple[str, T]:
    """Read the module, change it and write it.

    `change` gives the new module, and what it tells of it. That is given back, and what the
    reader calls the module. Raises as `operand.read` and `change` do; then nothing is written.
    """
    from wasmtrim import atomic

    given = operand.module(args.module)
    with given.named(), keeping_all():
        data, told = change(given.data)
    atomic.write_bytes(Path(args.out), data)
    return given.label, told
