"""What a short command imports: what it never uses would take longer than its work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# An exported function without parameters, `(func (export "f"))`.
MODULE = bytes.fromhex("0061736d01000000 01040160 0000 03020100 07050101 6600 00 0a040102000b")
# Whole libraries; then what takes milliseconds each and serves other commands, or other modules.
LIBRARIES = ("SCons", "pydantic", "rich", "jinja2", "numpy", "elftools", "brotli", "deflate",
             "wasmtime", "PIL", "httpx", "yaml")  # fmt: skip
PARTS = ("asyncio", "hashlib", "difflib", "tempfile", "subprocess",
         "wasmtrim.process", "wasmtrim.atomic", "wasmtrim.report",
         "wasmtrim.regression", "wasmtrim.profile", "wasmtrim.records.release",
         "wasmtrim.records.regression", "wasmtrim.records.why", "wasmtrim.attribution.compressed",
         "wasmtrim.attribution.names.linker_map",
         "wasmtrim.wasm.type_texts", "wasmtrim.wasm.golang.positions")  # fmt: skip


@pytest.mark.parametrize(
    ("argv", "more"),
    [
        (["sizes"], ("wasmtrim.wasm.bodies", "wasmtrim.attribution.reachability.graph")),
        (["why", "f"], ()),
    ],
)
def test_a_command_imports_only_what_it_uses(
    tmp_path: Path, argv: list[str], more: tuple[str, ...]
) -> None:
    module = tmp_path / "f.wasm"
    module.write_bytes(MODULE)
    argv.insert(1, str(module))
    code = (
        "import sys; from wasmtrim.cli.main import main; status = main(sys.argv[1:]);"
        "print(*sys.modules, sep='\\n', file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], check=True, capture_output=True, text=True
    )
    loaded = set(done.stderr.split())
    assert f"wasmtrim.cli.{argv[0]}" in loaded
    assert sorted(loaded.intersection((*LIBRARIES, *PARTS, *more))) == []
