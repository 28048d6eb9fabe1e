"""What holds on a path through a body, as terms; and the state where several paths meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import z3

from wasmtrim.symbolic.numbers import Term


@dataclass
class State:
    """Where `path` holds: the locals, the globals that were touched, and the memory."""

    path: Term
    locals: list[Term]
    globals: dict[str, Term]
    memory: Term

    def where(self, condition: Term) -> State | None:
        """This state where a condition holds as well; None if it never does."""
        path = narrowed(self.path, condition)
        if path is None:
            return None
        return State(path, self.locals.copy(), self.globals.copy(), self.memory)


def narrowed(path: Term, condition: Term) -> Term | None:
    """The path where a condition holds as well; None if constants tell that it never does."""
    bare = condition.arg(0) if z3.is_not(condition) else condition
    if all(z3.is_bv_value(each) for each in bare.children()):
        condition = z3.simplify(condition)
    if z3.is_false(condition):
        return None
    return path if z3.is_true(condition) else z3.And(path, condition)


def value_of(state: State, name: str, known: Callable[[str], Term]) -> Term:
    """A global's value: what the body set it to, else its value at the call."""
    return state.globals[name] if name in state.globals else known(name)


def equal(some: Mapping[str, Term], others: Mapping[str, Term]) -> bool:
    """Whether two sets of globals have the same terms."""
    return some.keys() == others.keys() and all(some[name].eq(others[name]) for name in some)


def either(conditions: Sequence[Term]) -> Term:
    """Whether any of the conditions holds."""
    if len(conditions) == 1:
        return conditions[0]
    return z3.Or(*conditions) if conditions else z3.BoolVal(False)


def merged_term(paths: Sequence[Term], values: Sequence[Term]) -> Term:
    """The value of the path that holds; no two of the paths hold at once."""
    chosen = values[-1]
    for path, value in zip(paths[:-1], values[:-1], strict=True):
        if not value.eq(chosen):
            chosen = z3.If(path, value, chosen)
    return chosen


def merged(states: Sequence[State], known: Callable[[str], Term]) -> State:
    """The state where ways meet."""
    if len(states) == 1:
        return states[0]
    paths = [state.path for state in states]
    count = min(len(state.locals) for state in states)
    touched = dict.fromkeys(name for state in states for name in state.globals)
    return State(
        either(paths),
        [merged_term(paths, [state.locals[at] for state in states]) for at in range(count)],
        {
            name: merged_term(paths, [value_of(state, name, known) for state in states])
            for name in touched
        },
        merged_term(paths, [state.memory for state in states]),
    )
