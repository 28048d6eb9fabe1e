"""Standard Go: the compiler that is always available; its modules are bigger."""

from __future__ import annotations

from wasmtrim.profile import Compiler
from wasmtrim.stages.job import OUT

NAME = "go"
PROGRAM = "go"
FIELDS: tuple[str, ...] = ("buildmode", "tags", "debug")  # of the compiler settings, what it heeds


def arguments(settings: Compiler) -> tuple[str, ...]:
    """Give the arguments of `go build`; the package is the folder in which it is run."""
    mode = () if settings.buildmode == "default" else (f"-buildmode={settings.buildmode}",)
    tags = (f"-tags={','.join(settings.tags)}",) if settings.tags else ()
    bare = () if settings.debug else ("-ldflags", "-s -w")
    return ("build", *mode, "-trimpath", "-buildvcs=false", *tags, *bare, "-o", OUT, ".")
