"""TinyGo: the compiler that profiles ask for first."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from wasmtrim.process import Finished
from wasmtrim.profile import Compiler
from wasmtrim.stages.job import OUT

NAME = "tinygo"
PROGRAM = "tinygo"

_TARGET_FIELDS = ("target", "gc", "scheduler", "panic", "opt", "stack_size")
FIELDS: tuple[str, ...] = (
    *_TARGET_FIELDS,
    "buildmode",
    "tags",
    "define",
    "experiment",
    "bounds",
    "debug",
)  # the compiler settings that have an effect here
COMPONENT_TARGET = "wasip2"  # TinyGo makes a component for it, with wasm-tools
# Standard Go's way to leave out the symbol table and DWARF.
BARE = "-s -w"
_REFUSED = "flag provided but not defined: -s"

REFUSAL_NOTE = (
    'this TinyGo takes no -ldflags "-s -w", so it built without; nothing is lost:'
    " -no-debug leaves DWARF out, and strip cuts the names"
)

DEBUG_NOTE = (
    "TinyGo's debug information holds paths of this machine (it has no -trimpath): elsewhere the"
    " sections .debug_* have other bytes, code and data have the same"
)


# A stand-in for wasm-opt that copies its input to its output. TinyGo asks for its version first
# (goenv/goenv.go), and calls it as `wasm-opt -Oz -g IN --output OUT` (builder/build.go).
COPIES = """\
#!/bin/sh
[ "$1" = --version ] && exec echo wasm-opt version 999
for word; do
  case $word in -*) ;; *) from=$into into=$word ;; esac
done
exec cp "$from" "$into"
"""


def arguments(settings: Compiler, *, bare: bool, linker_map: Path | None = None) -> tuple[str, ...]:
    """Return the arguments of `tinygo build`; the package is the folder in which it is run.

    `bare`: with `-ldflags "-s -w"`, which a TinyGo may refuse. A target is always given: without
    one TinyGo builds for the browser. `-work` keeps what its linker made before its own wasm-opt.
    wasm-ld writes its map to the file `linker_map`.
    """
    mode = [] if settings.buildmode == "default" else [f"-buildmode={settings.buildmode}"]
    tags = [f"-tags={' '.join(settings.tags)}"] if settings.tags else []
    bounds = [] if settings.bounds else ["-nobounds"]
    debug = [] if settings.debug else ["-no-debug"]
    # It reads -ldflags as a shell reads words (main.go, parseGoLinkFlag).
    defined = (f"-X {shlex.quote(f'{name}={value}')}" for name, value in settings.define.items())
    link = " ".join([*([BARE] if bare and not settings.debug else ()), *defined])
    if linker_map:  # which TinyGo reads as a shell does, twice
        link = f"{link} -extldflags {shlex.quote(shlex.quote(f'-Map={linker_map}'))}".lstrip()
    flags = ["-ldflags", link] if link else []
    asked = (*_target(settings), *mode, *tags, *bounds, *debug, *flags)
    return ("build", *asked, "-work", "-o", OUT, ".")


# What `tinygo env` is asked for: where the sources are that aren't the program's own.
ROOTS = ("TINYGOROOT", "GOROOT", "GOPATH")


def info_arguments(settings: Compiler) -> tuple[str, ...]:
    """Return the arguments by which TinyGo prints the GOOS, GOARCH and tags of these settings."""
    return ("info", "-json", *_target(settings))


def _target(settings: Compiler) -> list[str]:
    values = settings.model_dump(include=set(_TARGET_FIELDS), exclude_none=True)
    if "stack_size" in values:
        values["stack_size"] = f"{settings.stack_size}B"  # TinyGo refuses a number without unit
    return [
        f"-{field.replace('_', '-')}={values[field]}" for field in _TARGET_FIELDS if field in values
    ]


def refused_bare(finished: Finished) -> bool:
    """Return whether TinyGo ended because it does not know `-ldflags "-s -w"`.

    Every release up to 0.42 parses -ldflags with a flag set of its own that knows `-X` and
    `-extldflags`, and ends with status 2 and the flag package's words.
    """
    return finished.status == 2 and _REFUSED in finished.said


def excluded(finished: Finished) -> bool:
    """Return whether TinyGo ended because build constraints exclude all files of the program.

    It prints the package and not the reason (diagnostics/diagnostics.go).
    """
    return finished.status == 1 and re.fullmatch(r"package \S+\s*", finished.said) is not None


def linked(temporary: Path) -> Path | None:
    """Find what `-work` left of the module before TinyGo's own wasm-opt, below its TMPDIR.

    `main` in TinyGo's work folder; `main.pre-wasm-opt` up to 0.33 (builder/build.go). None where
    the target has no wasm-opt of TinyGo's own.
    """
    for name in ("*.pre-wasm-opt", "main"):
        for file in temporary.glob(f"tinygo*/{name}"):
            with file.open("rb") as opened:
                if opened.read(4) == b"\0asm":
                    return file
    return None
