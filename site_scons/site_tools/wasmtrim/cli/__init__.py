"""The command `wasmtrim`: a file a subcommand."""

import argparse
import gc
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

# Where a subcommand registers itself; argparse has no public name for it.
Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return an option's type: a whole number from `least` to `most`."""

    def number(text: str) -> int:
        if text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most:
            return int(text)
        allowed = f"a whole number from {least:,} to {most:,}"
        raise argparse.ArgumentTypeError(f"{text[:40]!r}: {allowed}")

    return number


def decimal(least: float, most: float) -> Callable[[str], float]:
    """Return an option's type: a number from `least` to `most`."""

    def number(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if least <= value <= most:
            return value
        raise argparse.ArgumentTypeError(f"{text[:40]!r}: a number from {least:g} to {most:g}")

    return number


@contextmanager
def keeping_all() -> Iterator[None]:
    """Look for no garbage meanwhile: of what a module is made into, all stays to the end.

    To look through it again and again takes an eighth of the time.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
