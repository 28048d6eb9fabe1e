"""What changed between two snapshots: the tools, the sizes, and what is in the module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from wasmtrim.regression import match, tool_changes
from wasmtrim.regression.inventory import FunctionSize, Inventory
from wasmtrim.regression.record import Release, Stage
from wasmtrim.regression.snapshot import Snapshot

_CHAINS = 10


@dataclass(frozen=True, slots=True)
class Change:
    """A size that changed. `old` is None for what was added, `new` for what was removed.

    `package` is there for functions; `was` is the former name of one that was renamed.
    """

    name: str
    old: int | None
    new: int | None
    package: str = ""
    was: str = ""

    @property
    def delta(self) -> int:
        return (self.new or 0) - (self.old or 0)

    @property
    def word(self) -> str:
        """`added`, `removed`, `grown`, `shrunk`, or `same size`."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "removed"
        return "grown" if self.delta > 0 else "shrunk" if self.delta < 0 else "same size"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a stage's module weighs, in bytes, and the instructions of its run."""

    raw: int
    gzip: int
    brotli: int
    fuel: int | None


@dataclass(frozen=True, slots=True)
class StageChange:
    """A stage in both, or in one of them."""

    name: str
    old: Figures | None
    new: Figures | None


@dataclass(frozen=True, slots=True)
class Names:
    """Names that came and went, imports or exports, with their types."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """What two snapshots differ in; `old` and `new` are their labels.

    `identical`: they are the same file, byte for byte. `tool_changes` says how the tools,
    their flags or the compressors differ. `metrics` are the figures of the whole module that both
    sides have. `stages` are in the new order. Sections, packages (their
    share of the code section) and functions are those whose size changed, the largest change
    first; `rewritten` counts the functions of the same size, but of other bytes. `chains` say of
    the packages that grew most what keeps each of them, from the module on.
    """

    old: str
    new: str
    identical: bool
    tool_changes: tuple[str, ...]
    metrics: Mapping[str, Change]
    stages: tuple[StageChange, ...]
    sections: tuple[Change, ...]
    packages: tuple[Change, ...]
    functions: tuple[Change, ...]
    rewritten: int
    imports: Names
    exports: Names
    chains: Mapping[str, tuple[str, ...]]


def compare(old: Snapshot, new: Snapshot) -> Comparison:
    """Compare two snapshots as far as both know what they hold."""
    before, after = old.inventory or _NOTHING, new.inventory or _NOTHING
    if not old.inventory or not new.inventory:
        before = after = _NOTHING
    pairs = match.pairs(before.functions, after.functions)
    packages = _sums(
        {name: share.bytes for name, share in before.packages.items()},
        {name: share.bytes for name, share in after.packages.items()},
    )
    return Comparison(
        old=old.label,
        new=new.label,
        identical=old.size.sha256 == new.size.sha256,
        tool_changes=tuple(tool_changes.differences(old.release, new.release))
        if old.release and new.release
        else (),
        metrics=_metrics(old, new),
        stages=tuple(_stages(old.release, new.release)) if old.release and new.release else (),
        sections=_sums(before.sections, after.sections),
        packages=packages,
        functions=_ordered(
            change for change in map(_function_change, pairs) if change.old != change.new
        ),
        rewritten=sum(
            pair.old.digest != pair.new.digest and pair.old.bytes == pair.new.bytes
            for pair in pairs
            if pair.old and pair.new and pair.old.digest and pair.new.digest
        ),
        imports=_names(before.imports, after.imports),
        exports=_names(before.exports, after.exports),
        chains={
            change.name: chain
            for change in [change for change in packages if change.delta > 0][:_CHAINS]
            if (chain := after.chain(change.name))
        },
    )


_NOTHING = Inventory({}, (), (), ())


def _metrics(old: Snapshot, new: Snapshot) -> dict[str, Change]:
    found = {
        name: Change(name, getattr(old.size, name), getattr(new.size, name))
        for name in ("raw", "gzip", "brotli")
    }
    if old.fuel is not None and new.fuel is not None:
        found["fuel"] = Change("fuel", old.fuel, new.fuel)
    if old.inventory and new.inventory:
        for name in ("functions", "imports"):
            before, after = getattr(old.inventory, name), getattr(new.inventory, name)
            found[name] = Change(name, len(before), len(after))
    return found


def _stages(old: Release, new: Release) -> Iterator[StageChange]:
    before, after = ({s.name: _figures(s) for s in side.stages} for side in (old, new))
    for name in after | before:
        yield StageChange(name, before.get(name), after.get(name))


def _figures(stage: Stage) -> Figures:
    size = stage.size
    return Figures(size.raw, size.gzip, size.brotli, stage.fuel)


def _sums(old: Mapping[str, int], new: Mapping[str, int]) -> tuple[Change, ...]:
    changes = (Change(name, old.get(name), new.get(name)) for name in {**old, **new})
    return _ordered(change for change in changes if change.old != change.new)


def _ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: (-abs(change.delta), change.name)))


def _function_change(pair: match.Pair) -> Change:
    known = pair.new or pair.old
    assert known
    name = _shown(known)
    was = _shown(pair.old) if pair.old and pair.new else name
    return Change(
        name,
        pair.old.bytes if pair.old else None,
        pair.new.bytes if pair.new else None,
        known.package,
        was if match.normalised(was) != match.normalised(name) else "",
    )


def _shown(function: FunctionSize) -> str:
    return function.name or f"(unknown) {function.type}".rstrip()


def _names(old: tuple[str, ...], new: tuple[str, ...]) -> Names:
    return Names(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
    )
