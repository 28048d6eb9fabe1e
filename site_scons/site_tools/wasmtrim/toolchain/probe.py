"""What a program says it is: its version, asked once and remembered until its file changes."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasmtrim import atomic, process
from wasmtrim.errors import ToolError

SECONDS = 30.0  # a cold Node on a loaded machine takes a few


@dataclass(frozen=True)
class _Question:
    arguments: tuple[str, ...]
    answer: re.Pattern[str]


_QUESTIONS = {
    "tinygo": _Question(("version",), re.compile(r"^tinygo version (\d\S*)")),
    "go": _Question(("version",), re.compile(r"^go version go(\d\S*)")),
    "wasm-opt": _Question(("--version",), re.compile(r"^wasm-opt version (\d\S*)")),
    "wasm-metadce": _Question(("--version",), re.compile(r"^wasm-metadce version (\d\S*)")),
    "wasm-strip": _Question(("--version",), re.compile(r"^(\d+\.\d+\S*)")),
    "wasm-tools": _Question(("--version",), re.compile(r"^wasm-tools (\d\S*)")),
    "node": _Question(("--version",), re.compile(r"^v(\d\S*)")),
    "npm": _Question(("--version",), re.compile(r"^(\d+\.\d+\S*)")),
}
# `go version` in a folder whose go.mod names another toolchain would fetch and run that one.
FIXED = {"GOTOOLCHAIN": "local", "GOENV": "off", "GOFLAGS": "", "GOWORK": "off"}


@dataclass(frozen=True)
class Answer:
    """`digest` is the sha256, in hex, of the program's file; what runs it (Node) is not in it."""

    version: str
    digest: str


class Answers:
    """The answers of programs, kept in a file: a build with nothing to do runs no program."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            read = json.loads(file.read_bytes())
            self._kept = read if isinstance(read, dict) else {}

    def of(self, program: str, argv: Sequence[str], env: Mapping[str, str]) -> Answer:
        """Return the version and the digest of `argv`, which must be `program`.

        `argv` is absolute paths: of the program, or of what runs it and the program; `env` is
        what it needs over our own environment.

        Raises ToolError when the program can't be run, fails, hangs or is another one.
        """
        files = [Path(word) for word in argv]
        key = "\0".join([program, *argv])
        identity = [_identity(file) for file in files]
        known = self._kept.get(key)
        if isinstance(known, list) and len(known) == 3 and known[0] == identity:
            return Answer(str(known[1]), str(known[2]))
        version = _ask(program, argv, env)
        with files[-1].open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        answer = Answer(version, digest)
        self._kept[key] = [identity, answer.version, answer.digest]
        self._save()
        return answer

    def _save(self) -> None:
        self._kept = {
            key: value
            for key, value in self._kept.items()
            if all(Path(word).exists() for word in key.split("\0")[1:])
        }
        with suppress(OSError):  # where nothing can be kept, the programs are asked again
            atomic.write_text(self._file, json.dumps(self._kept))


def _identity(file: Path) -> list[int]:
    try:
        stat = file.stat()
    except OSError as error:
        raise ToolError(f"{file}: cannot be read: {error.strerror}") from None
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev]


def _ask(program: str, argv: Sequence[str], env: Mapping[str, str]) -> str:
    question = _QUESTIONS[program]
    asked = (*argv, *question.arguments)
    ended = process.run(asked, timeout=SECONDS, env={**os.environ, **FIXED, **env})
    if ended.status != 0:
        said = f": {_line(ended.said)}" if ended.said else ""
        raise ToolError(f"{process.shown(asked)} failed with {ended.ended}{said}")
    answer = question.answer.search(ended.stdout.decode(errors="replace"))
    if answer is None:
        said = f"{_line(ended.said)!r}" if ended.said else "nothing"
        told = f"prints {said}, which is not a version of {program}"
        raise ToolError(f"{process.shown(asked)} {told}")
    return answer[1]


def _line(text: str) -> str:
    first = text.splitlines()[0]
    return first if len(first) <= 120 else f"{first[:117]}..."
