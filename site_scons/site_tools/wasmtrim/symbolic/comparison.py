"""Two bodies of one function: whether z3 finds an input for which they do something else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import z3

from wasmtrim.symbolic import memory, numbers
from wasmtrim.symbolic.body import Body
from wasmtrim.symbolic.execution import Effect, NotCovered, execute, width
from wasmtrim.symbolic.numbers import Term
from wasmtrim.wasm.types import MemoryType

# What z3 may do for each question: about 2 s. It counts the same on every machine.
_EFFORT = 3_000_000
_MILLISECONDS = 30_000  # where it does not count what it does
_MEGABYTES = 2_000
_SHOWN = 4  # parameters of a counter-example


@dataclass(frozen=True)
class Surroundings:
    """What both modules have around their functions.

    `globals` are the types of all globals, by name; `shared` are the names that both modules have:
    a global of one module alone is not compared. `constants` are the bits of globals that nothing
    sets. `memory` is the type of the one memory that both have, None if it is not covered.
    """

    globals: Mapping[str, str]
    shared: Collection[str]
    constants: Mapping[str, int]
    memory: MemoryType | None


@dataclass(frozen=True)
class Verdict:
    """`detail` says for which input they differ, or why nothing is known."""

    kind: Literal["proven", "differs", "undecided", "not tried"]
    detail: str = ""


z3.set_param("memory_max_size", _MEGABYTES)


def compare(old: Body, new: Body, around: Surroundings) -> Verdict:
    """Compare what two bodies do: results, traps, globals and memory, for all inputs.

    What they write before a trap counts, too; the kind of the trap does not.
    """
    if old.type != new.type:
        return Verdict("not tried", "other parameters or results")
    try:
        parameters = [z3.BitVec(f"p{at}", width(kind)) for at, kind in enumerate(old.type.params)]
        one, other = (
            execute(body, _known(around), parameters, has_memory=around.memory is not None)
            for body in (old, new)
        )
    except NotCovered as error:
        return Verdict("not tried", str(error))
    except z3.Z3Exception:
        return Verdict("undecided", "z3 failed")
    return _decide(one, other, parameters, around)


def _known(around: Surroundings) -> Callable[[str], Term]:
    def value(name: str) -> Term:
        size = width(around.globals[name])
        if name in around.constants:
            return numbers.constant(around.constants[name], size)
        return z3.BitVec(f"global {name}", size)

    return value


def _decide(one: Effect, other: Effect, parameters: list[Term], around: Surroundings) -> Verdict:
    opaque = one.opaque or other.opaque
    for difference in _differences(one, other, around):
        simple = z3.simplify(difference)
        if z3.is_false(simple):
            continue
        solver = z3.SolverFor("QF_AUFBV")
        solver.set("rlimit", _EFFORT, "timeout", _MILLISECONDS)
        if around.memory is not None:
            solver.add(memory.bounds(around.memory))
        solver.add(simple)
        try:
            found = solver.check()
            if found == z3.sat and not opaque:
                return Verdict("differs", _shown(solver.model(), parameters))
        except z3.Z3Exception:
            found = z3.unknown
        if found != z3.unsat:
            why = (
                "it depends on float arithmetic"
                if found == z3.sat
                else "z3 found no answer in time"
            )
            return Verdict("undecided", why)
    return Verdict("proven")


def _differences(one: Effect, other: Effect, around: Surroundings) -> list[Term]:
    """Conditions, one of which holds where the effects are not the same."""
    found = [z3.Xor(one.traps, other.traps)]
    ends = z3.Not(one.traps)
    for some, others in zip(one.results, other.results, strict=False):
        if not some.eq(others):
            found.append(z3.And(ends, some != others))
    known = _known(around)
    for name in dict.fromkeys((*one.globals, *other.globals)):
        if name in around.shared:
            values = [each.globals.get(name) for each in (one, other)]
            some, others = (known(name) if value is None else value for value in values)
            if not some.eq(others):
                found.append(some != others)
    if not one.memory.eq(other.memory):
        place = z3.BitVec("an address", 32)
        found.append(z3.Select(one.memory, place) != z3.Select(other.memory, place))
    return found


def _shown(model: Term, parameters: list[Term]) -> str:
    values = [
        model.eval(each, model_completion=True).as_signed_long() for each in parameters[:_SHOWN]
    ]
    more = ["…"] if len(parameters) > _SHOWN else []
    return f"({', '.join([*map(str, values), *more])})"
