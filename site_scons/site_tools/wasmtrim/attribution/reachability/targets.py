"""What a user means by a name: an export, a package, a function, or one that was inlined."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias

from wasmtrim.attribution.reachability.graph import Graph
from wasmtrim.attribution.symbols import Symbol, forms
from wasmtrim.errors import UsageError
from wasmtrim.escaping import elided, printable

if TYPE_CHECKING:
    from wasmtrim.records.why import Kind

EXPORT: Final = "export"
PACKAGE: Final = "package"
FUNCTION: Final = "function"
PREFIX: Final = "prefix"
INLINED: Final = "inlined"
_MOST_NEAR = 5
_SHOWN = 200  # characters of a name that nothing has
_CLOSURE = re.compile(r"\.(?:func|gowrap|deferwrap)\d|::\{+closure")
_GENERATED = "type:"  # Go's equality and hashes of a type
_Names: TypeAlias = dict[str, tuple[Symbol, list[int]]]


@dataclass(frozen=True, slots=True)
class Target:
    """`functions` are all of a package, or those that are meant: several where they are instances
    of a generic one, or alike in name. Of what was inlined they are those with its code. A prefix
    is the name of a module, a namespace or a type. `others` says what else has that name."""

    kind: Kind
    name: str
    functions: tuple[int, ...]
    others: tuple[str, ...] = ()


def find(graph: Graph, text: str) -> Target:
    """Look among the exports, the packages, the indices, the functions and what their names begin
    with, in this order.

    Names may be without what stands before their last part, and without type arguments and
    parameters. UsageError where nothing has the name.
    """
    if not text:
        raise UsageError("nothing is named; name an export, a package or a function")
    names = _names(graph)
    found = [*_all(graph, text, names)]
    if not found:
        raise _unknown(graph, text, [], names)
    first, rest = found[0], found[1:]
    if first.kind == FUNCTION and any(other.kind == FUNCTION for other in rest):
        raise _unknown(graph, text, [each.name for each in found], names)
    # A package's name is also what the names of its functions begin with.
    other = [t for t in rest if t.functions != first.functions]
    others = [f"{t.kind} {t.name}" for t in other if (t.kind, t.name) != (PREFIX, first.name)]
    return Target(first.kind, first.name, first.functions, tuple(others))


def _all(graph: Graph, text: str, names: _Names) -> Iterable[Target]:
    for export in graph.module.exports:
        if export.kind == "func" and export.name == text:
            yield Target(EXPORT, text, (export.index,))
    if text in graph.packages:
        yield Target(PACKAGE, text, tuple(graph.packages[text]))
    number = text.removeprefix("function ")  # as the tables show one without a name
    if number.isdecimal() and int(number) < len(graph.module.functions):
        yield Target(FUNCTION, number, (int(number),))
    meant = [*_functions(text, names)]
    yield from meant
    packages = [name for name in graph.packages if name.endswith((f"/{text}", f") {text}"))]
    packages += [f"std.{text}"] if f"std.{text}" in graph.packages else []  # Zig's
    if len(packages) == 1:
        yield Target(PACKAGE, packages[0], tuple(graph.packages[packages[0]]))
    elif packages and not meant:
        raise _unknown(graph, text, packages, names)
    if meant or text in graph.packages:
        return
    below = _below(text, names)
    if len(below) > 1 and text not in below:
        raise _unknown(graph, text, [*below], names)
    prefix = text if text in below else next(iter(below), "")
    if not all(_is_closure(graph.owners.name(index), prefix) for index in below.get(prefix, ())):
        yield Target(PREFIX, prefix, tuple(below[prefix]))
        return
    hosts = _hosts(graph, text)
    if len(hosts) > 1 and text not in hosts:
        raise _unknown(graph, text, [*hosts], names)
    if hosts:
        name = text if text in hosts else next(iter(hosts))
        yield Target(INLINED, name, tuple(hosts[name]))
    elif below:
        yield Target(PREFIX, prefix, tuple(below[prefix]))


def _names(graph: Graph) -> _Names:
    """The functions of each name."""
    names: _Names = {}
    for index in graph.owners.entries:
        for owner in graph.owners.of(index):
            names.setdefault(owner.symbol.name, (owner.symbol, []))[1].append(index)
    return names


def _functions(text: str, names: _Names) -> Iterator[Target]:
    """The functions that have a name, or else those whose names end with it. The instances of a
    generic one are one target, and so are all that implement a method of a trait."""
    if text in names:
        yield Target(FUNCTION, text, tuple(dict.fromkeys(names[text][1])))
        return
    leaf, alike = forms.leaf(text), dict[str, dict[str, list[int]]]()
    for name, (symbol, functions) in names.items():
        if leaf in name and not name.startswith(_GENERATED):
            known = forms.of(symbol)
            form = forms.meant(text, known) or (forms.meant(text, [name]) and known[0])
            if form:
                alike.setdefault(form, {})[name] = functions
    for form, instances in alike.items():
        name = form if len(instances) > 1 else next(iter(instances))
        yield Target(FUNCTION, name, tuple(dict.fromkeys(chain(*instances.values()))))


def _below(text: str, names: _Names) -> dict[str, dict[int, None]]:
    """What ends with a text and other names begin with, a module of Rust, a namespace or a type;
    and the functions of these names."""
    found: dict[str, dict[int, None]] = {}
    inside = re.compile(rf"(?:^|(?<=[:./#])){re.escape(text)}(?=::|[.#])")
    for name, (symbol, functions) in names.items():
        if text not in name or name.startswith(_GENERATED):
            continue
        for form in forms.of(symbol):
            if hit := inside.search(form):
                found.setdefault(form[: hit.end()], {}).update(dict.fromkeys(functions))
    return found


def _is_closure(name: str, prefix: str) -> bool:
    """Whether a function is only a closure of the one that has the prefix for its name."""
    return bool(_CLOSURE.match(name.removeprefix(prefix)))


def _hosts(graph: Graph, text: str) -> dict[str, dict[int, None]]:
    """The functions that have the code of a function or package which has none of its own, by its
    name: a package may be called by the last part of its path."""
    hosts: dict[str, dict[int, None]] = {}
    for index in graph.owners.entries:
        places = [owner.place for owner in graph.owners.of(index) if owner.place]
        for symbol in (graph.owners.parse(name) for place in places for name in place.inlined):
            if symbol.package == text or forms.meant(text, (symbol.name, *forms.of(symbol))):
                hosts.setdefault(text, {})[index] = None
            elif symbol.package.endswith(f"/{text}"):
                hosts.setdefault(symbol.package, {})[index] = None
    return hosts


def _unknown(graph: Graph, text: str, meant: Collection[str], names: _Names) -> UsageError:
    import difflib

    exports = [entry.name for entry in graph.module.exports if entry.kind == "func"]
    known = [*exports, *graph.packages, *names]
    near = [*dict.fromkeys(meant or difflib.get_close_matches(text, known, n=3, cutoff=0.5))]
    listed = " or ".join(map(printable, near[:_MOST_NEAR]))
    more = f", or one of {len(near) - _MOST_NEAR:,} more" if len(near) > _MOST_NEAR else ""
    hint = f"; did you mean {listed}{more}?" if near else ""
    count = len(graph.module.functions)
    nameless = count - len(graph.owners.entries)
    if not near and 2 * nameless > count:
        hint = f"; {nameless:,} of its {count:,} functions have no name, so give an index"
    if text.isdecimal():
        hint = f"; its functions are 0 to {count - 1}"
    if not count:
        hint = "; it has no functions at all"
    said = "several functions or packages are called" if meant else "no function or package"
    end = "" if meant else " is in the module"
    return UsageError(f"{said} {elided(text, _SHOWN)!r}{end}{hint}")
