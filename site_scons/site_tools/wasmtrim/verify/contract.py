"""The contract: which features a module may use, what it may import and what it must export."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Final

from wasmtrim import spelling
from wasmtrim.check import Check, failed, held, of_faults
from wasmtrim.engine.features import NOT_RUN
from wasmtrim.escaping import excerpt
from wasmtrim.profile import Contract
from wasmtrim.profile.wildcard import key_of
from wasmtrim.stages.features import invalid, invalid_with
from wasmtrim.toolchain.locate import Tool
from wasmtrim.wasm import Binary, preview1, type_texts, types
from wasmtrim.wasm.component import Extern
from wasmtrim.wasm.features import FEATURES, wasm_tools_features
from wasmtrim.wasm.module import Import
from wasmtrim.wording import listed

_MOST_ALLOWED: Final = 20  # entries of a contract that are offered to be copied


def check_features(module: Path, contract: Contract, wasm_tools: Tool) -> Check:
    """Validate against the contract's features, and only those; name the one that is missing.

    Not by wasmtime, whose defaults take nearly everything. Raises ToolError when wasm-tools
    cannot be run, or fails for its own reasons.
    """
    allowed = set(contract.features)
    fault = excerpt(invalid(module, allowed, wasm_tools))
    if not fault:
        return held("features", f"valid with {_listed(allowed)}")
    if invalid(module, FEATURES, wasm_tools):
        strange = [name for name in sorted(allowed) if not FEATURES[name].wasm_tools]
        more = f"; wasm-tools doesn't know {', '.join(strange)}, so it can't verify what uses it"
        return failed("features", f"not valid WebAssembly: {fault}{more if strange else ''}")
    unknown = [name for name in FEATURES if name not in allowed]
    one = next((f for f in unknown if not invalid(module, allowed | {f}, wasm_tools)), None)
    what = f"it uses {one}" if one else "it uses several features"
    key = one or "the features that it uses"
    return failed(
        "features",
        f"{what}, and the contract allows {_listed(allowed)}: {fault};"
        f" add {key} to contract.features, or build without",
    )


def not_run(module: Path, contract: Contract, wasm_tools: Tool) -> str:
    """Name what a valid module uses that the engine does not run; "" where it runs all.

    Raises ToolError as `check_features` does.
    """
    allowed = wasm_tools_features(contract.features).split(",")
    lacking = [
        name
        for name in sorted(NOT_RUN.intersection(allowed))
        if invalid_with(module, [other for other in allowed if other != name], wasm_tools)
    ]
    return ", ".join(lacking)


def check_imports(
    module: Binary, contract: Contract, spoken_for: Container[tuple[str, str]] = ()
) -> Check:
    """Every import is on the allowlist, with its type, and a host can have it.

    Those that are `spoken_for`, by (module, name), the world judges that the contract names.

    A name that comes twice counts once. A key can't tell two imports apart whose modules and names
    are divided at another dot, so neither is allowed.
    """
    faults = []
    strange = {}  # what no key of the contract speaks of
    judged = [e for e in module.imports if (_module(e), e.name) not in spoken_for]
    seen = {(entry.key, str(entry.type)): entry for entry in judged}
    modules: dict[str, set[str]] = {}
    for imported in judged:
        modules.setdefault(imported.key, set()).add(_module(imported))
    for entry in seen.values():
        name = entry.key
        key = _matching(contract.imports, name, _module(entry))
        shown = excerpt(name)
        if len(modules[name]) > 1:
            named = " and ".join(sorted(repr(excerpt(one)) for one in modules[name]))
            faults.append(f"import {shown} is of two modules, {named}, which no key tells apart")
        elif fault := _impossible(entry):
            faults.append(f"import {shown}: {entry.type} {fault}")
        elif key is None:
            strange[shown] = str(entry.type)
        elif not types.matches(type_texts.parse(contract.imports[key]), entry.type):
            faults.append(
                f"import {shown} is {entry.type}; contract.imports allows {contract.imports[key]}"
                f" under {key!r}"
            )
    faults += _not_allowed("import", strange, "is not allowed")
    names = len({name for name, _ in seen})
    others = f"; {left} more of the world" if (left := len(module.imports) - len(judged)) else ""
    return of_faults("imports", faults, (f"all {names} allowed" if names else "none") + others)


def allows(contract: Contract, name: str) -> bool:
    """Whether the contract allows the import `name` (`module.name`) at all."""
    return _matching(contract.imports, name, name.partition(".")[0]) is not None


def _matching(imports: Mapping[str, str], name: str, module: str) -> str | None:
    """The key that speaks about `name`: itself, or else the longest prefix that ends in `*`.

    `MODULE.*` is about that module alone, and not about one whose name goes on after the dot.
    """
    fits = [k for k in imports if not k.endswith(".*") or k in (name, f"{module}.*")]
    return key_of(fits, name)


def _module(entry: Import | Extern) -> str:
    """The module that an import is of; "" for a component's, which has a name only."""
    return entry.module if isinstance(entry, Import) else ""


