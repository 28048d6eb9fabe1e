"""Prune: keep the exports that the contract names, and what they reach. By wasm-metadce."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtrim.errors import ToolError
from wasmtrim.stages import job as jobs
from wasmtrim.stages import names
from wasmtrim.stages.job import IN, OUT, Job, Unchanged
from wasmtrim.wasm import Module
from wasmtrim.wasm.features import binaryen_flags

if TYPE_CHECKING:
    from wasmtrim.profile import Profile

NAME = "prune"
PROGRAM = "wasm-metadce"

# What a WASI host itself looks for (WASI application ABI), whatever the contract says.
ALWAYS_KEPT = ("memory", "_start", "_initialize")
# What a component's host looks for in the module (component model, canonical ABI).
REALLOC = ("cabi_realloc", "cabi_export_realloc", "cabi_import_realloc")
_GRAPH = "graph.json"
SHOWN_NAMES = 20  # of the dropped exports


@dataclass(frozen=True)
class Settings(jobs.Settings):
    """`exports`: names that the contract asks for, beside ALWAYS_KEPT.

    `wit` is the WIT package of the contract, "" where it names none, and `world` one of it.
    """

    exports: tuple[str, ...] = ()
    keep_names: bool = False
    wit: str = ""
    world: str = ""

    @property
    def contract(self) -> tuple[str, str | None] | None:
        return (self.wit, self.world or None) if self.wit else None

    def with_names(self, names: tuple[str, ...]) -> Settings:
        return dataclasses.replace(self, exports=(*self.exports, *names))


def wanted(profile: Profile) -> bool:
    """Return whether the profile asks for this stage: by default."""
    return profile.prune


def settings(profile: Profile) -> Settings:
    """Read the profile's part of this stage."""
    contract = profile.contract
    exports = (*contract.exports, *(REALLOC if profile.component else ()))
    return Settings(
        exports=exports,
        keep_names=names.kept(profile),
        wit=str(contract.wit or ""),
        world=contract.world or "",
    )


def job(settings: Settings, before: Module, features: tuple[str, ...]) -> Job | Unchanged:
    """Return wasm-metadce's arguments and its graph: the exports to keep are its roots."""
    wanted = _wanted(settings, before)
    if len(wanted) == len(before.exports):
        # wasm-metadce rewrites a module even so, and makes it bigger.
        return Unchanged("the module exports nothing beyond its contract; the module is unchanged")
    functions = {export.name for export in before.exports if export.kind == "func"}
    missing = {*settings.exports} - {*wanted}
    if missing and functions and functions.isdisjoint(wanted) and before.start is None:
        return Unchanged(
            "no function that the module exports is in the contract, and nothing would be left;"
            " the module is unchanged (`wasmtrim init MODULE` writes its contract)"
        )
    roots = [{"name": f"export {name}", "root": True, "export": name} for name in wanted]
    keep = ["-g"] if settings.keep_names else []
    return Job(
        (IN, f"--output={OUT}", f"--graph-file={_GRAPH}", *binaryen_flags(features), *keep),
        # Escaped characters are lost on wasm-metadce's side, so only what JSON must escape is.
        files={_GRAPH: json.dumps(roots, ensure_ascii=False)},
    )


def check(settings: Settings, before: Module, after: Module) -> tuple[str, ...]:
    """Refuse a module that lost a wanted export: wasm-metadce ends with 0 even then."""
    wanted = _wanted(settings, before)
    left = [export.name for export in after.exports]
    if lost := [name for name in wanted if name not in left]:
        raise ToolError(
            f"wasm-metadce lost the exports {', '.join(map(repr, lost))} (it cannot take every"
            " character in a name); rename them, or set `prune: false` in the profile"
        )
    if extra := [name for name in left if name not in wanted]:
        raise ToolError(f"wasm-metadce left the exports {', '.join(map(repr, extra))}")
    dropped = [e.name for e in before.exports if e.name not in wanted]
    named = ", ".join([*dropped[:SHOWN_NAMES], *(["..."] if dropped[SHOWN_NAMES:] else [])])
    return (f"dropped {len(dropped)} of {len(before.exports)} exports: {named}",)


def _wanted(settings: Settings, module: Module) -> list[str]:
    wanted = {*settings.exports, *ALWAYS_KEPT}
    patterns = [name for name in wanted if name.endswith("*")]
    return [export.name for export in module.exports if _is_named(export.name, wanted, patterns)]


def _is_named(export: str, wanted: set[str], patterns: list[str]) -> bool:
    """Return whether an export is wanted by its name, or by that of the interface it is part of.

    A component's contract names interfaces; their functions are `INTERFACE#NAME` in the module,
    and what ends a call of one is `cabi_post_INTERFACE#NAME`.
    """
    from wasmtrim.profile.wildcard import key_of  # late: it brings pydantic, which layout needs not

    function = export.removeprefix("cabi_post_")
    names = (export, function, function.partition("#")[0])
    return any(name in wanted or key_of(patterns, name) is not None for name in names)
