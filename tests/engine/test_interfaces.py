"""An interface more is a file and a line: tried in a copy, by a whole verification."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import wasmtime

import wasmtrim

PACKAGE = Path(wasmtrim.__file__).parent

FILE = '''
"""The interface shout: a text goes in, and comes back in capitals."""

from wasmtrim.engine.interface import Exports, Function, Interface, Take

INTERFACE = Interface("example:text/shout@1.0.0", {"shout": Function(("string",), "list<u8>")}, ())


def read(data: bytes) -> str:
    """Read an input file."""
    return data.decode()


def drive(text: str, take: Take) -> "Drive":
    """Make ready the call."""
    return Drive(text, take)


class Drive:
    """Gives a text to a guest."""

    def __init__(self, text: str, take: Take) -> None:
        self.text, self.take, self.doing = text, take, ""

    def run(self, guest: Exports) -> None:
        """Make the call."""
        self.doing = "shout"
        self.take(guest.call("shout", self.text))
'''
MODULE = """(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
  (func (export "example:text/shout@1.0.0#shout") (param i32 i32) (result i32)
    (i32.store8 (local.get 0) (i32.and (i32.const 0xdf) (i32.load8_u (local.get 0))))
    (i32.store (i32.const 16) (local.get 0))
    (i32.store (i32.const 20) (local.get 1))
    (i32.const 16)))"""
PROFILE = """
module: module.wasm
smoke: {input: input.txt, interface: "example:text/shout@1.0.0", expect: {text: Wasm}}
"""
COMMAND = """
import sys
sys.path.insert(0, sys.argv[1])
from wasmtrim.cli.main import main
sys.exit(main(["verify", "module.wasm", "--profile", "it"]))
"""


def test_an_interface_more_is_a_file_and_a_line(tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "wasmtrim"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    folder = copy / "engine" / "interfaces"
    (folder / "shout.py").write_text(FILE)
    table = (folder / "__init__.py").read_text()
    more = table.replace("import frame_stream\n", "import frame_stream, shout\n")
    (folder / "__init__.py").write_text(more.replace("(frame_stream,)", "(frame_stream, shout)"))
    project = tmp_path / "project"
    (project / "config" / "profiles").mkdir(parents=True)
    (project / "config" / "profiles" / "it.yaml").write_text(PROFILE)
    (project / "module.wasm").write_bytes(wasmtime.wat2wasm(MODULE))
    (project / "input.txt").write_text("wasm")
    argv = [sys.executable, "-c", COMMAND, str(copy.parent)]
    done = subprocess.run(argv, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok    output" in done.stdout
