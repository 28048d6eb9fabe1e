"""What the page shows of a module: each part's bytes, raw and compressed, and what keeps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtrim.errors import ModuleError
from wasmtrim.regression.contents import UNKNOWN

if TYPE_CHECKING:
    from wasmtrim.attribution import Evidence, Origins
    from wasmtrim.attribution.graph import Graph


@dataclass(frozen=True, slots=True)
class Part:
    """A function. `retained`: the bytes that would leave with it, its own among them.

    `before` is the link before it in its shortest chain: the place of the function that calls it,
    or else in words what of the module leads to it; "" where nothing does.
    """

    name: str
    package: str
    group: str
    bytes: int
    gzip: int
    retained: int
    before: int | str


@dataclass(frozen=True, slots=True)
class Owner:
    """A package: what would leave with all of it, and the place of its function that is reached
    by the shortest chain; None where nothing leads to it."""

    retained: int
    nearest: int | None


@dataclass(frozen=True)
class Anatomy:
    """The parts in file order. `sections` are (bytes, bytes in the gzip file) without functions.

    All bytes add up to `size`, all gzip bytes with `overhead` to the gzip file.
    """

    size: int
    functions: tuple[Part, ...]
    packages: Mapping[str, Owner]
    sections: Mapping[str, tuple[int, int]]
    overhead: int


def of_module(data: bytes, evidence: Evidence | None = None) -> Anatomy:
    """Take a module apart; `evidence` tells whose its functions are.

    Raises ModuleError where it, or its twin, is no module.
    """
    from wasmtrim.attribution import Evidence, rows
    from wasmtrim.attribution.compressed import gzip_shares
    from wasmtrim.attribution.graph import Graph

    known = (evidence or Evidence()).origins(data)
    items = rows(known)
    packed = gzip_shares(data, items.bounds)
    try:
        graph = Graph(known)
    except ModuleError:  # a body with instructions that are not known: what calls what isn't, too
        graph = None
    functions = []
    raw: Counter[str] = Counter()
    gzip: Counter[str] = Counter()
    for item, cost in zip(items, packed.rows, strict=True):
        if item.kind != "function" or item.number is None:
            raw[item.section] += item.bytes
            gzip[item.section] += cost
            continue
        functions.append(
            Part(
                name=item.name,
                package=known.package(item.number) or UNKNOWN,
                group=known.group(item.number),
                bytes=item.bytes,
                gzip=cost,
                retained=graph.retained[item.number] if graph else item.bytes,
                before=_before(graph, item.number) if graph else "",
            )
        )
    return Anatomy(
        size=len(data),
        functions=tuple(functions),
        packages=_packages(graph, known) if graph else {},
        sections={name: (raw[name], gzip[name]) for name in raw},
        overhead=packed.overhead,
    )


def _before(graph: Graph, function: int) -> int | str:
    chain = graph.chain([function])
    if not chain:
        return ""
    link = chain[-1]
    if len(chain) == 1:
        return f"the module's {link.kind} {link.name}"
    above = chain[-2].function
    if above is None:
        return "the table"
    return above - graph.module.imported_functions


def _packages(graph: Graph, known: Origins) -> dict[str, Owner]:
    first = known.module.imported_functions
    owners = {}
    for name, functions in graph.packages.items():
        chain = graph.chain(functions)
        nearest = chain[-1].function if chain else None
        place = None if nearest is None else nearest - first
        owners[name] = Owner(graph.retained_by(functions), place)
    return owners
