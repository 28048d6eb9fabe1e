"""What a module is made of: each part's bytes, raw and compressed, and what keeps it.

A release writes it beside the module's other records, `NAME.breakdown.json`, whether the module
passes or not. Like the records, it is the same for the same module on every machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim import records
from wasmtrim.attribution import symbols
from wasmtrim.attribution.dwarf.variables import TEXT
from wasmtrim.attribution.packages.package_shares import Owned, shares_of
from wasmtrim.attribution.reachability.edges import ROOT
from wasmtrim.errors import ModuleError
from wasmtrim.records.breakdown import Breakdown, PackagePart, Part, Size

if TYPE_CHECKING:
    from wasmtrim.attribution import Item, NameSources, Owners
    from wasmtrim.attribution.reachability.graph import Graph
    from wasmtrim.sizes import Compressed


def read(path: Path, module: str) -> Breakdown | None:
    """Read what is known of the module with this sha256; None where there is nothing of it."""
    found = records.BREAKDOWN.read(path) if path.exists() else None
    return found.breakdown if found and found.module == module else None


def of_module(
    data: bytes, name_sources: NameSources | None = None, packed: Compressed | None = None
) -> Breakdown:
    """Take a module apart; `name_sources` tells whose its functions are, `packed` is as below.

    Raises ModuleError where it, or its unstripped build, is not a module.
    """
    from wasmtrim.attribution import NameSources

    return of_owners((name_sources or NameSources()).owners(data), packed)


def of_owners(known: Owners, packed: Compressed | None = None) -> Breakdown:
    """Take a module apart whose functions' owners are known.

    `packed` are its compressed forms, where they are there already.
    """
    from wasmtrim import sizes
    from wasmtrim.attribution import rows
    from wasmtrim.attribution.compressed import decode_brotli, gunzip, shares
    from wasmtrim.attribution.packages.inlining import Inlining
    from wasmtrim.attribution.reachability.graph import Graph

    items = rows(known, open_data=True)
    data = items.data
    packed = packed or sizes.compress(data)
    gzip = shares(gunzip(packed.gzip), items.bounds)
    brotli = shares(decode_brotli(packed.brotli), items.bounds)
    try:
        graph = Graph(known)
    except ModuleError:  # a body with instructions that are not known: what calls what isn't, too
        graph = None
    inlining = Inlining(known)
    functions = []
    code = []
    rest: dict[str, list[int]] = {}
    sections: Counter[str] = Counter()
    for item, places in items.grouped():
        sections[item.section] += item.bytes
        gzipped, squeezed = (sum(costs.rows[place] for place in places) for costs in (gzip, brotli))
        prices = (item.bytes, gzipped, squeezed)
        if item.kind != "function" or item.number is None:
            held = rest.setdefault(part_name(item), [0, 0, 0])
            for column, price in enumerate(prices):
                held[column] += price
            continue
        package = known.package(item.number)
        split = [inlining.split(item.number, price) for price in prices]
        code.append(split)
        functions.append(
            Part(
                item.name,
                package,
                known.group(item.number).name,
                known.where(item.number),
                item.bytes,
                gzipped,
                squeezed,
                retained=graph.retained[item.number] if graph else item.bytes,
                before=_before(graph, item.number) if graph else "",
                code=split[0] if split[0].keys() != {package} else {},
            )
        )
    return Breakdown(
        size=Size(len(data), len(packed.gzip), len(packed.brotli)),
        overhead=Size(0, gzip.overhead, brotli.overhead),
        functions=tuple(functions),
        packages=_packages(graph, known, functions, code),
        rest={name: Size(*held) for name, held in rest.items()},
        sections=sections,
        approximate=known.approximate,
        at_least=graph is not None and bool(graph.kept_by_table),
    )


def part_name(item: Item) -> str:
    """What a row that is not a function is summed up under: its section, or what its data is."""
    if item.kind == "segment header":
        return "data: segment headers"
    if item.kind != "data":
        return item.section
    if item.name.startswith(symbols.DESCRIPTOR):
        return "data: type descriptors"
    if item.name.startswith(("data ", TEXT)):  # by its place alone, in memory or in a file
        return f"data: of {item.package}" if item.package else "data: of several packages or none"
    return f"data: {item.name}"


def _before(graph: Graph, function: int) -> int | str:
    way = graph.way([function])
    if not way:
        return ""
    before, node = way[-2:]
    if before == ROOT:
        link = graph.step(before, node)
        return f"the module's {link.kind} {link.name}"
    caller = graph.function(before)
    return "the table" if caller is None else caller - graph.module.imported_functions


def _packages(
    graph: Graph | None,
    known: Owners,
    functions: Sequence[Part],
    code: Iterable[Sequence[Mapping[str, int]]],
) -> dict[str, PackagePart]:
    """Sum up by package; `code` has the split of each function, raw and under gzip and brotli."""
    owned: list[list[Owned]] = [[], [], []]
    for part, split in zip(functions, code, strict=True):
        for column, amounts in zip(owned, split, strict=True):
            column.append(Owned(part.package, amounts))
    raw, gzip, brotli = (
        shares_of(column, lambda name: known.group_of_package(name).name) for column in owned
    )
    found = {}
    for name, share in raw.items():
        retained, nearest = share.bytes, None
        members = graph.packages.get(name) if graph else None
        if graph and members:
            way = graph.way(members)
            last = graph.function(way[-1]) if way else None
            nearest = None if last is None else last - known.module.imported_functions
            retained = graph.retained_by(members)
        found[name] = PackagePart(
            group=share.group,
            functions=share.functions,
            bytes=share.bytes,
            gzip=gzip[name].bytes if name in gzip else 0,
            brotli=brotli[name].bytes if name in brotli else 0,
            retained=retained,
            nearest=nearest,
            approximate=share.approximate,
        )
    return found
