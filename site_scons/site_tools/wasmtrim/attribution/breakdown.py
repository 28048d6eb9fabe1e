"""What a module is made of: each part's bytes, raw and compressed, and what keeps it.

A release writes it beside the module's other records, `NAME.breakdown.json`, whether the module
passes or not. Like the records, it is the same for the same module on every machine.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wasmtrim import atomic
from wasmtrim.attribution.package_shares import Share, shares_of
from wasmtrim.errors import ModuleError
from wasmtrim.sizes import UNKNOWN_PACKAGE

if TYPE_CHECKING:
    from wasmtrim.attribution import NameSources, Owners
    from wasmtrim.attribution.graph import Graph
    from wasmtrim.sizes import Compressed

SCHEMA: Final = 1


class Size(NamedTuple):
    """Bytes: of the file itself, and of its gzip and its brotli file."""

    bytes: int
    gzip: int
    brotli: int


class Part(NamedTuple):
    """A function. `where` is its file and line in the sources, "" where nobody knows them.

    `retained`: the bytes that would leave with it, its own among them.
    `before` is the link before it in its shortest chain: the place of the function that calls it,
    or else in words what of the module leads to it; "" where nothing does.
    """

    name: str
    package: str
    group: str
    where: str
    bytes: int
    gzip: int
    brotli: int
    retained: int
    before: int | str


class PackageRetention(NamedTuple):
    """A package: what would leave with all of it, and the place of its function that is reached
    by the shortest chain; None where nothing leads to it."""

    retained: int
    nearest: int | None


@dataclass(frozen=True)
class Breakdown:
    """`functions` are in file order. `rest` is what is left of each section without them.

    All these parts add up to `size`; the compressed ones do with the `overhead` of the streams' own
    headers and tables. `sections` are the bytes of the whole ones. `approximate`: the names are
    likely, not proven.
    """

    size: Size
    overhead: Size
    functions: tuple[Part, ...]
    packages: Mapping[str, PackageRetention]
    rest: Mapping[str, Size]
    sections: Mapping[str, int]
    approximate: bool

    @cached_property
    def shares(self) -> dict[str, Share]:
        """What the functions of each package take, the largest package first."""
        return shares_of(self.functions)


def write(path: Path, module: str, found: Breakdown | None) -> None:
    """Write the record of the module with this sha256; None where it can't be taken apart."""
    content: dict[str, Any] = {"schema": SCHEMA, "module": module, "breakdown": None}
    if found:
        content["breakdown"] = {
            "size": found.size,
            "overhead": found.overhead,
            "functions": found.functions,
            "packages": found.packages,
            "rest": found.rest,
            "sections": found.sections,
            "approximate": found.approximate,
        }
    atomic.write_text(path, json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")


def read(path: Path, module: str) -> Breakdown | None:
    """Read what is known of the module with this sha256; None where there is nothing of it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        held = content["breakdown"]
        if (content["schema"], content["module"]) != (SCHEMA, module) or held is None:
            return None
        return Breakdown(
            size=Size(*held["size"]),
            overhead=Size(*held["overhead"]),
            functions=tuple(Part(*row) for row in held["functions"]),
            packages={name: PackageRetention(*row) for name, row in held["packages"].items()},
            rest={name: Size(*row) for name, row in held["rest"].items()},
            sections=held["sections"],
            approximate=held["approximate"],
        )
    except (OSError, AttributeError, KeyError, TypeError, ValueError):
        return None


def of_module(
    data: bytes, name_sources: NameSources | None = None, packed: Compressed | None = None
) -> Breakdown:
    """Take a module apart.

    `name_sources` tells whose its functions are; `packed` are its compressed forms, where they are
    there already. Raises ModuleError where it, or its unstripped build, is no module.
    """
    from wasmtrim import sizes
    from wasmtrim.attribution import NameSources, rows
    from wasmtrim.attribution.compressed import decode_brotli, gunzip, shares
    from wasmtrim.attribution.graph import Graph

    known = (name_sources or NameSources()).owners(data)
    items = rows(known)
    packed = packed or sizes.compress(data)
    gzip = shares(gunzip(packed.gzip), items.bounds)
    brotli = shares(decode_brotli(packed.brotli), items.bounds)
    try:
        graph = Graph(known)
    except ModuleError:  # a body with instructions that are not known: what calls what isn't, too
        graph = None
    functions = []
    rest: dict[str, list[int]] = {}
    sections: Counter[str] = Counter()
    for item, gzipped, squeezed in zip(items, gzip.rows, brotli.rows, strict=True):
        sections[item.section] += item.bytes
        if item.kind != "function" or item.number is None:
            held = rest.setdefault(item.section, [0, 0, 0])
            for place, cost in enumerate((item.bytes, gzipped, squeezed)):
                held[place] += cost
            continue
        functions.append(
            Part(
                item.name,
                known.package(item.number) or UNKNOWN_PACKAGE,
                known.group(item.number),
                known.where(item.number),
                item.bytes,
                gzipped,
                squeezed,
                retained=graph.retained[item.number] if graph else item.bytes,
                before=_before(graph, item.number) if graph else "",
            )
        )
    return Breakdown(
        size=Size(len(data), len(packed.gzip), len(packed.brotli)),
        overhead=Size(0, gzip.overhead, brotli.overhead),
        functions=tuple(functions),
        packages=_packages(graph, known) if graph else {},
        rest={name: Size(*held) for name, held in rest.items()},
        sections=sections,
        approximate=known.approximate,
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


def _packages(graph: Graph, known: Owners) -> dict[str, PackageRetention]:
    first = known.module.imported_functions
    retention = {}
    for name, functions in graph.packages.items():
        chain = graph.chain(functions)
        nearest = chain[-1].function if chain else None
        place = None if nearest is None else nearest - first
        retention[name] = PackageRetention(graph.retained_by(functions), place)
    return retention
