"""The tools, flags and compressors by which two builds differ: not a fault of the source."""

from __future__ import annotations

from collections.abc import Iterator

from wasmtrim.records import Release, Stage
from wasmtrim.regression.snapshot import Snapshot

_NAMES_GO_ALONG = ("-g", "--nameless")


def differences(old: Snapshot, new: Snapshot, metric: str | None = None) -> Iterator[str]:
    """Yield a line for each difference, old => new.

    With a metric, only those that can change it: another brotli changes no raw size. Of a module
    without a release only the compressors are known.
    """
    if old.release and new.release:
        yield from _of_builds(old.release, new.release)
    for name, setting in new.compressors.items():
        measured = name not in (*old.unweighed, *new.unweighed)
        if metric in (None, name) and measured and old.compressors.get(name) != setting:
            yield f"{name}: {old.compressors.get(name, 'unknown')} => {setting}"


def _of_builds(old: Release, new: Release) -> Iterator[str]:
    compilers = [old.compiled_by, new.compiled_by]
    if compilers[0] != compilers[1]:
        yield f"compiler: {compilers[0]} => {compilers[1]}"
    known = {stage.name: stage for stage in old.stages}
    for stage in new.stages:
        if stage.name in known:
            before = known[stage.name]
            tools = [f"{s.tool.name} {s.tool.version}" for s in (before, stage)]
            if tools[0] != tools[1] and tools != compilers:
                yield f"{stage.name}: {tools[0]} => {tools[1]}"
            if before.tool.name == stage.tool.name and before.argv and stage.argv:
                yield from _flags(before, stage)
    if {s.name for s in old.stages} != {s.name for s in new.stages}:
        yield f"stages: {_listed(old)} => {_listed(new)}"


def _flags(old: Stage, new: Stage) -> Iterator[str]:
    gone = [word for word in old.argv if word not in new.argv and not _moves_nothing(word)]
    come = [word for word in new.argv if word not in old.argv and not _moves_nothing(word)]
    if gone or come:
        yield f"{new.name}: flags {' '.join(gone) or '(none)'} => {' '.join(come) or '(none)'}"


def _moves_nothing(flag: str) -> bool:
    """Whether a flag of wasm-opt is not anyone's choice, so that a change of it is none.

    The flags of features follow the module, and `-g` keeps names that are cut from what ships.
    """
    return flag in _NAMES_GO_ALONG or flag.startswith(("--enable-", "--disable-"))


def _listed(release: Release) -> str:
    return ", ".join(stage.name for stage in release.stages)
