"""What a module put out, held against what the profile expects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from wasmtrim import strict_json
from wasmtrim.check import Check, failed, held
from wasmtrim.escaping import excerpt
from wasmtrim.profile import Expect
from wasmtrim.verify import given_files, picture, texts
from wasmtrim.verify.calls import other_bytes


@dataclass(frozen=True)
class Output:
    """The output in the file `stdout`, and what it is to be; `into` takes what differs."""

    expect: Expect
    stdout: Path
    into: Path


def check(outputs: Sequence[Output], root: Path) -> list[Check]:
    """Judge outputs, each by itself; the pictures are decoded together."""
    shown = [_shown(output, root) for output in outputs if output.expect.kind == "picture"]
    pictures = iter(picture.compare(shown, root))
    return [
        next(pictures) if output.expect.kind == "picture" else _check(output, root)
        for output in outputs
    ]


def _shown(output: Output, root: Path) -> picture.Shown:
    assert output.expect.picture
    expected = given_files.path(root, output.expect.picture, "smoke.expect.picture")
    return picture.Shown(output.stdout, expected, output.expect.tolerance, output.into)


def _check(output: Output, root: Path) -> Check:
    expect, stdout = output.expect, output.stdout
    match expect.kind:
        case "bytes":
            assert expect.bytes
            wanted = given_files.data(root, expect.bytes, "smoke.expect.bytes")
            return _check_bytes(wanted, stdout.read_bytes())
        case "text":
            return _check_text(expect.text or "", stdout.read_bytes())
        case _:
            return _check_json(expect.json_, stdout.read_bytes())


def _check_bytes(wanted: bytes, found: bytes) -> Check:
    if found == wanted:
        return held("output", f"{len(found)} bytes, as expected")
    return failed("output", other_bytes(wanted, found))


def _check_text(wanted: str, found: bytes) -> Check:
    if found == wanted.encode():
        return held("output", f"{len(found)} bytes of text, as expected")
    text = found.decode(errors="backslashreplace")
    expected, actual = (each.removesuffix("\n").split("\n") for each in (wanted, text))
    pairs = enumerate(zip_longest(actual, expected), 1)
    line = next((line for line, (one, other) in pairs if one != other), None)
    if line is not None:
        one, other = (
            lines[line - 1] if line <= len(lines) else None for lines in (actual, expected)
        )
    elif text != wanted:  # one of them ends with a line break, the other one without
        line = len(expected)
        one, other = (expected[-1] + "\n" * each.endswith("\n") for each in (text, wanted))
    else:
        return failed("output", other_bytes(wanted.encode(), found))
    shown, wanted_as = texts.shown(one, other)
    return failed("output", f"line {line} is {shown}, expected is {wanted_as}")


def _check_json(wanted: Any, found: bytes) -> Check:
    try:
        value = strict_json.loads(found)
    except ValueError as error:
        return failed("output", f"the output is not JSON: {excerpt(str(error))}")
    path = _json_difference(wanted, value)
    if path is None:
        return held("output", "the JSON value is as expected")
    return failed("output", f"the JSON value differs at {path}")


def _json_difference(wanted: Any, found: Any, path: str = "$") -> str | None:
    """Where two values differ, as a path from the root `$`, with both; None where they don't."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted(wanted.keys() | found.keys()):
            if key not in wanted or key not in found:
                what = "missing" if key in wanted else "not expected"
                return f"{path}.{excerpt(key, 60)}: {what}"
            difference = _json_difference(wanted[key], found[key], f"{path}.{excerpt(key, 60)}")
            if difference:
                return difference
        return None
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        rows = enumerate(zip(wanted, found, strict=True))
        steps = (_json_difference(a, b, f"{path}[{n}]") for n, (a, b) in rows)
        return next((step for step in steps if step), None)
    # In Python True is 1; in JSON it isn't.
    if wanted == found and isinstance(wanted, bool) == isinstance(found, bool):
        return None
    if isinstance(wanted, str) and isinstance(found, str):
        shown, wanted_as = texts.shown(found, wanted)
    else:
        shown, wanted_as = (excerpt(json.dumps(value), 80) for value in (found, wanted))
    return f"{path}: {shown}, expected is {wanted_as}"
