"""The features of a compiled module: what every later stage is told, so that none is let in.

Read from the `target_features` section (WebAssembly tool conventions, Linking.md, "Target
Features Section"). Standard Go's modules have none; there a feature is used if the module is
not valid without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wasmtrim import process
from wasmtrim.errors import CheckError, ToolError
from wasmtrim.toolchain.locate import Tool
from wasmtrim.wasm import Binary, Module
from wasmtrim.wasm.features import FEATURES, target_features, wasm_tools_features
from wasmtrim.wasm.sections import HEADER_BYTES, is_component

TIMEOUT_SECONDS = 60.0
# Parts of bulk-memory and reference-types under names of their own; the whole speaks for them.
_PARTS = {"bulk-memory-opt", "call-indirect-overlong"}
# Nearly every module does with these, so one question spares those about all others.
_USUAL = ("bulk-memory", "multivalue", "mutable-globals", "nontrapping-fptoint", "sign-ext")


def of_module(module: Binary, path: Path, wasm_tools: Tool) -> tuple[str, ...]:
    """Return the canonical names of the features that a module uses, sorted.

    `path` is where the module lies. Raises ToolError where it names a feature that the
    toolchain does not know, CheckError where it is valid under no set of features.
    """
    named = target_features(module) if isinstance(module, Module) else None
    if named is not None:
        if unknown := [name for name in named if name not in FEATURES]:
            raise ToolError(
                f"{path}: its target_features section names {', '.join(map(repr, unknown))},"
                " which this toolchain does not know; use a newer one"
            )
        return named
    used = {name for name, feature in FEATURES.items() if feature.wasm_tools} - _PARTS
    if fault := invalid(path, used, wasm_tools):
        raise CheckError(f"{path}: not a valid module: {fault}")
    if not invalid(path, _USUAL, wasm_tools):
        used = set(_USUAL)
    for name in sorted(used):
        if not invalid(path, used - {name}, wasm_tools):
            used.discard(name)
    return tuple(sorted(used))


def invalid(path: Path, features: Iterable[str], wasm_tools: Tool) -> str:
    """Say why a module is not valid with exactly these features, in a line; empty where it is.

    Of a component that means the core modules in it.

    Raises ToolError where wasm-tools cannot be run, or fails for its own reasons.
    """
    return invalid_with(path, wasm_tools_features(features).split(","), wasm_tools)


def invalid_with(path: Path, names: Iterable[str], wasm_tools: Tool) -> str:
    """Say what `invalid` says, of features by the names that wasm-tools has for them."""
    with path.open("rb") as file:
        component = is_component(file.read(HEADER_BYTES))
    allowed = ",".join([*names, *(["component-model"] if component else [])])
    argv = [*wasm_tools.argv, "validate", f"--features={allowed}", str(path)]
    try:
        finished = process.run(argv, timeout=TIMEOUT_SECONDS)
    except process.NoEnd:
        return f"validating it takes more than {TIMEOUT_SECONDS:g} s"
    if finished.status == 0:
        return ""
    if finished.status != 1:  # its own failure, and no word about the module
        said = finished.said or "no word"
        raise ToolError(f"{process.shown(argv)}: {finished.ended}: {said}")
    lines = [line.strip() for line in finished.said.replace("Caused by:", "").splitlines()]
    words = [line.removeprefix("error: ").removeprefix("0: ") for line in lines if line]
    return ": ".join(words) or finished.ended
