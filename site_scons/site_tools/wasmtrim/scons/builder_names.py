"""The names of the builders that run a compiler or a stage: known before any is imported."""

from __future__ import annotations

COMPILERS = {"tinygo": "TinyGo", "go": "GoWasm"}
STAGES = {
    "snip": "WasmSnip",
    "prune": "WasmPrune",
    "strip": "WasmStrip",
    "positions": "WasmPositions",
    "optimize": "WasmOpt",
    "layout": "WasmLayout",
    "embed": "WasmEmbed",
    "componentize": "WasmComponentize",
    "trim": "WasmComponentTrim",
}
