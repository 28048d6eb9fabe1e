"""What changed between two snapshots: the tools, the sizes, and what is in the module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from wasmtrim.records import Change, Comparison, Figures, Names, Release, Stage, StageChange
from wasmtrim.records.fields import METRICS
from wasmtrim.regression import causes, match, tool_changes
from wasmtrim.regression.difference import Difference
from wasmtrim.regression.snapshot import Snapshot


def compare(difference: Difference) -> Comparison:
    """Compare two snapshots as far as both know what they hold."""
    old, new = difference.old, difference.new
    before, after = difference.inventories
    pairs = difference.pairs
    return Comparison(
        old=old.label,
        new=new.label,
        identical=old.size.sha256 == new.size.sha256,
        tool_changes=tuple(tool_changes.differences(old, new)),
        metrics=_metrics(old, new),
        stages=tuple(_stages(old.release, new.release)) if old.release and new.release else (),
        sections=_sums(before.sections, after.sections),
        packages=_packages(difference),
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
        causes=causes.of_bytes(difference),
    )


def _metrics(old: Snapshot, new: Snapshot) -> dict[str, Change]:
    found: dict[str, Change] = {}
    for metric in METRICS:
        weights = old.weight(metric), new.weight(metric)
        if None not in weights:
            found[metric] = Change(metric, *weights)
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
    return Figures(stage.raw, stage.gzip, stage.brotli, stage.fuel, stage.brotli_exact)


def _packages(difference: Difference) -> tuple[Change, ...]:
    sides = [side.packages for side in difference.inventories]
    old, new = ({name: share.bytes for name, share in side.items()} for side in sides)
    return tuple(
        replace(
            change,
            approximate=any(
                side[name].approximate
                for side, name in zip(sides, (change.was or change.name, change.name), strict=True)
                if name in side
            ),
        )
        for change in _sums(old, new, difference.moved)
    )


def _sums(
    old: Mapping[str, int], new: Mapping[str, int], moved: Mapping[str, str] = MappingProxyType({})
) -> tuple[Change, ...]:
    """The sums that changed; `moved` has the former name of what has another one now."""
    names = [name for name in {**new, **old} if name not in moved.values()]
    changes = (
        Change(name, old.get(moved.get(name, name)), new.get(name), was=moved.get(name, ""))
        for name in names
    )
    return _ordered(change for change in changes if change.old != change.new or change.was)


def _ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: (-abs(change.delta), change.name)))


def _function_change(pair: match.Pair) -> Change:
    name = pair.known.shown
    was = pair.old.shown if pair.old and pair.new else name
    return Change(
        name,
        pair.old.bytes if pair.old else None,
        pair.new.bytes if pair.new else None,
        pair.known.package,
        was if match.normalised(was) != match.normalised(name) else "",
    )


def _names(old: tuple[str, ...], new: tuple[str, ...]) -> Names:
    """Compare names with their types; one whose type alone changed is one change."""
    added = [name for name in new if name not in old]
    removed = [name for name in old if name not in new]
    came, went = _by_name(added), _by_name(removed)
    changed = [
        (went[name][0], came[name][0])
        for name in came
        if len(came[name]) == 1 and len(went.get(name, ())) == 1
    ]
    return Names(
        added=tuple(name for name in added if name not in {now for _, now in changed}),
        removed=tuple(name for name in removed if name not in {was for was, _ in changed}),
        changed=tuple(f"{was} => {now.rpartition(': ')[2]}" for was, now in changed),
    )


def _by_name(typed: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in typed:
        found.setdefault(each.rpartition(": ")[0], []).append(each)
    return found
