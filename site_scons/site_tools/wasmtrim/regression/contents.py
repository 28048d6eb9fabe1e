"""What a module is made of, as far as two states of it are compared: the sum of its sections,
its functions with their packages, its imports and exports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from wasmtrim.errors import ModuleError
from wasmtrim.sizes import sha256

if TYPE_CHECKING:
    from wasmtrim.attribution import Evidence, Origins
    from wasmtrim.attribution.compressed import Shares
    from wasmtrim.attribution.graph import Graph


@dataclass(frozen=True, slots=True)
class Function:
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


class Owned(Protocol):
    """A function that is somebody's."""

    @property
    def package(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def bytes(self) -> int: ...


@dataclass(frozen=True)
class Share:
    """What belongs to a package: bytes of the code section, and functions."""

    group: str
    bytes: int
    functions: int


@dataclass(frozen=True)
class Costs:
    """What the sections, and the packages' functions, cost of one compressed file, in bytes.

    The sections add up to the file with the `overhead` of its own headers and tables.
    """

    sections: Mapping[str, int]
    packages: Mapping[str, int]
    overhead: int


@dataclass(frozen=True)
class Contents:
    """`sections` add up to the file, its header among them. `functions` are in file order.

    Imports and exports are sorted, each once, with their types. `approximate`: the names are
    likely, not proven. `origins` are there for a module itself; a baseline has `known_costs`.
    """

    sections: Mapping[str, int]
    functions: tuple[Function, ...]
    imports: tuple[str, ...]
    exports: tuple[str, ...]
    approximate: bool = False
    origins: Origins | None = field(default=None, compare=False, repr=False)
    known_costs: Mapping[str, Costs] = field(default_factory=dict, compare=False, repr=False)

    def costs(self, metric: str) -> Costs | None:
        """What the parts cost of the file under gzip or brotli; None where it can't be told."""
        if metric in self.known_costs or self.origins is None:
            return self.known_costs.get(metric)
        return self._gzip_costs if metric == "gzip" else self._brotli_costs

    @cached_property
    def _gzip_costs(self) -> Costs:
        from wasmtrim.attribution.compressed import gzip_shares

        return self._costs(gzip_shares)

    @cached_property
    def _brotli_costs(self) -> Costs:
        from wasmtrim.attribution.compressed import brotli_shares

        return self._costs(brotli_shares)

    def _costs(self, measure: Callable[[bytes, Sequence[int]], Shares]) -> Costs:
        from wasmtrim.attribution import rows

        assert self.origins
        items = rows(self.origins)
        shares = measure(items.data, items.bounds)
        sections: Counter[str] = Counter()
        packages: Counter[str] = Counter()
        functions = iter(self.functions)
        for item, cost in zip(items, shares.rows, strict=True):
            sections[item.section] += cost
            if item.kind == "function" and item.number is not None:
                packages[next(functions).package] += cost
        return Costs(sections, packages, shares.overhead)

    def chain(self, package: str) -> tuple[str, ...]:
        """Name what keeps a package: the shortest way to it by export, call and table."""
        if self._graph is None:
            return ()
        steps = self._graph.chain(self._graph.packages.get(package, ()))
        return tuple(step.name for step in steps)

    @cached_property
    def _graph(self) -> Graph | None:
        from wasmtrim.attribution.graph import Graph

        try:
            return Graph(self.origins) if self.origins else None
        except ModuleError:  # an instruction that is not known: then what calls what isn't, too
            return None

    @cached_property
    def packages(self) -> dict[str, Share]:
        """Sum the functions up by package, the largest package first."""
        return shares_of(self.functions)


def shares_of(functions: Iterable[Owned]) -> dict[str, Share]:
    """Sum functions up by package, the largest first; its first function tells a group."""
    size: Counter[str] = Counter()
    number: Counter[str] = Counter()
    groups: dict[str, str] = {}
    for function in functions:
        size[function.package] += function.bytes
        number[function.package] += 1
        groups.setdefault(function.package, function.group)
    ordered = sorted(size, key=lambda name: (-size[name], name))
    return {name: Share(groups[name], size[name], number[name]) for name in ordered}


def of_file(path: Path, data: bytes) -> Contents:
    """Take the module `data` apart, which is the file `path`, with what lies beside it."""
    from wasmtrim.attribution import evidence

    return of_module(data, evidence.beside(path, data))


def of_module(data: bytes, evidence: Evidence | None = None) -> Contents:
    """Take a module apart; `evidence` tells whose its functions are.

    Raises ModuleError where it, or its twin, is no module.
    """
    from wasmtrim.attribution import Evidence, rows

    known = (evidence or Evidence()).origins(data)
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
                Function(
                    name=item.name if known.symbol(item.number) else "",
                    package=known.package(item.number),
                    group=known.group(item.number),
                    bytes=item.bytes,
                    type=signature,
                    digest=sha256(signature.encode() + module.data[start:end])[:16],
                )
            )
    return Contents(
        sections=dict(sections),
        functions=tuple(functions),
        imports=tuple(sorted({f"{i.key}: {i.type}" for i in whole.imports})),
        exports=tuple(sorted({f"{e.name}: {e.type}" for e in whole.exports})),
        approximate=known.approximate,
        origins=known,
    )
