"""The options of wasm-opt that a profile may name, held against the pinned program itself."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim import wasm
from wasmtrim.profile import passes
from wasmtrim.toolchain import Locator, load

ALLOWED = sorted(option.removesuffix("=N") for option in passes.KNOWN)
# Words by which the program's own help tells that an option does more than optimize.
TELLING = re.compile(
    r"\b(files?|output|print|dumps?|reports?|emits?|instrument|fuzz(ing)?|commands?|features?"
    r"|validation)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def wasm_opt(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    tool = Locator(load(), tmp_path_factory.mktemp("project")).find("wasm-opt")
    assert tool.pinned
    return tool.argv


@pytest.fixture(scope="module")
def described(wasm_opt: tuple[str, ...]) -> dict[str, str]:
    """What `wasm-opt --help` says of each option."""
    said = subprocess.run([*wasm_opt, "--help"], check=True, capture_output=True, text=True).stdout
    # "  --converge,-c       Run passes to", and further lines below the text
    entries = re.finditer(r"^ {2,3}(--?[\w-]+)(?:,-\w+)? +(.*(?:\n {40,}.*)*)", said, re.MULTILINE)
    return {entry[1]: " ".join(entry[2].split()) for entry in entries}


def test_every_allowed_option_is_known_to_the_program(described: dict[str, str]) -> None:
    assert len(described) > 250
    assert not set(ALLOWED) - described.keys()


def test_no_allowed_option_is_told_to_do_more_than_optimize(described: dict[str, str]) -> None:
    assert not {o: described[o] for o in ALLOWED if TELLING.search(described[o])}


@pytest.mark.parametrize(
    "option",
    [
        "--output", "--output-source-map", "--symbolmap", "--separate-data-segments",
        "--extra-fuzz-command", "--all-features", "--enable-simd", "--detect-features",
        "--no-validation", "--print", "--translate-to-fuzz", "--pass-arg", "--skip-pass",
        "--asyncify", "--remove-imports", "--set-globals", "--instrument-memory", "--debug",
    ],
)  # fmt: skip
def test_what_writes_runs_admits_skips_or_changes_is_refused(
    described: dict[str, str], option: str
) -> None:
    assert option in described
    assert not passes.is_allowed(option)
    assert not passes.is_allowed(f"{option}=x")


def test_all_of_them_together_write_one_module_with_no_new_feature(
    wasm_opt: tuple[str, ...], assemble: Callable[[str], bytes], tmp_path: Path
) -> None:
    module = """(module
        (memory (export "memory") 1)
        (data (i32.const 1100) "some bytes, and more of them")
        (func $half (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 2)))
        (func (export "f") (param i32) (result i32)
          (i32.store (i32.const 2000) (call $half (local.get 0)))
          (call $half (i32.load (i32.const 2000)))))"""
    (tmp_path / "in.wasm").write_bytes(assemble(module))
    named = [option.replace("=N", "=2") for option in passes.KNOWN]
    for needs_flat in ("--dfo", "--rereloop"):
        named.insert(named.index(needs_flat), "--flatten")
    argv = [*wasm_opt, "in.wasm", "-o", "out.wasm", "--mvp-features", *named]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.wasm", "out.wasm"]
    exports = [export.name for export in wasm.read((tmp_path / "out.wasm").read_bytes()).exports]
    assert sorted(exports) == ["f", "memory"]
