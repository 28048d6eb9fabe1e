"""A search from its subject to a proven module and its record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from wasmtrim import atomic, process
from wasmtrim.errors import CheckError, ToolError
from wasmtrim.profile import Compiler
from wasmtrim.records import (
    CandidateRow,
    ProofRecord,
    ThrownOut,
    ToolUsed,
    TuningRecord,
)
from wasmtrim.tune import changes, coreset, flags, functions, reduction, space
from wasmtrim.tune.bench import ANOTHER, STOPPED, Bench, Progress
from wasmtrim.tune.cache import Cache, Results
from wasmtrim.tune.candidate import Tools
from wasmtrim.tune.flags import Chosen, Compile
from wasmtrim.tune.recipe import Recipe
from wasmtrim.tune.reduction import Reduced
from wasmtrim.tune.scheduler import Scheduler
from wasmtrim.tune.search import AS_IT_IS, OZ, Found, search
from wasmtrim.tune.subject import Subject
from wasmtrim.tune.verdict import Judge, Verdict

_MOST_THROWN_OUT = 5
THROWN_OUT = "thrown-out"
_PROVING = "proving it"
_STOPPED_EARLY = f"stopped: {_PROVING}"


@dataclass(frozen=True)
class Wanted:
    """What is asked of a search: how many candidates, and by which seed."""

    budget: int
    seed: int


def tune(
    subject: Subject,
    wanted: Wanted,
    *,
    tools: Tools,
    scheduler: Scheduler,
    cache: Path,
    into: Path,
    stopped: Callable[[], bool],
    tell: Callable[[Progress], None],
    compile_with: Compile | None = None,
) -> tuple[TuningRecord, bytes]:
    """Search, and prove what wins; gives the record and the module.

    With `compile_with`, flags of the compiler are tried first, if there is a smoke run to tell
    whether they change what the program does.

    `cache` is the folder of what is known, `into` that of the report: candidates that were thrown
    out lie beside it. Raises CheckError where no candidate is the same program, ToolError where
    wasm-opt cannot take the module.
    """
    flagged = compile_with if subject.profile.smoke else None
    known = Results(cache / "results", subject, (wanted, flagged is not None), tools)
    if (found := known.find()) is not None:
        return found
    with atomic.folder(cache, "tune") as work:
        options = space.read(tools.wasm_opt, subject.features, subject.profile.tune.assume)
        store = Cache(cache / "candidates")
        bench = Bench(subject, tools, store, scheduler, stopped, tell, wanted.budget)
        oz = bench.weigh_oz()
        chosen = Chosen(subject.profile.compiler, subject)
        if flagged is not None:
            bench.say("trying the compiler's flags")
            chosen = _flags(bench, flagged, work / "flags")
            bench.subject = chosen.subject
        first = coreset.load(subject.metric)
        tried = search(options, first, bench.evaluate, budget=wanted.budget, seed=wanted.seed)
        if tried.stopped_early:
            process.go_on()
        if not tried.ranked():
            raise _nothing(tried)
        bench.say(_STOPPED_EARLY if tried.stopped_early else _PROVING)
        judge = Judge(chosen.subject, tools, work / "verify")
        winner, verdict, thrown_out = _proven(tried, judge, into, bench, work)
        proof, interrupted = _function_proof(chosen.subject, winner, verdict, tools, work)
    outcome = tried.outcomes[winner]
    assumed = (n for n in space.ASSUMPTIONS if f"--{n}" in winner.switches)
    record = TuningRecord(
        module=subject.name,
        metric=subject.metric,
        seed=wanted.seed,
        budget=wanted.budget,
        tried=len(tried.outcomes),
        skipped=sum(bool(each.skipped) for each in tried.outcomes.values()),
        stopped_early=tried.stopped_early or interrupted,
        tool=ToolUsed(tools.wasm_opt.name, tools.wasm_opt.version, tools.wasm_opt.pinned),
        options=winner.options,
        size=outcome.size,
        oz=oz,
        sha256=outcome.sha256,
        fuel=outcome.fuel,
        proof=verdict.proof,
        assumed=(*chosen.assumed, *assumed),
        thrown_out=thrown_out,
        candidates=_rows(tried, thrown_out),
        date=datetime.now(UTC).date().isoformat(),
        functions=proof,
        built_by=subject.compiler,
        flags=chosen.rows,
        compiler=chosen.changed(subject.profile.compiler),
    )
    known.keep(record, verdict.module)
    return record, verdict.module


def _function_proof(
    subject: Subject, winner: Recipe, verdict: Verdict, tools: Tools, work: Path
) -> tuple[ProofRecord | None, bool]:
    """Prove the functions that the winner changed; also tells whether that was interrupted.

    A recipe without steps changes none, so there is no proof.
    """
    if not winner.steps:
        return None, False
    try:
        proof, interrupted = functions.prove(subject, winner, tools, work), False
    except process.Interrupted:
        proof, interrupted = ProofRecord(0, note="it was interrupted"), True
    return replace(proof, inputs=verdict.inputs), interrupted


def _flags(bench: Bench, compile_with: Compile, folder: Path) -> Chosen:
    """Choose the compiler's flags; none where the module by them is not the same program."""
    given = bench.subject

    def compiled(settings: Compiler) -> Subject:
        # What the program does without the flags stays what it is held against.
        return replace(compile_with(settings), compiled=given.compiled)

    chosen = flags.choose(given, compiled, bench.weigh, bench.stopped)
    if chosen.subject is given or bench.stopped():
        return chosen
    fault = Judge(chosen.subject, bench.tools, folder).differs(OZ)
    if not fault:
        return chosen
    rows = (replace(row, kept=False, why=fault) if row.kept else row for row in chosen.rows)
    return Chosen(given.profile.compiler, given, tuple(rows))


