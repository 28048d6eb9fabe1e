"""wasmtrim: the smallest WebAssembly module that still works, as a SCons tool.

The package is the tool: `Environment(tools=["default", "wasmtrim"])` where SCons finds it in
`site_scons/site_tools`, or `import wasmtrim` and `tools=["default", wasmtrim.generate]` anywhere.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from SCons.Environment import Base

__version__ = "0.1.0"
OWN = "wasmtrim"  # this package, as the program of the stages that are functions of ours


def generate(env: Base) -> None:
    """Add the builders, the variables and the `release` target to a SCons environment."""
    # What is imported stays to the end: looking for garbage in it took a tenth of a build that
    # has nothing to do.
    collects = gc.isenabled()
    gc.disable()
    from wasmtrim.scons import tool

    gc.freeze()
    if collects:
        gc.enable()
    tool.generate(env)


def exists(env: Base) -> bool:  # noqa: ARG001 - SCons calls it with the environment
    """Tell SCons that the tool can be used: a missing program is named when a stage needs it."""
    return True
