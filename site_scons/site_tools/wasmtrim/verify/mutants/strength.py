"""How many of the faults that are planted in a module its cases find."""

from __future__ import annotations

import dataclasses
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wasmtrim import atomic, sizes, wasm
from wasmtrim.errors import CheckError, UsageError
from wasmtrim.escaping import excerpt
from wasmtrim.profile import Profile
from wasmtrim.records.verification import LetPass, NotReached, Reached, StrengthRecord
from wasmtrim.verify import differential, equivalence, smoke
from wasmtrim.verify.differential import comparison
from wasmtrim.verify.differential.inputs import generated
from wasmtrim.verify.mutants.coverage import Coverage, marked
from wasmtrim.verify.mutants.faults import Fault, chosen
from wasmtrim.verify.mutants.metamutant import metamutant
from wasmtrim.verify.mutants.trials import Found, Trials
from wasmtrim.verify.run import Run
from wasmtrim.wasm import Module

_INPUTS = 1_000  # generated; as many of them as run in `trials.SOUND_SECONDS`
_MOST_NOT_REACHED = 20  # functions, the largest first


@dataclass(frozen=True)
class Strength:
    """What became of the faults that were planted by a seed, and what the cases reach."""

    sha256: str
    seed: int
    faults: tuple[tuple[Fault, Found], ...]
    inputs: int  # that were generated, and run
    coverage: Coverage
    name_of: Callable[[int], str]  # a function, by its index

    def count(self, found: Found) -> int:
        """Return how many faults were found in this way."""
        return sum(how is found for _, how in self.faults)

    @property
    def passed(self) -> list[tuple[str, int]]:
        """The functions with faults that pass the cases and show in generated inputs, with counts.

        Faults outside all functions count under the name `data`.
        """
        missed = Counter(fault.function for fault, how in self.faults if how is Found.GENERATED)
        return [(self._name(index), count) for index, count in missed.most_common()]

    def _name(self, index: int | None) -> str:
        if index is None:
            return "data"
        return excerpt(self.name_of(index), 80)

    def record(self) -> StrengthRecord:
        """Return the figures as they stand in the record of a verification."""
        reached = self.coverage
        return StrengthRecord(
            sha256=self.sha256,
            seed=self.seed,
            mutants=len(self.faults),
            inputs=self.inputs,
            found_by_cases=self.count(Found.CASES),
            found_by_generated_inputs=self.count(Found.GENERATED),
            no_difference=self.count(Found.NOTHING),
            let_pass=tuple(LetPass(name, count) for name, count in self.passed),
            functions=Reached(reached.functions, reached.all_functions),
            code_bytes=Reached(reached.code_bytes, reached.all_code_bytes),
            not_reached=tuple(
                NotReached(self._name(index), size)
                for index, size in sorted(reached.left.items(), key=lambda left: -left[1])
            )[:_MOST_NOT_REACHED],
        )


def measure(
    module: Path,
    profile: Profile,
    compiler: str | None,
    run: Path,
    root: Path,
    *,
    count: int,
    seed: int,
    name_of: Callable[[int], str],
) -> Strength:
    """Plant `count` faults in a module, one a mutant, and record what finds them.

    `run` is the folder of the module's smoke run. Raises UsageError where there is nothing to
    plant in, or no case to find anything; CheckError where the cases fail as it is, and
    ModuleError where its code can't be read.
    """
    binary = wasm.read_binary(module.read_bytes())
    if not isinstance(binary, Module):
        raise UsageError(f"{module}: faults are planted in modules, not in components")
    if not profile.smoke:
        raise UsageError("the profile has no smoke run (smoke: null), so no fault would be found")
    if not all(check.ok for check in smoke.check(profile, run, root, run)):
        raise CheckError("no fault is planted in a module that fails its cases as it is")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        planned = differential.plan(profile, compiler, run, root, folder)
        coverage = _coverage(binary, planned, folder)
        faults = chosen(binary, count, seed, coverage.entered)
        given = generated(planned.given, binary, _INPUTS, folder / "inputs")
        trials = Trials.of(metamutant(binary, faults), planned, given, folder)
        for (case, _), sound in zip(planned.cases, trials.sound, strict=False):
            before = run / case.folder
            if what := equivalence.difference(Run.read(before), before, sound.run, sound.into):
                raise CheckError(f"{case.titled('the guards of the faults')} changed {what}")
        found = trials.judged()
        inputs = len(trials.sound) - len(planned.cases)
    return Strength(
        sizes.sha256(binary.data),
        seed,
        tuple(zip(faults, found, strict=True)),
        inputs,
        coverage,
        name_of,
    )


def _coverage(module: Module, planned: differential.Plan, folder: Path) -> Coverage:
    found = marked(module)
    path = folder / "marked.wasm"
    atomic.write_bytes(path, found.data)
    cases = []
    for number, case in enumerate(planned.given):
        into = folder / f"marked-{number}"
        into.mkdir()
        cases.append(dataclasses.replace(case, into=into))
    ran = comparison.run(path, cases, planned.conditions, "marked")
    return found.coverage(one.counters for one in ran if one.counters)