def _impossible(entry: Import | Extern) -> str:
    """Say why no host has an import of WASI preview 1; "" where that isn't known."""
    if _module(entry) != preview1.MODULE or not isinstance(entry, Import):
        return ""
    known = preview1.FUNCTIONS.get(entry.name)
    if known is None:
        near = spelling.nearest(entry.name, tuple(preview1.FUNCTIONS))
        return f"is not a function of WASI preview 1, so no host has it; {near}".rstrip("; ")
    if not types.matches(type_texts.parse(known), entry.type):
        return f"has another type than in WASI preview 1, where it is {known}"
    return ""


def check_exports(module: Binary, contract: Contract, known: Container[str] = ()) -> Check:
    """Every export that the contract names is there with its type; others as the contract says.

    Those that are `known` are of the world that the contract names, which judges them.
    """
    faults = []
    there = {export.name: export.type for export in module.exports}
    keys = {name: key_of(contract.exports, name) for name in there}
    for key, text in contract.exports.items():
        named = [name for name in there if keys[name] == key]
        if not named:
            faults.append(f"export {excerpt(key)} is missing; contract.exports asks for {text}")
        faults += [
            f"export {excerpt(name)} is {there[name]}; contract.exports asks for {text}"
            for name in named
            if not types.matches(type_texts.parse(text), there[name])
        ]
    others = {
        name: kind for name, kind in there.items() if keys[name] is None and name not in known
    }
    if contract.other_exports == "refuse":
        strange = {excerpt(name): str(kind) for name, kind in others.items()}
        faults += _not_allowed("export", strange, "is not in the contract")
    wanted = f"all {len(contract.exports)} that the contract names"
    if contract.wit and not contract.exports:
        wanted = "those of the world"
    extra = f"; others: {_names(others)}" if others else ""
    return of_faults("exports", faults, wanted + extra)


def _not_allowed(what: str, strange: Mapping[str, str], why: str) -> list[str]:
    """Say of imports or exports that they are too many, and what allows them: to be copied."""
    if not strange:
        return []
    entries = [f'"{name}": "{kind}"' for name, kind in strange.items()]
    more = len(entries) - _MOST_ALLOWED
    allowed = f"contract.{what}s: {{{', '.join(entries[:_MOST_ALLOWED])}}}"
    if len(entries) == 1:
        [(name, kind)] = strange.items()
        return [f"{what} {name}: {kind} {why}; what allows it is {allowed}"]
    told = f"{len(entries)} {what}s {why.replace('is', 'are', 1)}; what allows them is {allowed}"
    return [f"{told} and {more} more" if more > 0 else told]


def _names(names: Iterable[str]) -> str:
    return listed([excerpt(name, 80) for name in names], 10)


def _listed(features: Iterable[str]) -> str:
    return ", ".join(sorted(features)) or "no feature"
