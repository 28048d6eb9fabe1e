"""The modes, from the dearest to the cheapest: what a request pays before its guest runs."""

from __future__ import annotations

from typing import Final

MODES: Final = {
    "compile": "compiles the module for each request",
    "deserialize": "reads the compiled module from a file for each request",
    "instance": "compiled once, a new instance for each request",
    "pooled": "the same, with memory and tables from a pool",
    "reused": "one instance for many requests, where the profile says `reusable`",
}
DEFAULT: Final = "pooled"  # the fastest that keeps requests apart
