"""What the engine does not run, though it is WebAssembly."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

# By the names of `wasm-tools validate --features=`. Some the engine knows in part, behind options.
NOT_RUN: Final = frozenset(
    {
        "compact-imports",
        "custom-descriptors",
        "custom-page-sizes",
        "legacy-exceptions",
        "shared-everything-threads",
        "stack-switching",
    }
)


def engine() -> str:
    """Name the engine with its version."""
    return f"wasmtime {version('wasmtime')}"
