"""The command `wasmtrim`: a file a subcommand."""

import argparse
import os
import sys
from typing import TypeAlias

# Where a subcommand registers itself; argparse has no public name for it.
Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def reader_left() -> None:
    """Take note that nobody reads standard output any more, so that nothing fails for it later."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
