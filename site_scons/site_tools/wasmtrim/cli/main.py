"""The command `wasmtrim`: reads the arguments, runs the subcommand, turns failures into words."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from wasmtrim import __version__
from wasmtrim.errors import WasmtrimError

# In the order of `wasmtrim --help`; each is a module here, imported when it is asked for.
COMMANDS = {
    "doctor": "which programs there are, where from, in which version",
    "sizes": "where every byte of a module went",
    "why": "why a function or a package is in a module",
    "verify": "prove in wasmtime that a module keeps a profile's contract",
    "compare": "what changed in size between two modules",
    "profile": "a profile as it is after what it extends, and where each value came from",
    "toolchain": "what lies in the cache of fetched programs",
    "reproduce": "make the release again in a temporary clone, and compare every byte",
    "history": "the sizes of earlier builds",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status: 0 good, 1 a check fails, 2 request, 3 tool."""
    signal.signal(signal.SIGTERM, _ended)
    try:
        args = _parser(sys.argv[1:] if argv is None else argv)
        status: int = args.run(args)
        sys.stdout.flush()
    except WasmtrimError as error:
        print(f"wasmtrim: {error}", file=sys.stderr)
        return error.status
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"wasmtrim: {where}{error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return status


def _parser(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="wasmtrim",
        description="The smallest WebAssembly module that still works, and where every byte went.",
        epilog="Exit status: 0 all holds; 1 a check, budget or contract fails;"
        " 2 the request or the configuration is wrong; 3 a tool is missing or failed.",
    )
    parser.add_argument("--version", action="version", version=f"wasmtrim {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    named = next((word for word in argv if word in COMMANDS), None)
    for name, line in COMMANDS.items():
        if name == named:
            importlib.import_module(f"wasmtrim.cli.{name}").add(commands)
        else:
            commands.add_parser(name, help=line)  # named in the help only
    return parser.parse_args(argv)


def _ended(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """End as an exception does, so that children and temporary files go first."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
