"""What a growth is made of: parts that add up to it, each with the first call that brought it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from wasmtrim.attribution.packages.naming import UNKNOWN_PACKAGE
from wasmtrim.records.fields import METRICS
from wasmtrim.records.regression import Cause
from wasmtrim.regression.arrivals import Arrival
from wasmtrim.regression.inventory import Inventory
from wasmtrim.regression.match import Pair, is_named
from wasmtrim.regression.snapshot import Snapshot

if TYPE_CHECKING:
    from wasmtrim.profile import Budget, Scope
    from wasmtrim.regression.difference import Difference

COMPRESSED: Final = ("gzip", "brotli")
ELSE: Final = "all else"  # what is left of a growth
_OF_A_BUDGET: Final = 3
_OF_A_COMPARISON: Final = 100  # more than a reader is shown, unless asked for
_BELOW: Final = 3  # packages named below a first call


def of_bytes(difference: Difference) -> tuple[Cause, ...]:
    """Explain the raw bytes that came or went between two modules."""
    grown = difference.new.size.raw - difference.old.size.raw
    parts = tuple(_of_code_and_sections("raw", difference)) if grown > 0 else ()
    return _largest(parts, grown, _OF_A_COMPARISON) if parts else ()


def cut(causes: Sequence[Cause], most: int) -> tuple[Cause, ...]:
    """Leave `most` causes of a growth, and the rest in one: they add up to it as before."""
    named = [cause for cause in causes if cause.what != ELSE]
    return _largest(named, sum(cause.amount for cause in causes), most)


def of_budget(budget: Budget, difference: Difference, grown: int) -> tuple[Cause, ...]:
    """Explain by how much a budget's figure grew, in its own unit; nothing where parts don't."""
    metric, scope = budget.metric, budget.scope
    parts: Iterable[Cause] = ()
    if metric == "imports":
        parts = _of_imports(difference)
    elif metric == "fuel" or scope.kind == "stage" or grown <= 0:
        return ()
    elif scope.kind == "artifact" and metric in METRICS:
        parts = _of_code_and_sections(metric, difference)
    elif scope.kind == "artifact" or (scope.kind == "section" and scope.name == "code"):
        parts = _of_functions(metric, difference)
    elif scope.kind in ("package", "unknown"):
        parts = _of_functions(metric, difference, part_of(scope))
    elif scope.kind == "function":
        parts = _of_one(scope.name, difference)
    parts = tuple(parts)
    return _largest(parts, grown, _OF_A_BUDGET) if parts else ()


def part_of(scope: Scope) -> str:
    """Name the section, package or function of a scope, as an inventory has it."""
    return UNKNOWN_PACKAGE if scope.kind == "unknown" else scope.name


def of_size(budget: Budget, new: Snapshot) -> str:
    """Name the largest parts, in the budget's own unit, if there is no growth to explain."""
    metric, scope, held = budget.metric, budget.scope, new.inventory
    if held is None or metric not in METRICS:
        return ""
    found: Mapping[str, int] = {}
    if scope.kind in ("package", "unknown"):
        costs = zip(held.functions, _function_costs(metric, held), strict=False)
        found = {each.shown: cost for each, cost in costs if each.package == part_of(scope)}
    elif scope.kind == "artifact":
        found = _packages(metric, held)
    names = sorted(found, key=lambda name: (-found[name], name))[:_OF_A_BUDGET]
    return ", ".join(f"{name} {found[name]:,}" for name in names)


def told(causes: Sequence[Cause]) -> str:
    """Return causes as a line: `main.fail -> fmt.Fprintf +9,204 (fmt +8,000, strconv +1,204)`."""
    return ", ".join(
        f"{cause.what} {cause.amount:+,}" + (f" ({cause.below})" if cause.below else "")
        for cause in causes
    )


def _largest(parts: Iterable[Cause], grown: int, most: int) -> tuple[Cause, ...]:
    """The `most` largest parts and one for the rest: they add up to `grown`."""
    found = sorted(parts, key=lambda cause: (-cause.amount, cause.what))
    named = [cause for cause in found[:most] if cause.amount > 0]
    rest = grown - sum(cause.amount for cause in named)
    return (*named, *([Cause(ELSE, rest)] if rest else []))


def _of_code_and_sections(metric: str, difference: Difference) -> Iterator[Cause]:
    yield from _of_functions(metric, difference)
    old, new = (_sections(metric, held) for held in difference.inventories)
    for name in {**new, **old}:
        if name != "code":
            grown = new.get(name, 0) - old.get(name, 0)
            opened = name == "data" and grown > 0
            below = _of_data(metric, *difference.inventories) if opened else ""
            yield Cause(f"section {name}", grown, below, section=name)


def _of_data(metric: str, before: Inventory, after: Inventory) -> str:
    """Name the parts of the data that grew most; against a baseline, those that are largest now."""
    known = before.owners is not None
    parts = Counter(after.data(metric))
    if known:
        parts.subtract(before.data(metric))
    largest = [(name, amount) for name, amount in parts.most_common(_BELOW) if amount > 0]
    if known:
        return ", ".join(f"{name} {amount:+,}" for name, amount in largest)
    told = ", ".join(f"{name} {amount:,}" for name, amount in largest)
    return f"its largest parts: {told}" if told else ""


