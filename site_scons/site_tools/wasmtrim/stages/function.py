"""Runs a stage that is a function of ours: in a process with limits, as modules are hostile."""

from __future__ import annotations

import dataclasses
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasmtrim import atomic, process
from wasmtrim.errors import CheckError, ToolError
from wasmtrim.stages import __main__ as child
from wasmtrim.stages.job import IN, OUT, Settings, Transformed, Unchanged

MEMORY_BYTES = 4 << 30
# A library that would start threads takes memory for each.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


@dataclass(frozen=True)
class Ended:
    """What came out, and how long it took in seconds."""

    result: Transformed | Unchanged
    seconds: float


def run(name: str, settings: Settings, before: bytes, *, timeout: float, folder: Path) -> Ended:
    """Call `transform` of the stage `name`. `folder` is for its files; `timeout` is in seconds.

    Raises CheckError where `before` is no module that it takes, ToolError where it fails, or has
    no end in time.
    """
    with atomic.folder(folder, name) as work:
        (work / IN).write_bytes(before)
        argv = [sys.executable, "-I", "-S", "-B", child.__file__]
        task = {
            "sys_path": [str(Path(entry).absolute()) for entry in sys.path if entry],
            "stage": name,
            "settings": dataclasses.asdict(settings),
        }
        try:
            finished = process.run(
                argv,
                cwd=work.resolve(),
                env=_ENVIRONMENT,
                stdin=json.dumps(task).encode(),
                timeout=timeout,
                memory=MEMORY_BYTES,
                whole=True,
            )
        except process.NoEnd:
            raise ToolError(f"{name}: no end after {timeout:g} s") from None
        if finished.status != 0:
            said = finished.said.splitlines()
            last = said[-1] if said else "no word on stderr"
            raise ToolError(f"{name}: {finished.ended}: {last}")
        answer: dict[str, Any] = json.loads(finished.stdout)
        if "failed" in answer:
            error = CheckError if answer["status"] == CheckError.status else ToolError
            raise error(f"{name}: {answer['failed']}")
        if "unchanged" in answer:
            return Ended(Unchanged(answer["unchanged"]), finished.seconds)
        after = (work / OUT).read_bytes()
        return Ended(Transformed(after, tuple(answer["notes"])), finished.seconds)
