"""A small Go program, and a `go` that counts how often it is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim.compilers import environment
from wasmtrim.compilers.sources import Question
from wasmtrim.toolchain import Locator

FILES = {
    "go.mod": "module example.com/guest\n\ngo 1.22\n",
    "cmd/hello/main.go": """\
package main

import (
\t_ "embed"

\t"example.com/guest/word"
)

//go:embed data/greeting.txt
var greeting string

func main() { println(greeting + word.Of()) }
""",
    "cmd/hello/data/greeting.txt": "hello ",
    "word/word.go": 'package word\n\nfunc Of() string { return "world\\n" }\n',
    "word/word_test.go": "package word\n",
    "word/native.go": "//go:build !wasip1\n\npackage word\n",
    "word/tagged.go": "//go:build tagged\n\npackage word\n",
    "other/other.go": "package other\n",
}


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def guest(tmp_path: Path) -> Path:
    """The folder of a Go module with the program cmd/hello."""
    write(tmp_path / "guest", FILES)
    return tmp_path / "guest"


@pytest.fixture
def ask(tmp_path: Path, locator: Locator) -> Callable[..., Question]:
    """Makes the question for a program's files; each `go list` adds a line to `asked`."""
    real = locator.find("go")
    go = tmp_path / "go"
    go.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nexec {real.argv[0]} "$@"\n')
    go.chmod(0o755)

    def question(
        folder: Path, tags: tuple[str, ...] = (), workspace: Path | None = None
    ) -> Question:
        env = {**environment.fixed([], tmp_path, workspace), **real.env}
        return Question(folder, tags, (str(go),), env, real.version)

    return question