def _of_functions(metric: str, difference: Difference, package: str = "") -> Iterator[Cause]:
    """New functions by how they came, and the net change of all others by package."""
    _, after = difference.inventories
    costs = _function_costs(metric, after)
    first = after.owners.module.imported_functions if after.owners else 0
    came: Counter[str] = Counter()  # of each package, what is counted with an arrival
    for arrival in difference.arrivals if costs else ():
        below: Counter[str] = Counter()
        for index in arrival.functions:
            place = index - first
            own = difference.function(index).package
            code = after.split(place, costs[place]) if metric in METRICS else {own: 1}
            below.update({of: amount for of, amount in code.items() if package in ("", of)})
        came.update(below)
        if below:
            yield Cause(
                arrival.via,
                below.total(),
                "; ".join(filter(None, (arrival.told, _below(below, arrival)))),
                difference.function(arrival.first).name,
            )
    old, new = (_packages(metric, held) for held in difference.inventories)
    mixed, hosts = _inlined(after) if metric in METRICS else (frozenset(), {})
    for name in {**new, **old}:
        if name in difference.moved.values() or package not in ("", name):
            continue
        was = difference.moved.get(name, name)
        net = new.get(name, 0) - old.get(was, 0) - came[name]
        if net:
            largest = _largest_change(metric, difference.pairs, name, counted=bool(came))
            function = largest.new.name if largest and largest.new else ""
            below_it = f"inlined into {hosts[name]}" if net > 0 and name in hosts else ""
            if largest:
                whole = " with inlined code" if function in mixed else ""
                below_it = f"{largest.known.shown} {_delta(largest):+,}{whole}"
            yield Cause(name, net, below_it, function, package=name)


def _inlined(held: Inventory) -> tuple[Collection[str], Mapping[str, str]]:
    """Find the functions with other packages' code, and by package the one with most of it."""
    mixed = set()
    most: dict[str, tuple[int, str]] = {}
    for place, function in enumerate(held.functions):
        parts = held.split(place, function.bytes)
        for package, amount in parts.items():
            if package != function.package:
                mixed.add(function.name)
                most[package] = max(most.get(package, (0, "")), (amount, function.shown))
    return mixed, {package: name for package, (_, name) in most.items()}


def _of_one(name: str, difference: Difference) -> Iterator[Cause]:
    """How a function came that is new; that one grew is all that there is to say of it."""
    for arrival in difference.arrivals:
        for function in map(difference.function, arrival.functions):
            if is_named(function, name):
                yield Cause(arrival.via, function.bytes, "", function.name)


def _of_imports(difference: Difference) -> Iterator[Cause]:
    before, after = difference.inventories
    for name in after.imports:
        if name not in before.imports:
            yield Cause(name, 1, section="import")


def _below(packages: Counter[str], arrival: Arrival) -> str:
    """What came with a first call: its packages, where there are several functions."""
    if len(arrival.functions) == 1:
        return ""
    held = f", {arrival.by_table:,} by the table alone" if arrival.by_table else ""
    named = [f"{name} {amount:+,}" for name, amount in packages.most_common(_BELOW)]
    more = [f"{len(packages) - _BELOW:,} more"] if len(packages) > _BELOW else []
    return f"{len(arrival.functions):,} functions{held}: {', '.join([*named, *more])}"


def _function_costs(metric: str, held: Inventory) -> Sequence[int]:
    """What each function counts for under a metric; nothing where that can't be told."""
    if metric == "functions":
        return [1] * len(held.functions)
    if metric == "raw":
        return [function.bytes for function in held.functions]
    costs = held.costs(metric)
    return costs.functions if costs else ()


def _packages(metric: str, held: Inventory) -> Mapping[str, int]:
    if metric in COMPRESSED:
        costs = held.costs(metric)
        return costs.packages if costs else {}
    counted = "functions" if metric == "functions" else "bytes"
    return {name: getattr(share, counted) for name, share in held.packages.items()}


def _sections(metric: str, held: Inventory) -> Mapping[str, int]:
    if metric == "raw":
        return held.sections
    costs = held.costs(metric)
    return costs.sections if costs else {}


def _largest_change(
    metric: str, pairs: Sequence[Pair], package: str, *, counted: bool
) -> Pair | None:
    """The function of a package that grew most; new ones only where no arrival has them."""
    if metric == "functions":
        return None
    grown = [
        pair
        for pair in pairs
        if pair.new
        and pair.new.package == package
        and (pair.old or not counted)
        and _delta(pair) > 0
    ]
    # A function's compressed bytes in the base aren't known, so there it is named by raw ones.
    return max(grown, key=_delta, default=None) if metric == "raw" else None


def _delta(pair: Pair) -> int:
    return (pair.new.bytes if pair.new else 0) - (pair.old.bytes if pair.old else 0)
