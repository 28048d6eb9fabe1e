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
        description="POST a body to /, and get what the module makes of it. It also answers"
        " /healthz, /readyz and /metrics, and writes a line of JSON for each request to standard"
        " output. SIGTERM lets the requests that are here end.",
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
        help="default: 8080; 0: any free one",
    )
    parser.add_argument(
        "--mode",
        default=DEFAULT,
        help=f"{', '.join(MODES)}; default: {DEFAULT}",
    )
    parser.add_argument(
        "--workers", type=whole(1, 1_000), metavar="N", help="processes; default: one per CPU"
    )
    parser.add_argument("--quiet", action="store_true", help="no line for each request")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until it is told to stop. Raises WasmtrimError where it cannot begin."""
    with errors.needed("serve"):
        from wasmtrim.serve import server, service

    made = service.load(args.what, Path.cwd(), mode=args.mode, workers=args.workers)
    server.run(made, args.host, args.port, log=not args.quiet)
    return 0
