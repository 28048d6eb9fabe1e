"""The command `wasmtrim`: one file per subcommand, and what they share."""

import argparse
import gc
import math
import sys
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


def progress(what: str) -> None:
    """Say on standard error, at once, what is being done or was found."""
    print(f"wasmtrim: {what}", file=sys.stderr, flush=True)


@contextmanager
def keeping_all() -> Iterator[None]:
    """Run without garbage collection: whatever a module is read into is needed to the end.

    The collector would look through it again and again, which takes an eighth of the time.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
