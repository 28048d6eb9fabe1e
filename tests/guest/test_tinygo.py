"""The guest by TinyGo, where there is one: size, allocations, and the same file as by Go."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.guest.programs import GUEST, PATH, Build

TINYGO = os.environ.get("WASMTRIM_TINYGO") or shutil.which("tinygo", path=PATH)
GO = os.environ.get("WASMTRIM_GO")  # one that this TinyGo takes: it calls the first of its PATH
SMALL = [
    "-target=wasip1", "-no-debug", "-gc=leaking", "-scheduler=none", "-panic=trap", "-opt=z",
    "-tags=small",
]  # fmt: skip
SMOKE = Path(__file__).parents[2] / "config" / "smoke" / "squares.bin"

pytestmark = pytest.mark.skipif(TINYGO is None, reason="needs TinyGo")


def compile_with(*arguments: str, folder: Path = GUEST) -> str:
    """Runs tinygo build; returns what it prints. Skips where TinyGo refuses the Go at hand."""
    assert TINYGO is not None
    argv = [TINYGO, "build", *SMALL, *arguments]
    path = os.pathsep.join([str(Path(GO).parent), PATH]) if GO else PATH
    env = {**os.environ, "PATH": path}
    done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0 and "requires go version" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_module_makes_the_same_file_as_by_go(
    build: Callable[..., Build], tmp_path: Path
) -> None:
    module = tmp_path / "gif.wasm"
    compile_with("-o", str(module), "./cmd/gif")
    stdin = SMOKE.read_bytes()
    run = Build(module, native=False).run(stdin)
    assert (run.status, run.message) == (0, "")
    assert run.output == build("gif", "small").run(stdin).output
    # A host that run_limits work at 11 million instructions runs it.
    assert run.fuel < 11_000_000


def test_the_runtime_asks_for_no_random_numbers(tmp_path: Path) -> None:
    compile_with("-o", str(tmp_path / "gif.wasm"), "./cmd/gif")
    assert b"random_get" not in (tmp_path / "gif.wasm").read_bytes()


def test_memory_is_taken_only_at_the_start(tmp_path: Path) -> None:
    said = compile_with("-print-allocs=wasmtrim", "-o", str(tmp_path / "gif.wasm"), "./cmd/gif")
    places = set(re.findall(r"guest/(\w+/\w+)\.go:(\d+):", said))
    assert places
    for file, line in places:
        if not file.startswith(("lzw/", "gif/", "palette/")):
            continue
        source = (GUEST / f"{file}.go").read_text().splitlines()[: int(line)]
        function = next(text for text in reversed(source) if text.startswith("func "))
        assert " Open(" in function, f"{file}.go:{line} allocates"


def test_size_over_an_empty_program(tmp_path: Path) -> None:
    """When this fails, look at what was added: an import, an array that is copied by value?"""
    (tmp_path / "go.mod").write_text("module empty\n\ngo 1.22\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n")
    empty, ours = tmp_path / "empty.wasm", tmp_path / "gif.wasm"
    compile_with("-o", str(empty), ".", folder=tmp_path)
    compile_with("-o", str(ours), "./cmd/gif")
    assert ours.stat().st_size - empty.stat().st_size < 10 * 1024
