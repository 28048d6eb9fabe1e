"""What front and worker say to each other over their socket pair: sizes first, then bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final, Literal

REQUEST: Final = struct.Struct("<QQ")  # its number, bytes of the body
ANSWER: Final = struct.Struct("<II")  # bytes of the figures (JSON), bytes of the output
STOP: Final = struct.Struct("<Q")  # on the second socket: the number of the request to stop
PLAN: Final = struct.Struct("<II")  # the first message: bytes of the plan (JSON), of the module

Kind = Literal[
    "exit", "trap", "fuel", "memory", "output", "interface", "input", "time", "stopped", "crash"
]


@dataclass(frozen=True)
class Ending:
    """How a guest ended. `output` counts only where it exits with 0.

    Seconds are wall time: `instance` until its first function could be called, `render` until it
    ended. `memory` is its linear memory in bytes, None where nobody sees it; `fuel` is in
    instructions, None where they are not counted. `detail` is a line for the reader.
    """

    kind: Kind
    exit: int = 0
    detail: str = ""
    instance: float = 0
    render: float = 0
    memory: int | None = None
    fuel: int | None = None
    output: bytes | bytearray = b""

    @property
    def good(self) -> bool:
        """Whether there is an answer to give."""
        return self.kind == "exit" and self.exit == 0

    def figures(self) -> dict[str, Any]:
        """All but the output."""
        return {name: value for name, value in vars(self).items() if name != "output"}
