"""Time by call stack: the module runs as it is, and wasmtime's profiler takes samples."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from wasmtrim import atomic, sizes
from wasmtrim.engine import private_api
from wasmtrim.engine.sampling import INTERVAL_NS
from wasmtrim.errors import CheckError, ToolError, UsageError
from wasmtrim.hotspots.functions import Functions
from wasmtrim.hotspots.subject import Subject
from wasmtrim.hotspots.tree import Tree
from wasmtrim.records.hotspots import NO_PARENT, CaseRow, HotspotsRecord
from wasmtrim.verify import sandbox
from wasmtrim.verify.differential import comparison
from wasmtrim.wasm import rewriting
from wasmtrim.wasm.module import Module

_ENDED: Final = ("exit",)


def measure(subject: Subject, folder: Path, seconds: float) -> HotspotsRecord:
    """Run the module for so many seconds on each case; `folder` is for its files.

    Raises CheckError where a run fails, UsageError where it needs models, and ToolError where
    wasmtime is of a version whose profiler isn't known.
    """
    if missing := private_api.missing():
        raise ToolError(f"{missing}; without it, nothing is sampled, but counting works")
    if subject.conditions.nn:
        raise UsageError(f"{subject.label}: a module with models (nn) is counted, not sampled")
    module = folder / "sampled.wasm"
    atomic.write_bytes(module, numbered(subject.measured))
    given = [case for _, case in subject.cases]
    longest = 2 * len(given) * (seconds + subject.conditions.run_limits.seconds)
    conditions = replace(subject.conditions, seconds=longest)
    found = comparison.run(module, given, conditions, "sampled", sampled=seconds)
    tree, functions = Tree(), Functions(subject.owners)
    cases, notes = [], []
    for (name, _), one in zip(subject.cases, found, strict=False):
        if one.run.kind not in _ENDED:
            raise CheckError(f"{subject.titled(name)}: {one.run.ended}")
        seen = json.loads((one.into / sandbox.PROFILE_FILE).read_bytes())
        places: list[int] = []
        for index, above in seen["frames"]:
            parent = NO_PARENT if above == NO_PARENT else places[above]
            places.append(tree.stack(functions.place(index), parent))
        for at, count in seen["samples"]:
            tree.add(places[at], samples=count)
        cases.append(CaseRow(name, one.run.ended, 0, 0))
        sampled, plain = seen["sampled_seconds"], seen["plain_seconds"]
        about = f"{seen['runs']:,} runs took {sampled:.3f} s with samples, {plain:.3f} s without"
        about += f" ({sampled / plain - 1:+.0%})" if plain else ""
        notes.append(f"{name}: {about}" if name else about)
    if len(found) < len(given):
        raise CheckError(f"{subject.label}: it took too long for all its cases")
    return HotspotsRecord(
        what=subject.label,
        module=sizes.sha256(subject.shipped),
        unit="samples",
        interval_ns=INTERVAL_NS,
        cases=tuple(cases),
        notes=tuple(notes),
        functions=functions.rows(),
        stacks=tree.rows(),
    )


def numbered(module: Module) -> bytes:
    """The module with each function's index as its name, by which the profiler calls it."""
    return rewriting.with_names(module, {"function": [*map(str, range(len(module.functions)))]})
