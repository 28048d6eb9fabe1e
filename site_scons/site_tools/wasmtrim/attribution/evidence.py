"""What a release leaves beside a module for those who ask whose its functions are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from wasmtrim import sizes, wasm
from wasmtrim.attribution import places, twin
from wasmtrim.attribution.dwarf import Place
from wasmtrim.attribution.origins import Origins, origins
from wasmtrim.sizes import OWN, THIRD_PARTY
from wasmtrim.wasm import Binary, Component, Module


@dataclass(frozen=True)
class Evidence:
    """`named` is the twin that kept its names.

    `groups` says of each Go package, but for Go's own, by import path, whether it is OWN or
    THIRD_PARTY, as `go list` knows; empty where nobody asked it. `places` says by symbol where in
    the sources functions are, as a debug build knows.
    """

    named: bytes | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)

    def origins(self, data: bytes) -> Origins:
        """Tell whose each function of a module is; of a component, of the program in it.

        Raises ModuleError where `data` or the twin is no module.
        """
        whole = wasm.read_binary(data)
        module = _program(whole)
        named = None if self.named is None else _program(wasm.read_binary(self.named))
        witness = twin.compare(module, named) if named else None
        found = origins(module, witness, self.groups, self.places)
        return replace(found, component=whole) if isinstance(whole, Component) else found


def _program(whole: Binary) -> Module:
    """The core module that the program is: a component's first one, an empty one if it has none."""
    if isinstance(whole, Module):
        return whole
    return whole.modules[0].module if whole.modules else wasm.read(b"\0asm\1\0\0\0")


def beside(path: Path, data: bytes) -> Evidence:
    """Look beside the module `data` in the file `path`, as in dist/.

    A twin proves itself; the records count only where they are of this very module.
    """
    twin_of = path.with_suffix(".twin.wasm")
    named = twin_of.read_bytes() if twin_of.is_file() else None
    try:
        content = sizes.read_json(path.with_suffix(".sizes.json"))
        digests = {stage["name"]: stage["sha256"] for stage in content["stages"]}
        shipped, groups = content["stages"][-1]["sha256"], content["groups"].items()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Evidence(named)  # no record is there, or one of another version
    if sizes.sha256(data) != shipped:
        return Evidence(named)
    return Evidence(
        named,
        {package: group for package, group in groups if group in (OWN, THIRD_PARTY)},
        places.read(path.with_suffix(".places.json"), digests.get("link", "")),
    )
