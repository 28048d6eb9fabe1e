"""Which functions a recipe changed, and what of them is proven for all inputs (extra: proof)."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from wasmtrim import records, wasm
from wasmtrim.errors import ToolError
from wasmtrim.escaping import excerpt
from wasmtrim.records import ProofRecord
from wasmtrim.stages import execution
from wasmtrim.symbolic.naming import named
from wasmtrim.tune.candidate import Tools, made
from wasmtrim.tune.recipe import Recipe
from wasmtrim.tune.subject import Subject
from wasmtrim.verify import child
from wasmtrim.wasm import Module, names

_SECONDS = 60  # for all functions of a module
_GRACE_SECONDS = 60  # until their code is read, and z3 let go of the last one
_OTHERWISE = "with names, wasm-opt makes another module of it"


def prover() -> str:
    """The version of z3 that proves it; "" where there is none."""
    try:
        return version("z3-solver")
    except PackageNotFoundError:
        return ""


def prove(subject: Subject, recipe: Recipe, tools: Tools, folder: Path) -> ProofRecord:
    """Compare each function with what the recipe makes of it; the files go below `folder`.

    wasm-opt runs twice more, without names and with those that it gives by itself: only where both
    leave the same code is it known what became of which function. The layout that comes after it
    changes no code. Raises ToolError where wasm-opt fails.
    """
    task = subject.task(recipe, tools, laid_out=False)
    before = named(_read(subject.module))
    after = made(task, before, tools, folder, names=True)
    alone = made(task, subject.module, tools, folder)
    if names.without(_read(after).data) != names.without(_read(alone).data):
        return ProofRecord(0, note=_OTHERWISE)
    with execution.workspace(folder) as work:
        given = {"before": before, "after": after}
        for name, data in given.items():
            (work / name).write_bytes(data)
        asked = {"seconds": _SECONDS, **{name: str(work / name) for name in given}}
        done = child.ask("symbolic.child", asked, _SECONDS + _GRACE_SECONDS)
    if done is None:
        return ProofRecord(0, note=f"no end after {_SECONDS + _GRACE_SECONDS} s")
    if done.status:
        said = done.said.splitlines()[-1:] or [done.ended]
        return ProofRecord(0, note=excerpt(said[0]))
    return records.PROOF.parse(done.stdout, "what z3 found")


def told(record: ProofRecord) -> list[str]:
    """Say what was found, in lines."""
    if record.note:
        return [f"functions: none was tried: {record.note}"]
    lines = [f"functions: {record.claim}"]
    if record.not_tried:
        count = sum(each.functions for each in record.not_tried)
        why = ", ".join(f"{each.why} ({each.functions})" for each in record.not_tried)
        lines.append(f"functions not tried: {count}: {why}")
    if record.undecided:
        lines.append(f"functions that z3 could not decide: {record.undecided}")
    if record.differs:
        which = ", ".join(f"{each.function}{each.parameters}" for each in record.differing)
        lines.append(
            f"functions that differ for inputs that the program may never give: {record.differs}:"
            f" {which}"
        )
    return lines


def _read(data: bytes) -> Module:
    module = wasm.read_binary(data)
    if not isinstance(module, Module):
        raise ToolError("wasm-opt left a component")
    return module