def _nothing(tried: Found) -> ToolError:
    outcome = tried.outcomes.get(AS_IT_IS)
    if outcome is None:
        return ToolError(f"{STOPPED} a candidate was measured; start again: it goes on there")
    return ToolError(f"the module as it is: {outcome.skipped}")


def _rows(tried: Found, thrown_out: Sequence[ThrownOut]) -> tuple[CandidateRow, ...]:
    """A row for each candidate, in the order in which the search tried them."""
    faults = {each.options: each.what for each in thrown_out}
    front = {*tried.pareto([recipe for recipe in tried.outcomes if recipe.options in faults])}
    rows = []
    for recipe, outcome in tried.outcomes.items():
        differs = "" if tried.counts(recipe) else ANOTHER
        why = outcome.skipped or faults.get(recipe.options) or differs
        size = None if outcome.skipped else outcome.size
        rows.append(CandidateRow(recipe.options, size, outcome.fuel, why, recipe in front))
    return tuple(rows)


def _proven(
    tried: Found, judge: Judge, into: Path, bench: Bench, work: Path
) -> tuple[Recipe, Verdict, tuple[ThrownOut, ...]]:
    """Return the best candidate that is the same program, and the better ones that are not.

    A candidate whose module differs from its stored measurement is forgotten, so that the next
    search measures it again. No pass is to blame for it. Raises CheckError if none is the same.
    """
    thrown_out: list[ThrownOut] = []
    for recipe in tried.measured():
        if len(thrown_out) >= _MOST_THROWN_OUT and not tried.counts(recipe):
            continue
        verdict = judge.judge(recipe, tried.outcomes[recipe])
        if not verdict.fault:
            return recipe, verdict, tuple(thrown_out)
        found = ThrownOut(recipe.options, verdict.fault, (), "")
        if not verdict.as_told:
            bench.forget(recipe)
        if len(thrown_out) < _MOST_THROWN_OUT:
            found = replace(found, kept=f"{THROWN_OUT}/{len(thrown_out) + 1}")
            atomic.write_bytes(into / found.kept / "after.wasm", verdict.module)
            if verdict.as_told:
                guilty = reduction.guilty(recipe, judge.differs)
                known = {each.guilty[-1:] for each in thrown_out}
                found = replace(found, guilty=guilty.options)
                if guilty.options[-1:] not in known:  # one module shows it
                    smaller = reduction.reduced(bench.subject, guilty, bench.tools, work)
                    found = _reduced(found, smaller, into)
        thrown_out.append(found)
    raise CheckError(f"no candidate is the same program: {thrown_out[-1].what}")


def _reduced(found: ThrownOut, reduced: Reduced | None, into: Path) -> ThrownOut:
    """Keep the smallest module that shows a fault beside the candidate."""
    if reduced is None:
        return found
    atomic.write_bytes(into / found.kept / changes.REDUCED, reduced.module)
    return replace(found, shown_by=reduced.recipe.options, reduced=len(reduced.module))
