"""`wasmtrim serve`: a module answers requests over HTTP."""

from __future__ import annotations

import argparse
from pathlib import Path

from wasmtrim import errors
from wasmtrim.cli import Subparsers, whole
from wasmtrim.serve.modes import DEFAULT, MODES


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "serve",
        help="serve a module over HTTP",
        description="Answer each POST to / with what the module makes of the body. The server also"
        " answers /healthz, /readyz and /metrics, and writes a line of JSON per request to standard"
        " output. On SIGTERM it finishes the requests that it has, then ends.",
    )
    parser.add_argument(
        "what", metavar="PROFILE|MODULE", help="a profile that was released, or a .wasm file"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on; default: 127.0.0.1"
    )
    parser.add_argument(
        "--port",
        type=whole(0, 65_535),
        default=8080,
        metavar="N",
        help="the port to listen on, 0 for any free one; default: 8080",
    )
    parser.add_argument(
        "--mode",
        default=DEFAULT,
        help=f"how an instance is made: {', '.join(MODES)}; default: {DEFAULT}",
    )
    parser.add_argument(
        "--workers",
        type=whole(1, 1_000),
        metavar="N",
        help="worker processes; default: one per CPU",
    )
    parser.add_argument("--quiet", action="store_true", help="do not log requests")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until it is told to stop. Raises WasmtrimError where it cannot begin."""
    with errors.needed("serve"):
        from wasmtrim.serve import server, service

    made = service.load(args.what, Path.cwd(), mode=args.mode, workers=args.workers)
    server.run(made, args.host, args.port, log=not args.quiet)
    return 0
