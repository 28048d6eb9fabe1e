"""Snapshots made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wasmtrim.regression.inventory import FunctionSize, Inventory
from wasmtrim.regression.record import Release, Stage
from wasmtrim.regression.snapshot import Snapshot
from wasmtrim.sizes import CompilerUsed, FileSize, ToolUsed


def function(name: str, size: int, package: str = "main", *, body: str = "") -> FunctionSize:
    return FunctionSize(name, package, "own", size, "func()", body or f"{name} {size}")


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
    stage = Stage("optimize", ToolUsed("wasm-opt", "132", True), tuple(argv), size, fuel, 1.0)
    release = Release(
        "edge",
        CompilerUsed("go", compiler, False),
        ("sign-ext",),
        {"gzip": "deflate 0.9.0, level 9", "brotli": "brotli 1.2.1, quality 11"},
        (stage,),
        (),
    )
    code = sum(function.bytes for function in functions)
    contents = Inventory(
        sections or {"header": 8, "code": code},
        tuple(functions),
        tuple(sorted(imports)),
        ("_start: func()",),
    )
    return Snapshot(label or f"{raw} bytes", size, release, contents)
