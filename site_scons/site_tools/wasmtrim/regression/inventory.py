"""What two states of a module are compared by: the sizes of its sections, its functions with their
packages, its imports and exports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim.attribution.packages.package_shares import Owned, Share, shares_of
from wasmtrim.sizes import sha256

if TYPE_CHECKING:
    from wasmtrim.attribution import NameSources, Owners
    from wasmtrim.attribution.compressed import Stream
    from wasmtrim.attribution.packages.inlining import Inlining


@dataclass(frozen=True, slots=True)
class FunctionSize:
    """A function with its bytes in the code section, its size prefix with them.

    `name` is "" where nobody knows it; `type` is its signature; `digest` tells bodies apart. A
    baseline keeps neither of the two, since they change with every build.
    """

    name: str
    package: str
    group: str
    bytes: int
    type: str = ""
    digest: str = ""

    @property
    def shown(self) -> str:
        """Its name, or what is known of it without one."""
        return self.name or f"(unknown) {self.type}".rstrip()


@dataclass(frozen=True)
class Costs:
    """What the sections, and the packages' code, cost of one compressed file, in bytes.

    The sections add up to the file with the `overhead` of its own headers and tables. `functions`
    are in file order; a baseline doesn't know them.
    """

    sections: Mapping[str, int]
    packages: Mapping[str, int]
    overhead: int
    functions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Inventory:
    """`sections` add up to the file, its header among them. `functions` are in file order.

    Imports and exports are sorted, each once, with their types. `approximate`: the names are
    likely, not proven. `owners` are there for a module itself; a baseline has `known_costs` and
    `known_packages`. `inlined`: packages hold inlined code that came from them, and not what was
    inlined into their functions.
    """

    sections: Mapping[str, int]
    functions: tuple[FunctionSize, ...]
    imports: tuple[str, ...]
    exports: tuple[str, ...]
    approximate: bool = False
    owners: Owners | None = field(default=None, compare=False, repr=False)
    known_costs: Mapping[str, Costs] = field(default_factory=dict, compare=False, repr=False)
    known_packages: Mapping[str, Share] = field(default_factory=dict, compare=False, repr=False)
    inlined: bool = True

    def costs(self, metric: str) -> Costs | None:
        """What the parts cost of the file under gzip or brotli; None where it can't be told."""
        if metric in self.known_costs or self.owners is None:
            return self.known_costs.get(metric)
        return self._gzip_costs if metric == "gzip" else self._brotli_costs

    @cached_property
    def _gzip_costs(self) -> Costs:
        return self._costs(self._gzip)

    @cached_property
    def _brotli_costs(self) -> Costs:
        return self._costs(self._brotli)

    @cached_property
    def _gzip(self) -> Stream:
        from wasmtrim.attribution.compressed import gzip_stream

        return gzip_stream(self._file)

    @cached_property
    def _brotli(self) -> Stream:
        from wasmtrim.attribution.compressed import brotli_stream

        return brotli_stream(self._file)

    @property
    def _file(self) -> bytes:
        assert self.owners
        return (self.owners.component or self.owners.module).data

    def _costs(self, stream: Stream) -> Costs:
        from wasmtrim.attribution import rows
        from wasmtrim.attribution.compressed import shares

        assert self.owners
        items = rows(self.owners)
        paid = shares(stream, items.bounds)
        sections: Counter[str] = Counter()
        packages: Counter[str] = Counter()
        functions: list[int] = []
        for item, cost in zip(items, paid.rows, strict=True):
            sections[item.section] += cost
            if item.kind == "function" and item.number is not None:
                packages.update(self.split(len(functions), cost))
                functions.append(cost)
        return Costs(sections, packages, paid.overhead, tuple(functions))

    @cached_property
    def packages(self) -> Mapping[str, Share]:
        """Sum the functions up by package, the largest package first."""
        if self.inlined and self.known_packages:
            return self.known_packages
        functions = enumerate(self.functions)
        code = (Owned(each.package, self.split(at, each.bytes)) for at, each in functions)
        return shares_of(code, self._group)

    def split(self, place: int, amount: int) -> Mapping[str, int]:
        """Split `amount` bytes of the function at `place` by the package that they came from."""
        if self.owners is None or not self.inlined:
            return {self.functions[place].package: amount}
        return self._inlining.split(self.owners.module.imported_functions + place, amount)

    @cached_property
    def _inlining(self) -> Inlining:
        from wasmtrim.attribution.packages.inlining import Inlining

        assert self.owners
        return Inlining(self.owners)

    def data(self, metric: str) -> Mapping[str, int]:
        """The bytes of the section data by what they are, raw, under gzip or under brotli.

        Nothing where only a baseline tells.
        """
        from wasmtrim.attribution import rows
        from wasmtrim.attribution.breakdown import part_name
        from wasmtrim.attribution.compressed import shares

        found: Counter[str] = Counter()
        if self.owners is None:
            return found
        items = rows(self.owners, open_data=True)
        costs: Sequence[int] = ()
        if metric != "raw":
            costs = shares(self._gzip if metric == "gzip" else self._brotli, items.bounds).rows
        for item, places in items.grouped():
            if item.section == "data" and item.kind != "framing":
                cost = sum(costs[place] for place in places) if costs else item.bytes
                found[part_name(item).removeprefix("data: ")] += cost
        return found

    @property
    def splits(self) -> bool:
        """Whether some package has inlined code that came from it, or gave of its own."""
        return any(share.approximate for share in self.packages.values())

    @property
    def blind(self) -> bool:
        """Whether it is a module without lines or an inline tree that tell what was inlined."""
        return self.owners is not None and not self._inlining.known

    def _group(self, package: str) -> str:
        if package in self._groups or self.owners is None:
            return self._groups[package]
        return self.owners.group_of_package(package).name

    @cached_property
    def _groups(self) -> dict[str, str]:
        return {each.package: each.group for each in reversed(self.functions)}

    @property
    def whole(self) -> Inventory:
        """The same with the bytes of each function in its own package, inlined code with them."""
        return replace(self, inlined=False) if self.inlined else self


def of_file(path: Path, data: bytes) -> Inventory:
    """Take apart the module `data` of the file `path`, named by the files beside it."""
    from wasmtrim.attribution.names import sources

    return of_module(data, sources.beside(path, data))


def of_module(data: bytes, name_sources: NameSources | None = None) -> Inventory:
    """Take a module apart; `name_sources` tells whose its functions are.

    Raises ModuleError where it, or its unstripped build, is not a module.
    """
    from wasmtrim.attribution import NameSources

    return of_owners((name_sources or NameSources()).owners(data))


def of_owners(known: Owners) -> Inventory:
    """Take a module apart whose functions' owners are known."""
    from wasmtrim.attribution import rows

    module = known.module
    whole = known.component or module
    sections: Counter[str] = Counter()
    functions = []
    for item in rows(known):
        sections[item.section] += item.bytes
        if item.kind == "function" and item.number is not None:
            signature = str(module.function_type(item.number))
            start, end = module.body(item.number)
            functions.append(
                FunctionSize(
                    name=item.name if known.symbol(item.number) else "",
                    package=known.package(item.number),
                    group=known.group(item.number).name,
                    bytes=item.bytes,
                    type=signature,
                    digest=sha256(signature.encode() + module.data[start:end])[:16],
                )
            )
    return Inventory(
        sections=dict(sections),
        functions=tuple(functions),
        imports=tuple(sorted({f"{i.key}: {i.type}" for i in whole.imports})),
        exports=tuple(sorted({f"{e.name}: {e.type}" for e in whole.exports})),
        approximate=known.approximate,
        owners=known,
    )
