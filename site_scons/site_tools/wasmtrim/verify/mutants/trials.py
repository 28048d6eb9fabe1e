"""The runs of a module's mutants on its cases and on generated inputs, and what they show."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Final

from wasmtrim import atomic
from wasmtrim.verify import differential, equivalence
from wasmtrim.verify.conditions import Conditions
from wasmtrim.verify.differential import comparison
from wasmtrim.verify.mutants.metamutant import MOST_FUEL, NO_FAULT, Metamutant
from wasmtrim.verify.sandbox import Given, Observed

SOUND_SECONDS: Final = 60  # of CPU time, for all runs without a fault
_MOST_AT_ONCE = 4  # processes, of 1 GiB of memory each
_FIRST_INPUTS, _MORE_INPUTS = 8, 8  # all that show no difference go on with so many times more
_FREE_FUEL = 1_000_000  # a run with a fault may take, beside `comparison.LONGER` times the sound's
_MOST_RUNS = 4_000  # of a process, each of which leaves two files


class Found(Enum):
    """What shows a fault."""

    CASES = "cases"
    GENERATED = "generated"
    NOTHING = "nothing"  # it changes nothing, or nothing that any of the inputs comes to


@dataclass(frozen=True)
class Trials:
    """What mutants are held against: the runs of `module` without a fault.

    `given` are the cases, of which there are `cases`, then inputs; `sound` are as many of them as
    there was time for. `reached` are the faults that each came to.
    """

    module: Path
    count: int
    conditions: Conditions
    given: Sequence[Given]
    cases: int
    sound: Sequence[Observed]
    reached: Sequence[frozenset[int]]

    @classmethod
    def of(
        cls, made: Metamutant, planned: differential.Plan, inputs: Sequence[Given], folder: Path
    ) -> Trials:
        """Run the module without a fault; its files go to `folder`."""
        module = folder / "metamutant.wasm"
        atomic.write_bytes(module, made.data)
        conditions = replace(planned.conditions, seconds=SOUND_SECONDS)
        cases = [
            replace(given, into=folder / f"case-{number}")
            for number, given in enumerate(planned.given)
        ]
        given = [replace(one, fault=NO_FAULT) for one in (*cases, *inputs)]
        ran = comparison.run(
            module, comparison.limited(given, MOST_FUEL * planned.fuel), conditions, "sound"
        )
        reached = [made.reached(one.counters) for one in ran]
        sound = [replace(one, counters=()) for one in ran]
        return cls(module, made.count, conditions, given, len(cases), sound, reached)

    def judged(self) -> list[Found]:
        """Tell what shows each of the faults, by the first input that does."""
        found = [Found.NOTHING] * self.count
        for inputs, how in self._rounds():
            asked = [n + 1 for n, known in enumerate(found) if known is Found.NOTHING]
            for fault in self.shown(asked, inputs):
                found[fault - 1] = how
        return found

    def _rounds(self) -> Iterable[tuple[range, Found]]:
        """Few inputs first, as one of them shows most faults."""
        begin, end = 0, min(self.cases, len(self.sound))
        yield range(begin, end), Found.CASES
        more = _FIRST_INPUTS
        while end < len(self.sound):
            begin, end = end, min(end + more, len(self.sound))
            yield range(begin, end), Found.GENERATED
            more *= _MORE_INPUTS

    def shown(self, faults: Sequence[int], inputs: Sequence[int]) -> set[int]:
        """Tell which of these faults any of these inputs shows."""
        return {fault for fault, _ in self.pairs(faults, inputs)}

    def pairs(self, faults: Sequence[int], inputs: Sequence[int]) -> list[tuple[int, int]]:
        """Tell which of these faults is shown by which of these inputs."""
        pairs = [(fault, at) for fault in faults for at in inputs if self._may_show(fault, at)]
        workers = min(_MOST_AT_ONCE, os.cpu_count() or 1)
        size = max(1, min(_MOST_RUNS, -(-len(pairs) // workers)))
        parts = [pairs[start : start + size] for start in range(0, len(pairs), size)]
        with ThreadPoolExecutor(workers) as pool:
            return [pair for part in pool.map(self._differing, parts) for pair in part]

    def _may_show(self, fault: int, at: int) -> bool:
        return fault in self.reached[at] and comparison.ends(self.sound[at])

    def _differing(self, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return those whose run is another one than without the fault."""
        with tempfile.TemporaryDirectory() as name:
            asked = [self._asked(fault, at, Path(name)) for fault, at in pairs]
            ran: list[Observed] = []
            together = len(asked)
            while len(ran) < len(asked):
                left = asked[len(ran) :][:together]
                more = comparison.run(self.module, left, self.conditions, "")
                together = together if more else 1  # none tells which of them did not end
                ran += more
            return [pair for pair, one in zip(pairs, ran, strict=True) if self._differs(pair, one)]

    def _asked(self, fault: int, at: int, folder: Path) -> Given:
        taken = self.sound[at].run.fuel or 0
        fuel = comparison.LONGER * taken + _FREE_FUEL
        return replace(self.given[at], into=folder / f"{fault}-{at}", fault=fault, fuel=fuel)

    def _differs(self, pair: tuple[int, int], ran: Observed) -> bool:
        at = pair[1]
        sound = self.sound[at]
        if at < self.cases:
            return bool(equivalence.difference(sound.run, sound.into, ran.run, ran.into))
        other = replace(ran, counters=())
        return bool(comparison.compare([self.given[at]], [sound], [other], self.conditions).given)
