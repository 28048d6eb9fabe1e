"""The same at each stage: the first stage whose module behaves in another way is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wasmtrim.check import Check, failed, held
from wasmtrim.errors import ModuleError
from wasmtrim.verify.sandbox import Run
from wasmtrim.wasm import component, is_component, sections


def same_code(before: bytes, after: bytes) -> bool:
    """Whether two modules differ in custom sections only, so that one need not be run again."""
    try:
        return _code(before) == _code(after)
    except ModuleError:
        return False


def _code(data: bytes) -> list[tuple[int, bytes]]:
    """All sections but the custom ones; of a component with those of what lies in it."""
    found = component.read(data).sections if is_component(data) else sections.split(data)
    code = []
    for section in found:
        if section.id == sections.CUSTOM:
            continue
        content = data[section.start : section.end]
        if is_component(data) and section.id in (component.CORE_MODULE, component.NESTED):
            code += [(section.id, b""), *_code(content)]
        else:
            code.append((section.id, content))
    return code


def check_stages(runs: Sequence[tuple[str, Path]]) -> Check:
    """Compare the runs of all stages (each a name and the run's folder) with the first one's."""
    name = "same at each stage"
    (first, start), *others = runs
    wanted = Run.read(start)
    for stage, folder in others:
        difference = _difference(wanted, start, Run.read(folder), folder)
        if difference:
            return failed(name, f"{stage} changed {difference} (compared with {first})")
    return held(name, f"{len(runs)} stages give the same")


def _difference(before: Run, old: Path, after: Run, new: Path) -> str | None:
    if (before.kind, before.exit) != (after.kind, after.exit):
        return f"how the run ends: {before.ended} became {after.ended}"
    if repr(before.returns) != repr(after.returns):  # NaN is unlike itself, its text is not
        return f"what the call returns: {before.returns} became {after.returns}"
    if before.stdout_sha256 != after.stdout_sha256:
        at = first_difference((old / "stdout").read_bytes(), (new / "stdout").read_bytes())
        return (
            f"the output: {before.stdout_bytes} bytes became {after.stdout_bytes},"
            f" the first other one is byte {at}"
        )
    return None


def first_difference(one: bytes, other: bytes) -> int:
    """Where two texts first differ; the end of the shorter one where it begins the other."""
    shorter = min(len(one), len(other))
    if one[:shorter] == other[:shorter]:
        return shorter
    low, high = 0, shorter  # one[:low] is equal, one[:high] is not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle)
    return low
