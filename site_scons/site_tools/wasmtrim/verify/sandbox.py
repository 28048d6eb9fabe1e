"""One run of an untrusted module, in a child process that is ended by wall clock.

However it ends, the outcome is a value: a `Run`, never an exception.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from wasmtrim import atomic
from wasmtrim.engine.__main__ import ADDRESS_SPACE_BYTES
from wasmtrim.engine.answer import FIELDS
from wasmtrim.escaping import excerpt
from wasmtrim.verify import child
from wasmtrim.wasm.types import PAGE_BYTES

Kind = Literal[
    "exit",
    "trap",
    "interface",
    "fuel",
    "memory",
    "output",
    "time",
    "blocked",
    "compile",
    "instance",
    "crash",
]
COMPILE_SECONDS = 60
MOST_MEMORY = 512 << 20  # half of the address space; the rest is the engine's and its code's
MOST_FUEL = 1 << 62
SAID_BYTES = 2_000

_NO_ADDRESSES = f"it and its engine need more than {ADDRESS_SPACE_BYTES >> 30} GiB of memory"
_GRACE_SECONDS = 1.0  # the child watches its own time; the parent ends one that no longer can


@dataclass(frozen=True)
class RunLimits:
    """What a run may use: instructions, bytes of linear memory, table elements, seconds, bytes."""

    fuel: int = MOST_FUEL
    memory: int = MOST_MEMORY
    table: int = 1_000_000
    seconds: float = 10
    output: int = 16 << 20


@dataclass(frozen=True)
class Call:
    """A call of an export, in place of a run of `_start`."""

    export: str
    args: tuple[int | float, ...]


@dataclass(frozen=True)
class Run:
    """How a run ended. Figures are None where the module did not come so far.

    `fuel` is in instructions, `pages` is the size of the exported memory at the end. `said` is the
    beginning of stderr, in one line and without control characters. Stdout itself lies in a file.
    """

    kind: Kind
    detail: str
    exit: int | None
    fuel: int | None
    pages: int | None
    returns: tuple[int | float | str, ...] | None
    stdout_bytes: int
    stdout_sha256: str
    said: str

    @property
    def ended(self) -> str:
        """How it ended, in one line; text that comes from the module is printable."""
        if self.kind == "exit" and self.exit == 0:
            return "exit status 0"
        line = f"exit status {self.exit}" if self.kind == "exit" else ""
        said = f"its stderr: {self.said}" if self.said else ""
        return "; ".join(part for part in (line, self.detail, said) if part)

    def write(self, folder: Path) -> None:
        """Write it as `run.json`, beside the files `stdout` and `stderr`."""
        atomic.write_text(folder / "run.json", json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> Run:
        """Read what `write` wrote."""
        content = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if content["returns"] is not None:
            content["returns"] = tuple(content["returns"])
        return cls(**{field.name: content[field.name] for field in fields(cls)})


def run(
    module: Path,
    into: Path,
    *,
    stdin: Path | None = None,
    run_limits: RunLimits = RunLimits(),
    start_ms: int = 0,
    step_ms: int = 1,
    now_ms: bool = False,
    call: Call | None = None,
    drive: Path | None = None,
) -> Run:
    """Run a module once; `into` then holds `stdout`, `stderr` and `run.json`.

    The clock shows `start_ms` first and goes on by `step_ms` at each reading; `now_ms` provides
    the import `env.now_ms`. `drive` is a file that is given by the calls of the interface
    frame-stream, in place of stdin; `stdout` then holds what they give. Raises ToolError where
    the child process cannot be started.
    """
    with (
        atomic.replacing(into / "stdout") as stdout,
        atomic.replacing(into / "stderr") as stderr,
    ):
        stdout.touch()
        stderr.touch()
        task = {
            "module": str(module.absolute()),
            "stdin": os.devnull if stdin is None else str(stdin.absolute()),
            "stdout": str(stdout.absolute()),
            "stderr": str(stderr.absolute()),
            "compile_seconds": COMPILE_SECONDS,
            "clock": {"start_ms": start_ms, "step_ms": step_ms},
            "now_ms": now_ms,
            "call": asdict(call) if call else None,
            "drive": str(drive.absolute()) if drive else None,
            **asdict(run_limits),
            "memory": min(run_limits.memory, MOST_MEMORY),
            "fuel": min(run_limits.fuel, MOST_FUEL),
        }
        answer = _ask(task)
        kind, detail = _ending(answer, run_limits, stdout.stat().st_size + stderr.stat().st_size)
        with stdout.open("rb") as out:
            digest = hashlib.file_digest(out, "sha256").hexdigest()
        with stderr.open("rb") as err:
            said = excerpt(err.read(SAID_BYTES).decode(errors="replace"))
        result = Run(
            kind=kind,
            detail=detail,
            exit=answer["exit"],
            fuel=answer["fuel"],
            pages=answer["pages"],
            returns=None if answer["returns"] is None else tuple(answer["returns"]),
            stdout_bytes=stdout.stat().st_size,
            stdout_sha256=digest,
            said=said,
        )
    result.write(into)
    return result


def _ask(task: dict[str, Any]) -> dict[str, Any]:
    """Run the child process; where it ends without an answer, make one that says how."""
    seconds = task["compile_seconds"] + task["seconds"] + _GRACE_SECONDS
    nothing: dict[str, Any] = dict.fromkeys(FIELDS)
    ended = child.ask("../engine/__main__.py", task, seconds)
    if ended is None:
        return {"kind": "crash", "detail": f"the engine did not end after {seconds:g} s", **nothing}
    if ended.status == 0:
        answer: dict[str, Any] = json.loads(ended.stdout)
        return answer
    last = excerpt(ended.said.splitlines()[-1] if ended.said else "no word on stderr")
    if "memory allocation of" in ended.said:
        return {"kind": "memory", "detail": _NO_ADDRESSES, **nothing}
    return {"kind": "crash", "detail": f"the engine crashed, {ended.ended}: {last}", **nothing}


def _ending(answer: dict[str, Any], run_limits: RunLimits, output: int) -> tuple[Kind, str]:
    """Say in one line how it ended, or which bound ended it."""
    kind, detail = answer["kind"], answer["detail"]
    if output > run_limits.output:
        return "output", f"it prints without end: more than {run_limits.output:,} bytes"
    match kind:
        case "trap":
            detail = f"trap: {detail}"
        case "fuel":
            detail = f"it loops, or needs more than {run_limits.fuel:,} instructions"
        case "time":
            detail = f"it loops, or needs more than {run_limits.seconds:g} s"
        case "blocked":
            detail = f"it blocks in a host call: no end after {run_limits.seconds:g} s"
        case "compile":
            detail = f"compiling it takes more than {COMPILE_SECONDS} s"
        case "instance":
            detail = f"no instance: {detail}"
    first, pages = answer["first_pages"], answer["pages"]
    most = min(run_limits.memory, MOST_MEMORY) // PAGE_BYTES
    if kind in ("exit", "trap", "fuel") and pages is not None and first < pages > most // 2:
        # A module that asked for more than it got need not have come to the last page.
        grown = f"its memory grew to {pages} of the {most} pages that it may have"
        if kind != "exit" and pages == most:
            return "memory", f"it allocates without end: {grown}; then {detail}"
        detail = f"{detail}; {grown}" if detail else grown
    return kind, detail
