"""The command `wasmtrim`: reads the arguments, runs the subcommand, turns failures into words."""

from __future__ import annotations

import argparse
import importlib
import io
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from wasmtrim import __version__, broken_pipe
from wasmtrim.errors import UsageError, WasmtrimError
from wasmtrim.spelling import nearest

# In the order of `wasmtrim --help`; each is a module here, which says what it does. A name's hyphen
# is an underscore in the module's.
COMMANDS = (
    "init",
    "doctor",
    "sizes",
    "why",
    "verify",
    "compare",
    "diff-render",
    "history",
    "serve",
    "bench",
    "hotspots",
    "assess",
    "profile",
    "toolchain",
    "positions",
    "layout",
    "snip",
    "tune",
    "reproduce",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status: 0 good, 1 a check fails, 2 request, 3 tool."""
    signal.signal(signal.SIGTERM, _ended)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name may have what the terminal can't show
        sys.stdout.reconfigure(errors="backslashreplace")
    status: int = 0
    try:
        args = _parsed(sys.argv[1:] if argv is None else argv)
        with broken_pipe.tolerated():
            status = args.run(args)
    except WasmtrimError as error:
        print(f"wasmtrim: {error}", file=sys.stderr)
        return error.status
    except OSError as error:
        named = error.filename2 or error.filename  # of a rename that failed, where it was to go
        where = f"{named}: " if named else ""
        print(f"wasmtrim: {where}{error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return status


def parser(commands: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The reader of the command line, for these subcommands: each costs the import of a module."""
    whole = argparse.ArgumentParser(
        prog="wasmtrim",
        description="The smallest WebAssembly module that still works, and where every byte went.",
        epilog="Exit status: 0 all holds; 1 a check, budget or contract fails;"
        " 2 the command line or the configuration is wrong; 3 a tool is missing or failed.",
        formatter_class=_Help,
    )
    whole.add_argument("--version", action="version", version=f"wasmtrim {__version__}")
    subparsers = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in commands:
        importlib.import_module(f"wasmtrim.cli.{name.replace('-', '_')}").add(subparsers)
    return whole


class _Help(argparse.HelpFormatter):
    """Counts in how far subcommands are indented, so that their names stand before the texts."""

    def add_argument(self, action: argparse.Action) -> None:
        self._indent()
        super().add_argument(action)
        self._dedent()


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    named = argv[0] if argv else ""
    if named.startswith("-"):
        return parser(() if named == "--version" else COMMANDS).parse_args(argv)
    if not argv:
        raise UsageError("name a command; `wasmtrim -h` lists them")
    if named not in COMMANDS:
        allowed = f"{nearest(named, COMMANDS)}commands are {', '.join(COMMANDS)}"
        raise UsageError(f"unknown command {named!r}; {allowed}")
    return parser([named]).parse_args(argv)


def _ended(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """End as an exception does, so that children and temporary files go first."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
