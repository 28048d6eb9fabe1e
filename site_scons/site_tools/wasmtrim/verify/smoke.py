"""The smoke run: a module is run on a small known input, and what comes out is judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wasmtrim import atomic
from wasmtrim.check import Check, failed, held
from wasmtrim.engine import frame_stream
from wasmtrim.errors import UsageError
from wasmtrim.escaping import excerpt
from wasmtrim.profile import Expect, Profile, Smoke
from wasmtrim.verify import contract, limits, picture, sandbox
from wasmtrim.verify.equivalence import first_difference, same_code
from wasmtrim.verify.sandbox import Run


def run_smoke(
    module: Path,
    profile: Profile,
    compiler: str | None,
    root: Path,
    into: Path,
    *,
    before: tuple[Path, Path] | None = None,
) -> Run:
    """Run a stage's module as the profile says; `into` then holds run.json, stdout and stderr.

    `compiler` is the one that built it, None for a ready module. `root` is the project's, which
    paths in the profile start from. `before` is the module of the stage before and the folder of
    its run: where only custom sections changed since, that run is taken over. Raises UsageError
    where the profile has no smoke run or its input is missing.
    """
    smoke = profile.smoke
    if smoke is None:
        raise UsageError("the profile has no smoke run (smoke: null)")
    if before and same_code(before[0].read_bytes(), module.read_bytes()):
        for name in ("stdout", "stderr", "run.json"):
            atomic.write_bytes(into / name, (before[1] / name).read_bytes())
        return Run.read(into)
    given = _file(root, smoke.input, "smoke.input") if smoke.input else None
    if smoke.interface and given:
        try:
            frame_stream.read(given.read_bytes())
        except ValueError as error:
            raise UsageError(f"{given}: {error}; smoke.input names it") from None
    return sandbox.run(
        module,
        into,
        stdin=None if smoke.interface else given,
        drive=given if smoke.interface else None,
        run_limits=limits.of_run(profile.limits, compiler),
        start_ms=profile.clock.start_ms,
        step_ms=profile.clock.step_ms,
        now_ms=contract.allows(profile.contract, "env.now_ms"),
        call=sandbox.Call(smoke.call.export, smoke.call.args) if smoke.call else None,
    )


def check(smoke: Smoke, folder: Path, root: Path, into: Path) -> list[Check]:
    """Judge the run that lies in `folder`: how it ended, what it returned, what it wrote.

    What a run wrote that did not end as it should is not judged.
    """
    run = Run.read(folder)
    if run.kind != "exit" or run.exit != smoke.exit:
        wanted = "" if run.kind != "exit" else f"; expected is {smoke.exit}"
        return [failed("run", run.ended + wanted)]
    checks = [held("run", run.ended)]
    if smoke.call:
        checks.append(_check_returns(smoke.call.returns, run))
    if smoke.expect:
        checks.append(_check_output(smoke.expect, folder / "stdout", root, into))
    return checks


def _check_returns(wanted: tuple[int | float, ...], run: Run) -> Check:
    found = list(run.returns or ())
    if found == list(wanted):
        return held("returns", f"{found}")
    return failed("returns", f"{found}, expected are {list(wanted)}")


def _check_output(expect: Expect, stdout: Path, root: Path, into: Path) -> Check:
    match expect.kind:
        case "picture":
            expected = _file(root, expect.picture, "smoke.expect.picture")
            return picture.compare(stdout, expected, expect.tolerance, root, into)
        case "bytes":
            wanted = _file(root, expect.bytes, "smoke.expect.bytes").read_bytes()
            return _check_bytes(wanted, stdout.read_bytes())
        case "text":
            return _check_text(expect.text or "", stdout.read_bytes())
        case "json":
            return _check_json(expect.json_, stdout.read_bytes())


def _check_bytes(wanted: bytes, found: bytes) -> Check:
    if found == wanted:
        return held("output", f"{len(found)} bytes, as expected")
    at = first_difference(wanted, found)
    return failed(
        "output",
        f"{len(found)} bytes, expected are {len(wanted)}; the first that differs is byte {at}:"
        f" {_byte(found, at)}, expected is {_byte(wanted, at)}",
    )


def _byte(data: bytes, at: int) -> str:
    return f"{data[at]:#04x}" if at < len(data) else "the end"


def _check_text(wanted: str, found: bytes) -> Check:
    if found == wanted.encode():
        return held("output", f"{len(found)} bytes of text, as expected")
    expected, actual = wanted.splitlines(), found.decode(errors="replace").splitlines()
    pairs = enumerate(zip(expected, actual, strict=False))
    line = next((n for n, (a, b) in pairs if a != b), min(len(expected), len(actual)))
    return failed(
        "output",
        f"line {line + 1} is {_line(actual, line)}, expected is {_line(expected, line)}",
    )


def _line(lines: list[str], number: int) -> str:
    return f'"{excerpt(lines[number], 120)}"' if number < len(lines) else "missing"


def _check_json(wanted: Any, found: bytes) -> Check:
    try:
        value = json.loads(found)
    except (ValueError, RecursionError) as error:
        return failed("output", f"the output is no JSON: {excerpt(str(error))}")
    path = _json_difference(wanted, value)
    if path is None:
        return held("output", "the JSON value is as expected")
    return failed("output", f"the JSON value differs at {excerpt(path)}")


def _json_difference(wanted: Any, found: Any, path: str = "$") -> str | None:
    """Where two values differ, as a path from the root `$`, with both; None where they don't."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted(wanted.keys() | found.keys()):
            if key not in wanted or key not in found:
                return f"{path}.{key}: {'missing' if key in wanted else 'not expected'}"
            difference = _json_difference(wanted[key], found[key], f"{path}.{key}")
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
    return f"{path}: {_value(found)}, expected is {_value(wanted)}"


def _value(value: Any) -> str:
    return excerpt(json.dumps(value, ensure_ascii=False), 80)


def _file(root: Path, path: Any, key: str) -> Path:
    file: Path = root / path
    if not file.is_file():
        raise UsageError(f"{file}: no such file; {key} names it")
    return file
