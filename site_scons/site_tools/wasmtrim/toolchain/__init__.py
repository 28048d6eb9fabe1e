"""The programs that do the work: which versions, where from, and whether they fit."""

from wasmtrim.toolchain.go_versions import check_go_version, newer_go, refused_go
from wasmtrim.toolchain.locate import Locator, Missing, Tool
from wasmtrim.toolchain.pins import Toolchain, load

__all__ = [
    "Locator",
    "Missing",
    "Tool",
    "Toolchain",
    "check_go_version",
    "load",
    "newer_go",
    "refused_go",
]
