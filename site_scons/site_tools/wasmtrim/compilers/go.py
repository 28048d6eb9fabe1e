"""Standard Go: the compiler that is always available; its modules are bigger."""

from __future__ import annotations

import re

from wasmtrim.profile import Compiler
from wasmtrim.stages.job import OUT

NAME = "go"
PROGRAM = "go"
# The compiler settings that have an effect here.
FIELDS: tuple[str, ...] = ("buildmode", "tags", "define", "experiment", "inline", "bounds", "debug")

_RUNTIME = ("runtime/...", "internal/runtime/...")


def arguments(settings: Compiler) -> tuple[str, ...]:
    """Return the arguments of `go build`; the package is the folder in which it is run."""
    mode = () if settings.buildmode == "default" else (f"-buildmode={settings.buildmode}",)
    tags = (f"-tags={','.join(settings.tags)}",) if settings.tags else ()
    bare = () if settings.debug else ("-s -w",)
    defined = (f"-X {_quoted(f'{name}={value}')}" for name, value in settings.define.items())
    link = " ".join([*bare, *defined])
    flags = ("-ldflags", link) if link else ()
    fixed = ("-trimpath", "-buildvcs=false")
    return ("build", *mode, *fixed, *tags, *_of_the_compiler(settings), *flags, "-o", OUT, ".")


def _of_the_compiler(settings: Compiler) -> tuple[str, ...]:
    """Return the flags for all packages but the runtime's: the last match counts."""
    asked = (*(() if settings.inline else ("-l",)), *(() if settings.bounds else ("-B",)))
    if not asked:
        return ()
    return (f"-gcflags=all={' '.join(asked)}", *(f"-gcflags={name}=" for name in _RUNTIME))


def _quoted(word: str) -> str:
    """Quote a word for -ldflags: one kind of quotes around all of it (cmd/internal/quoted).

    A profile refuses a value that has both kinds.
    """
    if re.fullmatch(r"[\w./:@%+,=~-]+", word, re.ASCII):
        return word
    return f'"{word}"' if "'" in word else f"'{word}'"
