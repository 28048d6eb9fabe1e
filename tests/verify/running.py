"""One run of a module, as most tests want it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wasmtrim.engine.interfaces import frame_stream
from wasmtrim.verify import sandbox
from wasmtrim.verify.run import Run
from wasmtrim.verify.sandbox import Given


def run(
    module: Path,
    into: Path,
    *,
    stdin: Path | None = None,
    drive: Path | None = None,
    call: tuple[str, Sequence[float]] | None = None,
    **settings: Any,
) -> Run:
    """Run `_start`, or the one call, or give the file `drive` by the interface frame-stream."""
    numbers = [{"number": number} for number in call[1]] if call else []
    step = {"call": call[0], "args": numbers, "memory": None, "output": None} if call else None
    given = Given(
        into,
        stdin=drive or stdin,
        interface=frame_stream.INTERFACE.name if drive else None,
        steps=[step] if step else (),
    )
    (done,) = sandbox.run(module, [given], **settings)
    return done
