"""Mutants of a module, each judged in a process of its own by the cases and generated inputs."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
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
from wasmtrim.verify.mutants.faults import Fault, chosen, planted
from wasmtrim.verify.run import Run
from wasmtrim.verify.sandbox import Given, Observed
from wasmtrim.wasm import Module, names

_RUNS = 64  # on generated inputs, where the profile says none
_MOST_NOT_REACHED = 20  # functions, the largest first
_MOST_AT_ONCE = 4  # processes, of 1 GiB of addresses each


class Found(Enum):
    """What shows a fault."""

    CASES = "cases"
    GENERATED = "generated"
    NOTHING = "nothing"  # it changes nothing, or nothing that any of the inputs comes to


@dataclass(frozen=True)
class Strength:
    """What became of the faults that were planted by a seed, and what the cases reach."""

    sha256: str
    seed: int
    faults: tuple[tuple[Fault, Found], ...]
    coverage: Coverage
    names: dict[int, str]

    def count(self, found: Found) -> int:
        """How many of the faults were found so."""
        return sum(how is found for _, how in self.faults)

    @property
    def passed(self) -> list[tuple[str, int]]:
        """The functions with faults that pass the cases and show in generated inputs, with counts.

        What lies in no function is `data`.
        """
        missed = Counter(fault.function for fault, how in self.faults if how is Found.GENERATED)
        return [(self._name(index), count) for index, count in missed.most_common()]

    def _name(self, index: int | None) -> str:
        if index is None:
            return "data"
        return excerpt(self.names.get(index, f"function {index}"), 80)

    def record(self) -> StrengthRecord:
        """Give the figures as they stand in the record of a verification."""
        reached = self.coverage
        return StrengthRecord(
            sha256=self.sha256,
            seed=self.seed,
            mutants=len(self.faults),
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
) -> Strength:
    """Plant `count` faults in a module, one a mutant, and see what finds them.

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
        runs = profile.differ.runs if profile.differ else _RUNS
        given = generated(planned.given, binary, runs, folder / "inputs")
        short = comparison.limited(given, planned.fuel)
        trial = _Trial(
            binary,
            profile,
            run,
            root,
            planned,
            given,
            comparison.run(module, short, planned.conditions, "before"),
        )
        with ThreadPoolExecutor(min(_MOST_AT_ONCE, os.cpu_count() or 1)) as pool:
            folders = [folder / f"mutant-{number}" for number in range(len(faults))]
            found = [*pool.map(trial.judge, faults, folders)]
    return Strength(
        sizes.sha256(binary.data),
        seed,
        tuple(zip(faults, found, strict=True)),
        coverage,
        names.read(binary).functions,
    )


@dataclass(frozen=True)
class _Trial:
    """What all mutants are held against: the runs of the module without a fault."""

    module: Module
    profile: Profile
    run: Path
    root: Path
    planned: differential.Plan
    given: Sequence[Given]
    sound: Sequence[Observed]

    def judge(self, fault: Fault, folder: Path) -> Found:
        """Tell what shows a fault: all runs of a mutant share a process."""
        mutant = folder / "mutant.wasm"
        atomic.write_bytes(mutant, planted(self.module, fault))
        cases = [
            dataclasses.replace(given, into=folder / case.folder)
            for case, given in self.planned.cases
        ]
        more = [dataclasses.replace(one, into=folder / f"{n}") for n, one in enumerate(self.given)]
        for one in (*cases, *more):
            one.into.mkdir(exist_ok=True)
        asked = comparison.limited([*cases, *more], comparison.LONGER * self.planned.fuel)
        ran = comparison.run(mutant, asked, self.planned.conditions, "")
        if len(ran) < len(cases):
            return Found.CASES  # the last one that ran ended the process
        for one, observed in zip(cases, ran, strict=False):
            observed.run.write(one.into)
        if not all(check.ok for check in smoke.check(self.profile, folder, self.root, folder)):
            return Found.CASES
        if any(self._changed(folder, case.folder) for case in self.profile.smoke):
            return Found.CASES
        compared = comparison.compare(
            self.given, self.sound, ran[len(cases) :], self.planned.conditions
        )
        return Found.GENERATED if compared.given else Found.NOTHING

    def _changed(self, folder: Path, case: str) -> bool:
        before, after = self.run / case, folder / case
        changed = equivalence.difference(Run.read(before), before, Run.read(after), after)
        return changed is not None


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
