"""What TinyGo is asked, and where it leaves what its linker made."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from wasmtrim.compilers import tinygo
from wasmtrim.profile import Compiler

MODULE = b"\0asm\1\0\0\0"


def test_only_what_the_profile_sets_is_asked() -> None:
    settings = Compiler(name="tinygo", target="wasm-unknown")
    asked = ("build", "-target=wasm-unknown", "-no-debug", "-work", "-o", "out.wasm", ".")
    assert tinygo.arguments(settings, bare=False) == asked


def test_with_debug_information_nothing_is_left_out() -> None:
    settings = Compiler(name="tinygo", debug=True, buildmode="c-shared")
    asked = ("build", "-target=wasip1", "-buildmode=c-shared", "-work", "-o", "out.wasm", ".")
    assert tinygo.arguments(settings, bare=True) == asked


def test_a_map_is_asked_of_the_linker() -> None:
    """Beside what the profile defines. TinyGo reads the words as a shell does, and then again."""
    settings = Compiler(name="tinygo", define={"main.version": "it's 1"})
    asked = tinygo.arguments(settings, bare=False, linker_map=Path("/my work/linker.map"))
    link = shlex.split(asked[asked.index("-ldflags") + 1])
    assert link[:3] == ["-X", "main.version=it's 1", "-extldflags"]
    assert shlex.split(link[3]) == ["-Map=/my work/linker.map"]


@pytest.mark.parametrize("name", ["main", "main.pre-wasm-opt"])
def test_the_linked_module_is_found(tmp_path: Path, name: str) -> None:
    """By either name: the second one is of TinyGo 0.33 and before."""
    work = tmp_path / "tinygo123"
    work.mkdir()
    (work / "main.o").write_bytes(b"BC")
    (work / name).write_bytes(MODULE)
    assert tinygo.linked(tmp_path) == work / name


def test_a_linked_file_that_is_no_module_is_none(tmp_path: Path) -> None:
    (tmp_path / "tinygo123").mkdir()
    (tmp_path / "tinygo123" / "main").write_bytes(b"\x7fELF")
    assert tinygo.linked(tmp_path) is None


def test_a_debug_build_copies_where_it_would_optimize(tmp_path: Path) -> None:
    program, given, out = (tmp_path / name for name in ("copies", "main", "main.wasmopt"))
    program.write_text(tinygo.COPIES)
    program.chmod(0o755)
    given.write_bytes(MODULE)
    said = subprocess.run([program, "--version"], capture_output=True, check=True, text=True)
    assert said.stdout.startswith("wasm-opt version ")
    subprocess.run([program, "--asyncify", "-Oz", "-g", given, "--output", out], check=True)
    assert out.read_bytes() == MODULE
