"""Runs the analyzer, our Go program: built once by the pinned Go, bounded, told of the rules.

The code that it reads is a stranger's. `go list` and the type checker run nothing of it: cgo, a
toolchain that go.mod names, go.work, a driver for go/packages and all settings of the user's that
start a program are off.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from wasmtrim import atomic, process
from wasmtrim.assess.facts import Facts, Invalid, parse
from wasmtrim.assess.rules import Rules, Target
from wasmtrim.compilers import environment
from wasmtrim.errors import CheckError, ToolError, UsageError
from wasmtrim.toolchain import newer_go
from wasmtrim.toolchain.locate import Tool

SECONDS: Final = 600.0
MOST_FINDINGS: Final = 10_000
_SOURCES = Path(__file__).parent / "analyzer"
MEMORY_BYTES: Final = 4 << 30  # of each process
_COLLECTED = "1600MiB"  # from here on Go's collector works harder
_NO_MEMORY = ("out of memory", "cannot allocate memory", "failed to create new OS thread")
_MILLISECOND = 1_000_000
_SHOWN = 10  # messages of a module that does not build

# The platform that the code runs on today; one for all machines, so that they judge alike.
TODAY: Final = ("linux", "amd64")
_TINYGO_TAGS = ["tinygo", "tinygo.wasm", "purego", "osusergo", "math_big_pure_go"]
_PLATFORMS: dict[Target, tuple[str, str, list[str]]] = {
    "wasip1": ("wasip1", "wasm", []),
    "wasip2": ("wasip1", "wasm", []),  # no Go compiler has a GOOS of it; TinyGo's says linux
    "tinygo": ("wasip1", "wasm", _TINYGO_TAGS),
    "browser": ("js", "wasm", []),
}


def platform(target: Target) -> str:
    """GOOS/GOARCH that the code is read for, beside today's."""
    goos, goarch, _ = _PLATFORMS[target]
    return f"{goos}/{goarch}"


def analyze(
    folder: Path,
    patterns: list[str],
    target: Target,
    rules: Rules,
    go: Tool,
    *,
    root: Path,
    cache: Path,
    say: Callable[[str], None],
) -> Facts:
    """Ask the analyzer about the packages `patterns` in `folder`; `root` is what files are told
    relative to.

    Raises CheckError where the code does not build for today's platform, UsageError where
    there is no Go code, ToolError where the analyzer can't be built, fails, or hits a bound.
    """
    program = _program(go, cache, say)
    goos, goarch, tags = _PLATFORMS[target]
    today = {"goos": TODAY[0], "goarch": TODAY[1], "tags": []}
    question = {
        "root": str(root.resolve()),
        "folder": str(folder.resolve()),
        "patterns": patterns,
        "targets": [today, {"goos": goos, "goarch": goarch, "tags": tags}],
        "most": MOST_FINDINGS,
        **_rules(rules),
    }
    with atomic.folder(cache, "assess") as work:
        try:
            finished = process.run(
                [str(program)],
                timeout=SECONDS,
                env={**_environment(go, work), "GOMEMLIMIT": _COLLECTED},
                cwd=work,
                stdin=json.dumps(question).encode(),
                memory=MEMORY_BYTES,
                whole=True,
            )
        except process.NoEnd:
            raise ToolError(
                f"{folder}: not read to the end within {SECONDS:g} s; assess one package at a time"
            ) from None
    if finished.status != 0:
        raise _failure(folder, finished)
    try:
        facts = parse(finished.stdout)
    except ValueError as error:
        raise ToolError(f"{program}: no answer: {error}; remove it, it is built again") from None
    _refuse_broken(folder, facts)
    return facts


def _rules(rules: Rules) -> dict[str, Any]:
    durations = {
        name: {
            "rule": key,
            "argument": argument,
            "below": rule.shorter_than_ms * _MILLISECOND,
        }
        for key, rule in rules.rules.items()
        for name, argument in rule.durations.items()
    }
    return {
        "functions": rules.named("functions"),
        "types": rules.named("types"),
        "packages": rules.named("packages"),
        "periods": durations,
        "paths": rules.named("below"),
        "syntax": rules.by_syntax(),
    }


def _environment(go: Tool, work: Path) -> dict[str, str]:
    fixed = environment.fixed([Path(go.argv[0]).parent], work)
    for name in ("GOOS", "GOARCH", "GOWASM"):
        fixed.pop(name)
    return {**fixed, **go.env, "GOPACKAGESDRIVER": "off"}


def _failure(folder: Path, finished: process.Finished) -> Exception:
    said = finished.said
    if finished.status < 0 or any(words in said for words in _NO_MEMORY):
        bound = f"{MEMORY_BYTES >> 20} MiB of memory"
        return ToolError(f"{folder}: not read within {bound}; assess one package at a time")
    lines = [line for line in said.splitlines() if line.strip()][:_SHOWN]
    words = "\n  ".join(line.removeprefix("err: exit status 1: stderr: ") for line in lines)
    return UsageError(f"{folder}: go list: {words}")


def _refuse_broken(folder: Path, facts: Facts) -> None:
    """Raise where there is nothing to judge. What only misses its cgo files is no fault."""
    today = facts.platforms[0]
    if not facts.module:
        said = "".join(f"\n  {error.message}" for error in today.errors[:1])
        raise UsageError(f"{folder}: no Go packages of a module; name a folder with a go.mod{said}")
    wrong = [error for error in today.errors if not error.cgo]
    if not wrong:
        return
    shown = "\n".join(f"  {_told(error)}" for error in wrong[:_SHOWN])
    more = f"\n  and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    raise CheckError(
        f"{folder}: does not build for {today.name}, so there is no verdict;"
        f" `go build ./...` must succeed first\n{shown}{more}"
    )


def _told(error: Invalid) -> str:
    place = f"{error.file}:{error.line}: " if error.line else f"{error.package}: "
    return f"{place}{error.message}"


def _program(go: Tool, cache: Path, say: Callable[[str], None]) -> Path:
    """The analyzer, built with this Go from these sources; built now where it isn't there."""
    from filelock import FileLock

    digest = hashlib.sha256(go.digest.encode())
    sources = sorted(p for p in _SOURCES.iterdir() if p.suffix in (".go", ".mod", ".sum"))
    for source in sources:
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    folder = cache / "analyzer" / digest.hexdigest()[:16]
    program = folder / "analyzer"
    if program.is_file():
        return program
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if not program.is_file():
            say("wasmtrim: building the analyzer of Go code, once")
            _build(go, program)
    return program


def _build(go: Tool, program: Path) -> None:
    with atomic.replacing(program) as fresh:
        env = {**_environment(go, fresh.parent), "GOFLAGS": "-mod=readonly"}
        argv = [*go.argv, "build", "-trimpath", "-buildvcs=false", "-o", str(fresh), "."]
        finished = process.run(argv, timeout=SECONDS, env=env, cwd=_SOURCES)
        if finished.status != 0:
            if words := newer_go(finished.said):
                raise ToolError(f"the analyzer of Go code: {words}")
            proxy = os.environ.get("GOPROXY", "https://proxy.golang.org")
            raise ToolError(
                f"the analyzer of Go code can't be built with Go {go.version}: {finished.said}\n"
                f"  it needs golang.org/x/tools from {proxy}, once; then none of the network"
            )
