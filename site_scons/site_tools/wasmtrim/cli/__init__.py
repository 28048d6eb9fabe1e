"""The command `wasmtrim`: a file a subcommand."""

import argparse
from typing import TypeAlias

# Where a subcommand registers itself; argparse has no public name for it.
Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
