"""The names that a world's functions have in a core module, in both forms that wit-component takes.

`LEGACY` is what guests use today, `STANDARD` the "standard32" of the component model's BuildTargets
(names that begin with `cm32p2`). A module may mix them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wasmtrim.wit.world import Interface


@dataclass(frozen=True, slots=True)
class Mangling:
    """Templates: `{i}` is the interface's name, `{n}` that of the function or resource."""

    prefix: str
    by_compatible: bool  # `{i}` has only the part of the version that tells its compatibility
    root: str
    imported: str
    of_exported: str  # the module that an exported interface's own resources are imported from
    drop: str
    new: str
    rep: str
    exported: str
    exported_root: str
    post: str
    dtor: str
    memory: str
    initialize: str
    reallocs: tuple[str, ...]
    import_reallocs: tuple[str, ...]

    def module(self, interface: Interface) -> str:
        """The module that an interface's functions are imported from."""
        return self.imported.format(i=self._name(interface)) if interface.name else self.root

    def module_of_exported(self, interface: Interface) -> str:
        """The module that the resource functions of an exported interface are imported from."""
        return self.of_exported.format(i=self._name(interface))

    def export(self, interface: Interface, function: str) -> str:
        """The export of an interface's function."""
        if not interface.name:
            return self.exported_root.format(n=function)
        return self.exported.format(i=self._name(interface), n=function)

    def destructor(self, interface: Interface, resource: str) -> str:
        """The export of a resource's destructor."""
        return self.dtor.format(i=self._name(interface), n=resource)

    def _name(self, interface: Interface) -> str:
        return interface.compatible if self.by_compatible else interface.name


LEGACY: Final = Mangling(
    prefix="",
    by_compatible=False,
    root="$root",
    imported="{i}",
    of_exported="[export]{i}",
    drop="[resource-drop]{n}",
    new="[resource-new]{n}",
    rep="[resource-rep]{n}",
    exported="{i}#{n}",
    exported_root="{n}",
    post="cabi_post_{n}",
    dtor="{i}#[dtor]{n}",
    memory="memory",
    initialize="_initialize",
    reallocs=("cabi_realloc", "canonical_abi_realloc", "cabi_export_realloc"),
    import_reallocs=("cabi_realloc", "canonical_abi_realloc", "cabi_import_realloc"),
)
STANDARD: Final = Mangling(
    prefix="cm32p2",
    by_compatible=True,
    root="cm32p2",
    imported="cm32p2|{i}",
    of_exported="cm32p2|_ex_{i}",
    drop="{n}_drop",
    new="{n}_new",
    rep="{n}_rep",
    exported="cm32p2|{i}|{n}",
    exported_root="cm32p2||{n}",
    post="{n}_post",
    dtor="cm32p2|{i}|{n}_dtor",
    memory="cm32p2_memory",
    initialize="cm32p2_initialize",
    reallocs=("cm32p2_realloc",),
    import_reallocs=("cm32p2_realloc",),
)
