"""What changed between two snapshots: the tools, the sizes, and what is in the module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from wasmtrim.records import Change, Comparison, Figures, Names, Release, Stage, StageChange
from wasmtrim.regression import match, tool_changes
from wasmtrim.regression.inventory import FunctionSize, Inventory
from wasmtrim.regression.snapshot import Snapshot

_CHAINS = 10


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
    return Figures(stage.raw, stage.gzip, stage.brotli, stage.fuel)


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
