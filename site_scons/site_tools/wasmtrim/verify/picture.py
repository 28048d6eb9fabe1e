"""The picture that a module made, judged against the expected one in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

from wasmtrim import atomic
from wasmtrim.verify import child
from wasmtrim.verify.check import Check
from wasmtrim.verify.guest_process import printable

SECONDS = 60
DIFFERENCE = "difference.png"


def compare(actual: Path, expected: Path, tolerance: int, root: Path, into: Path) -> Check:
    """Compare frame count, size, each delay, loop and every frame's pixels.

    Where pixels differ, `into/difference.png` shows expected, actual and difference; the check
    names it as seen from `root`.
    """
    into.mkdir(parents=True, exist_ok=True)
    difference = into / DIFFERENCE
    difference.unlink(missing_ok=True)
    with atomic.folder(into, ".picture.") as beside:
        fresh = beside / DIFFERENCE
        request = {
            "actual": str(actual.absolute()),
            "expected": str(expected.absolute()),
            "tolerance": tolerance,
            "difference": str(fresh.absolute()),
        }
        ended = child.ask("picture_process.py", request, SECONDS)
        shown = fresh.is_file()
        if shown:
            atomic.write_bytes(difference, fresh.read_bytes())
    if ended is None:
        return Check("output", False, f"decoding it takes more than {SECONDS} s")
    if ended.status:
        last = ended.said.splitlines()[-1] if ended.said else ""
        return Check("output", False, f"the decoder ended with {ended.ended}: {printable(last)}")
    answer = json.loads(ended.stdout)
    detail = printable(answer["detail"])
    if shown:
        path = difference.relative_to(root) if difference.is_relative_to(root) else DIFFERENCE
        detail += f"; {path} shows expected, actual and difference"
    return Check("output", not answer["fault"], detail)
