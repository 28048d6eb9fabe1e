"""Snapshots made by hand, and repositories."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from tests.regression.repository import Repository

from wasmtrim.records import CompilerUsed, FileSize, Release, Stage, ToolUsed
from wasmtrim.regression.inventory import FunctionSize, Inventory
from wasmtrim.regression.read import of_bytes
from wasmtrim.regression.snapshot import Snapshot


def function(name: str, size: int, package: str = "main", *, body: str = "") -> FunctionSize:
    return FunctionSize(name, package, "own", size, "func()", body or f"{name} {size}")


def read_file(path: Path) -> Snapshot:
    """The snapshot of a file, as `wasmtrim compare` takes it."""
    return of_bytes(path.read_bytes(), str(path), path)


def snapshot(
    raw: int,
    *,
    brotli: int | None = None,
    functions: Sequence[FunctionSize] = (),
    imports: Sequence[str] = (),
    sections: Mapping[str, int] | None = None,
    fuel: int | None = None,
    compiler: str = "1.26.6",
    argv: Sequence[str] = ("wasm-opt", "-Oz"),
    label: str = "",
) -> Snapshot:
    """A module of that size; gzip is a half of it, brotli a third unless said."""
    size = FileSize(raw, raw // 2, raw // 3 if brotli is None else brotli, f"{raw:064x}")
    stage = Stage(
        name="optimize",
        tool=ToolUsed("wasm-opt", "132", True),
        argv=tuple(argv),
        raw=size.raw,
        gzip=size.gzip,
        brotli=size.brotli,
        fuel=fuel,
        seconds=1.0,
        sha256=size.sha256,
    )
    release = Release(
        profile="edge",
        compiler=CompilerUsed("go", compiler, False),
        features=("sign-ext",),
        groups={},
        compressors={"gzip": "deflate 0.9.0, level 9", "brotli": "brotli 1.2.1, quality 11"},
        stages=(stage,),
        notes=(),
    )
    code = sum(function.bytes for function in functions)
    contents = Inventory(
        sections or {"header": 8, "code": code},
        tuple(functions),
        tuple(sorted(imports)),
        ("_start: func()",),
    )
    return Snapshot(label or f"{raw} bytes", size, release, contents)


@pytest.fixture
def repository(
    tmp_path: Path, assemble: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> Repository:
    """An empty repository, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    return Repository(tmp_path, assemble)
