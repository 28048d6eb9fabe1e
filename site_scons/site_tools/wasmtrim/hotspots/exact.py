"""Fuel and allocations by call stack, exactly: an instrumented module is run and read."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from wasmtrim import atomic, sizes
from wasmtrim.engine.core import NODE_BYTES, NODES_AT
from wasmtrim.errors import CheckError
from wasmtrim.hotspots import allocators
from wasmtrim.hotspots.functions import Functions
from wasmtrim.hotspots.instrumentation import Entry, instrumented, runtime_of
from wasmtrim.hotspots.runtime import CUT, DEPTH, TREE
from wasmtrim.hotspots.subject import Subject
from wasmtrim.hotspots.tree import Tree
from wasmtrim.records.hotspots import NO_PARENT, CaseRow, HotspotsRecord
from wasmtrim.verify import equivalence, sandbox
from wasmtrim.verify.differential import comparison
from wasmtrim.verify.sandbox import MOST_FUEL, Observed

_SLOWER: Final = 50  # times: as much longer than without counters may it take
_HEADER: Final = struct.Struct("<IIQ")
_NODE: Final = struct.Struct("<IIIIQQQ")
_COUNTED: Final = ("exit", "trap", "interface")  # kinds of endings that leave the counters whole


def measure(subject: Subject, folder: Path) -> HotspotsRecord:
    """Run the shipped module and the instrumented one on all cases; `folder` is for their files.

    Raises CheckError where a run has no end within its limits, or where the two do not do the same.
    """
    entries = allocators.entries(subject.measured, subject.owners, go=subject.owners.is_go)
    allocating = {index for index, entry in entries.items() if entry.size != Entry.size}
    shipped = _run(subject, subject.shipped, folder, "shipped")
    counted = _run(subject, instrumented(subject.measured, entries), folder, "counted")
    tree, functions = Tree(), Functions(subject.owners)
    cases, notes = [], []
    for (name, _), one, other in zip(subject.cases, shipped, counted, strict=True):
        changed = equivalence.difference(one.run, one.into, other.run, other.into)
        if changed:
            raise CheckError(f"{subject.titled(name)}: with counters it changed {changed}")
        fuel = other.counters[0]
        cut = _add(tree, functions, other.into / sandbox.PROFILE_FILE, fuel, allocating)
        case = CaseRow(name, one.run.ended, fuel, one.run.fuel or 0)
        cases.append(case)
        notes += [f"{name}: {note}" if name else note for note in _notes(case, subject, cut=cut)]
    return HotspotsRecord(
        what=subject.label,
        module=sizes.sha256(subject.shipped),
        unit="fuel",
        interval_ns=0,
        cases=tuple(cases),
        notes=tuple(notes),
        functions=functions.rows(),
        stacks=tree.rows(),
    )


def _run(subject: Subject, data: bytes, folder: Path, name: str) -> list[Observed]:
    """Run one of the modules on all cases, and see to it that all came to an end."""
    conditions, counts = subject.conditions, name == "counted"
    bounds = conditions.run_limits
    if counts:
        memory = max(bounds.memory, runtime_of(subject.measured).size)
        seconds = _SLOWER * bounds.seconds
        bounds = replace(bounds, fuel=MOST_FUEL, memory=memory, seconds=seconds)
    module = folder / f"{name}.wasm"
    atomic.write_bytes(module, data)
    cases = [case for _, case in subject.cases]
    conditions = replace(conditions, run_limits=bounds, seconds=len(cases) * bounds.seconds)
    found = comparison.run(module, cases, conditions, name, profiled=counts)
    for (title, _), one in zip(subject.cases, found, strict=False):
        if one.run.kind not in _COUNTED:
            raise CheckError(f"{subject.titled(title)}: the {name} module: {one.run.ended}")
        if counts and not one.counters:
            raise CheckError(
                f"{subject.titled(title)}: it ends before it is called, in its start function, so"
                f" that there is nothing to read: {one.run.ended}"
            )
    if len(found) < len(cases):
        raise CheckError(f"{subject.label}: the {name} module took too long for all its cases")
    return found


def _add(
    tree: Tree, functions: Functions, file: Path, fuel: int, allocating: Collection[int]
) -> bool:
    """Add what the run of a case left; tells whether stacks were cut."""
    data = file.read_bytes()
    current, _, mark = _HEADER.unpack_from(data)
    places, allocates = [NO_PARENT, NO_PARENT], [False, False]
    for at in range(NODES_AT + 2 * NODE_BYTES, len(data), NODE_BYTES):
        index, parent, _, _, calls, spent, size = _NODE.unpack_from(data, at)
        above = parent // NODE_BYTES
        if parent == CUT and places[above] == NO_PARENT:
            places[above] = tree.stack(functions.place(None), NO_PARENT)
        if at - NODES_AT == current:  # where the run was broken off
            spent += fuel - mark
        place = tree.stack(functions.place(index), places[above])
        asked = index in allocating and not allocates[above]
        told = (calls, size) if asked else (0, 0)
        tree.add(place, calls=calls, fuel=spent, allocations=told[0], allocated=told[1])
        places.append(place)
        allocates.append(allocates[above] or asked)
    return places[1] != NO_PARENT


def _notes(case: CaseRow, subject: Subject, *, cut: bool) -> Iterator[str]:
    """What the reader has to know of the figures of a case."""
    if cut:
        yield (
            f"stacks are deeper than {DEPTH:,} calls, or more than {TREE:,}: they were cut, so that"
            " a total of a function lacks what was called beyond"
        )
    difference = case.shipped - case.fuel
    if difference:
        why = "what the engine does for initial values"
        if subject.component:
            why = "what connects the program to its host in the component"
        elif case.ended.startswith("trap"):
            why = "instructions around the trap, which the engine does not count one by one"
        elif subject.named:
            why = "the build with names has other code"
        yield f"the shipped module takes {case.shipped:,}, {difference:+,}: {why}"
