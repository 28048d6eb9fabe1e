"""What a user means by a name: an export, a package, a function, or one that was inlined."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from wasmtrim.attribution.graph import Graph
from wasmtrim.attribution.symbols import paths
from wasmtrim.attribution.symbols.languages import CPP
from wasmtrim.errors import UsageError
from wasmtrim.escaping import printable
from wasmtrim.records.why import Kind

EXPORT: Final = "export"
PACKAGE: Final = "package"
FUNCTION: Final = "function"
INLINED: Final = "inlined"
_MOST_NEAR = 5


@dataclass(frozen=True, slots=True)
class Target:
    """`functions` are all of a package, the one that is meant, or those with the code of what was
    inlined. `others` says what else has that name."""

    kind: Kind
    name: str
    functions: tuple[int, ...]
    others: tuple[str, ...] = ()


def find(graph: Graph, text: str) -> Target:
    """Look among the exports, the packages, the indices and the functions, in this order.

    Names may be without what stands before their last part, and C++'s without their arguments.
    UsageError where nothing has the name.
    """
    names = _names(graph)
    found = [*_all(graph, text, names)]
    if not found:
        raise _unknown(graph, text, [], names)
    first, rest = found[0], found[1:]
    if first.kind == FUNCTION and any(other.kind == FUNCTION for other in rest):
        raise _unknown(graph, text, [each.name for each in found], names)
    others = [f"{t.kind} {t.name}" for t in rest if t.functions != first.functions]
    return Target(first.kind, first.name, first.functions, tuple(others))


def _all(graph: Graph, text: str, names: Mapping[str, int]) -> Iterable[Target]:
    for export in graph.module.exports:
        if export.kind == "func" and export.name == text:
            yield Target(EXPORT, text, (export.index,))
    if text in graph.packages:
        yield Target(PACKAGE, text, tuple(graph.packages[text]))
    if text.isdecimal() and int(text) < len(graph.module.functions):
        yield Target(FUNCTION, text, (int(text),))
    meant = _meant(text, names)
    if not meant and graph.owners.languages.paths == CPP:
        meant = [name for name in names if f"::{paths.flat(name)}".endswith(f"::{text}")]
    for name in meant:
        yield Target(FUNCTION, name, (names[name],))
    packages = [name for name in graph.packages if name.endswith(f"/{text}")]
    packages += [f"std.{text}"] if f"std.{text}" in graph.packages else []  # Zig's
    if len(packages) == 1:
        yield Target(PACKAGE, packages[0], tuple(graph.packages[packages[0]]))
    elif packages and not meant:
        raise _unknown(graph, text, packages, names)
    if hosts := () if meant or text in graph.packages else _hosts(graph, text):
        yield Target(INLINED, text, hosts)


def _names(graph: Graph) -> dict[str, int]:
    """The function of each name."""
    names: dict[str, int] = {}
    for index in graph.owners.entries:
        for owner in graph.owners.of(index):
            names.setdefault(owner.symbol.name, index)
    return names


def _meant(text: str, names: Collection[str]) -> list[str]:
    """The names that `text` is, or else is the end of."""
    if text in names:
        return [text]
    return [name for name in names if name.endswith((f".{text}", f"::{text}", f"/{text}"))]


def _hosts(graph: Graph, text: str) -> tuple[int, ...]:
    """The functions that have the code of a function or package which is none of its own."""
    hosts = []
    for index in graph.owners.entries:
        places = [owner.place for owner in graph.owners.of(index) if owner.place]
        inlined = [graph.owners.parse(name) for place in places for name in place.inlined]
        if any(s.package == text or _meant(text, [s.name]) for s in inlined):
            hosts.append(index)
    return tuple(hosts)


def _unknown(graph: Graph, text: str, meant: Collection[str], names: Collection[str]) -> UsageError:
    import difflib

    exports = [entry.name for entry in graph.module.exports if entry.kind == "func"]
    known = [*exports, *graph.packages, *names]
    near = list(meant) or difflib.get_close_matches(text, known, n=3, cutoff=0.5)
    listed = " or ".join(dict.fromkeys(printable(name) for name in near[:_MOST_NEAR]))
    hint = f"; did you mean {listed}?" if near else ""
    if not names:
        hint = "; the module names none, so give an index"
    if text.isdecimal():
        hint = f"; its functions are 0 to {len(graph.module.functions) - 1}"
    said = "several functions or packages are called" if meant else "no function or package"
    end = "" if meant else " is in the module"
    return UsageError(f"{said} {text!r}{end}{hint}")
