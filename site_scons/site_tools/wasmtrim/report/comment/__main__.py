"""`python -m wasmtrim.report.comment github|gitlab|print REPORT [JUDGEMENT...]`, for CI jobs."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from wasmtrim import broken_pipe
from wasmtrim.errors import UsageError, WasmtrimError
from wasmtrim.report import comment
from wasmtrim.report.comment import github, gitlab

# `print` gives the comment itself, for the summary of a job.
HOSTS: dict[str, comment.Post] = {
    "github": github.post,
    "gitlab": gitlab.post,
    "print": lambda text, _marker, _environ: text,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Post the comment, say where; the exit status of the failure if it is not there."""
    parser = argparse.ArgumentParser(prog="python -m wasmtrim.report.comment", description=__doc__)
    parser.add_argument("host", choices=HOSTS)
    parser.add_argument("report", type=Path, metavar="REPORT", help="dist/report/report.json")
    parser.add_argument(
        "results",
        type=Path,
        nargs="*",
        metavar="JUDGEMENT",
        help="what `wasmtrim compare --base … --format json` printed for a profile",
    )
    parser.add_argument("--key", default="report", help="tells the comments of several jobs apart")
    args = parser.parse_args(argv)
    try:
        if not re.fullmatch(r"[\w.-]{1,100}", args.key, re.ASCII):
            raise UsageError(f"--key {args.key}: letters, digits, . _ and - only")
        marker = comment.marker(args.key)
        results = [comment.read_result(file) for file in args.results]
        text = comment.body(comment.read_report(args.report), results, marker)
        with broken_pipe.tolerated():
            print(HOSTS[args.host](text, marker, os.environ))
    except WasmtrimError as error:
        print(f"wasmtrim: {error}", file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
