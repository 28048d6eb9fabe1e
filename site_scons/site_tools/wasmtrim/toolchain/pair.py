"""TinyGo and Go must fit: each TinyGo accepts a bounded range of Go versions."""

from __future__ import annotations

import re

from wasmtrim.errors import ToolError
from wasmtrim.toolchain.locate import Tool
from wasmtrim.toolchain.pins import numbers

# From TinyGo's builder/config.go and its release notes: TinyGo since, Go from, Go to.
_ACCEPTED = (
    ((0, 33), (1, 19), (1, 23)),
    ((0, 39), (1, 19), (1, 25)),
    ((0, 40), (1, 19), (1, 26)),
    ((0, 42), (1, 25), (1, 27)),
)
_REFUSAL = re.compile(r"requires go version (\S+) through (\S+?), got go(\S+)")


def check_pair(tinygo: Tool, go: Tool) -> None:
    """Raise ToolError when it is known that this TinyGo refuses this Go.

    A TinyGo between the versions of the table, or newer, is left to say so itself.
    """
    ours = numbers(tinygo.version)[:2]
    known = [row for row in _ACCEPTED if row[0] == ours]
    if known and not known[0][1] <= numbers(go.version)[:2] <= known[0][2]:
        _, lowest, highest = known[0]
        raise ToolError(_words(tinygo.version, go.version, _dotted(lowest), _dotted(highest)))


def refused_go(tinygo: Tool, stderr: str) -> str | None:
    """Translate TinyGo's own refusal of the Go that it found; None when `stderr` has none."""
    match = _REFUSAL.search(stderr)
    return _words(tinygo.version, match[3], match[1], match[2]) if match else None


def _words(tinygo: str, go: str, lowest: str, highest: str) -> str:
    return (
        f"TinyGo {tinygo} accepts Go {lowest} to {highest}, and Go is {go}:"
        f" pin programs.go.version to a {highest} release in config/toolchain.yaml"
    )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
