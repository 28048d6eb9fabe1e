"""The world that a contract names: whether a module or component is one of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wasmtrim import wit
from wasmtrim.check import Check, failed, held, of_faults
from wasmtrim.profile import Contract
from wasmtrim.toolchain.locate import Tool
from wasmtrim.verify.contract import allows
from wasmtrim.wasm import Binary, Module


@dataclass(frozen=True)
class Judged:
    """The check, and the imports, by (module, name), and exports that it speaks about."""

    check: Check
    imports: frozenset[tuple[str, str]]
    exports: frozenset[str]


def check_world(
    path: Path, module: Binary, contract: Contract, *, root: Path, wasm_tools: Tool, work: Path
) -> Judged | None:
    """Judge the module that lies under `path`; None where the contract names no world.

    What `contract.imports` allows, the world has no say in. Raises UsageError where the WIT or the
    world cannot be read, ToolError where wasm-tools cannot be run.
    """
    if contract.wit is None:
        return None
    source = root / contract.wit
    world = wit.resolve(source, contract.world, root=root, wasm_tools=wasm_tools, work=work)
    if isinstance(module, Module):
        others = {(e.module, e.name) for e in module.imports if allows(contract, e.key)}
        found = wit.differences(world, module, others)
        return Judged(
            of_faults("world", found.faults, f"{world.name}, by its core types"),
            found.spoken_for,
            found.known,
        )
    imports = frozenset(interface.name for interface in world.imports if interface.name)
    of_root = {
        f.name for interface in world.imports if not interface.name for f in interface.functions
    }
    imports |= of_root
    extra = [e.name for e in module.imports if e.name not in imports and allows(contract, e.name)]
    fault = wit.untargeted(path, source, world, extra, wasm_tools=wasm_tools, work=work)
    check = failed("world", f"{world.name}: {fault}") if fault else held("world", world.name)
    exports = {i.name for i in world.exports if i.name}
    exports |= {f.name for i in world.exports if not i.name for f in i.functions}
    return Judged(check, frozenset(("", name) for name in imports), frozenset(exports))
