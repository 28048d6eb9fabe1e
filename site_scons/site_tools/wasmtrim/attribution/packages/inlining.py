"""A function's bytes by the package that they came from: inlined code counts where it was written.

The lines of debug information or Go's inline tree tell it, scaled to the body that ships. The
figures are approximate: they don't show what later passes moved or shared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

from wasmtrim.attribution.dwarf.info import LazyLocation
from wasmtrim.attribution.owners import Owner, Owners
from wasmtrim.attribution.packages import source_files
from wasmtrim.attribution.packages.groups import CPP_STANDARD
from wasmtrim.attribution.rounding import largest_remainder
from wasmtrim.attribution.symbols.languages import CPP
from wasmtrim.records.locations import SourceLocation
from wasmtrim.wasm.golang.pclntab import GoFunction


class Inlining:
    """The packages that the functions of one module have code of."""

    def __init__(self, owners: Owners) -> None:
        self._owners = owners
        self._known = owners.inlined

    @property
    def known(self) -> bool:
        """Whether anything tells of the module what was inlined into its functions."""
        owners = self._owners
        return any(each.place for index in owners.entries for each in owners.of(index))

    def split(self, index: int, size: int) -> dict[str, int]:
        """Split the `size` bytes of the function `index` by package: they add up to it.

        All of them are its own package's where nothing is known.
        """
        own = self._owners.package(index)
        known = self._known.get(index)
        if known is None:
            known = self._weights(index, own)
            if known:  # of a million functions most say nothing
                self._known[index] = known
        total = sum(known.values())
        if not total or (len(known) == 1 and own in known):
            return {own: size}
        parts = largest_remainder([size * weight / total for weight in known.values()], size)
        return {name: part for name, part in zip(known, parts, strict=True) if part}

    def _weights(self, index: int, own: str) -> Mapping[str, int]:
        """How much of a function comes from each package, in any unit."""
        found = self._owners.of(index)
        owner = found[0] if found else None
        match owner:
            case Owner(_, GoFunction() as function):
                weights: Counter[str] = Counter()
                for name, steps in function.inlined_steps.items():
                    weights[(self._owners.parse(name).package if name else "") or own] += steps
                return weights
            case Owner(_, SourceLocation() as place):
                return place.code
            case Owner(symbol, LazyLocation() as place):
                weights = Counter()
                for file, count in place.files.items():
                    weights[self._package_of(file, symbol.language, own)] += count
                return weights
        return {}

    def package(self, file: str, index: int) -> str:
        """The package that code of a file is of, in the function `index`."""
        symbol = self._owners.symbol(index)
        return self._package_of(
            file, symbol.language if symbol else "", self._owners.package(index)
        )

    def _package_of(self, file: str, language: str, own: str) -> str:
        if file.endswith(".go"):
            folders = self._owners.dwarf.folders if self._owners.dwarf else {}
            return folders.get(str(PurePosixPath(file).parent), own)
        found = source_files.package_of(file)
        if language == CPP and found not in CPP_STANDARD:  # its packages are namespaces, not files
            return own
        return found or own
