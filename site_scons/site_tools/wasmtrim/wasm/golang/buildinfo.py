"""Which Go modules a program by standard Go was built from, as its own data says.

The linker writes the text that `go version -m` prints into `runtime.modinfo`, between two marks
(cmd/go/internal/modload/build.go); strip and wasm-opt leave it as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

_START = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
_END = bytes.fromhex("f932433186182072008242104116d8f2")
_MOST = 4 << 20  # bytes of text


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """The path of the package main, the module that it is of, and the modules that this needs."""

    path: str
    main: str
    dependencies: tuple[str, ...]


def read(data: bytes) -> BuildInfo | None:
    """Read it from a module's bytes; None where it isn't there, or names no module."""
    start = data.find(_START)
    end = data.find(_END, start, start + _MOST) if start >= 0 else -1
    if end < 0:
        return None
    path = main = ""
    dependencies = []
    for line in data[start + len(_START) : end].decode(errors="replace").split("\n"):
        kind, _, rest = line.partition("\t")
        name = rest.partition("\t")[0]
        if kind == "path":
            path = name
        elif kind == "mod":
            main = name
        elif kind == "dep":
            dependencies.append(name)
    return BuildInfo(path, main, tuple(dependencies)) if main else None
