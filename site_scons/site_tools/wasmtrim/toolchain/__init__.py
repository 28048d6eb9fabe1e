"""The programs that do the work: which versions, where from, and whether they fit."""

from wasmtrim.toolchain.locate import Locator, Missing, Tool
from wasmtrim.toolchain.pair import check_pair, refused_go
from wasmtrim.toolchain.pins import Toolchain, load

__all__ = ["Locator", "Missing", "Tool", "Toolchain", "check_pair", "load", "refused_go"]
