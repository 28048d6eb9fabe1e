"""A body that is executed for all inputs at once: what it leaves, and when it traps, as terms.

Control only goes forward, so each instruction is looked at once: where ways meet, what they bring
is chosen by the condition of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import z3

from wasmtrim.symbolic import memory, numbers
from wasmtrim.symbolic.body import (
    BLOCK,
    BR,
    BR_IF,
    BR_TABLE,
    ELSE,
    END,
    GLOBAL_GET,
    GLOBAL_SET,
    IF,
    LOOP,
    RETURN,
    SELECT_TYPED,
    TRY,
    Body,
    Instruction,
)
from wasmtrim.symbolic.numbers import WIDTHS, Term
from wasmtrim.symbolic.state import State, either, equal, merged, merged_term, narrowed, value_of
from wasmtrim.wasm.types import FuncType

_MOST_INSTRUCTIONS = 4_000
_MOST_LOCALS = 2_000
_UNREACHABLE, _NOP, _DROP, _SELECT, _MEMORY_SIZE = 0x00, 0x01, 0x1A, 0x1B, 0x3F
_LOCAL_GET, _LOCAL_SET, _LOCAL_TEE = 0x20, 0x21, 0x22
_CONSTANTS = {0x41: 32, 0x42: 64}
_FLOAT_CONSTANTS = {0x43: 32, 0x44: 64}
_COVERED = frozenset(
    (
        *numbers.EXACT,
        *numbers.OPAQUE,
        *memory.LOADS,
        *memory.STORES,
        *(_UNREACHABLE, _NOP, _DROP, _SELECT, SELECT_TYPED, _MEMORY_SIZE),
        *(_LOCAL_GET, _LOCAL_SET, _LOCAL_TEE, GLOBAL_GET, GLOBAL_SET),
        *(*_CONSTANTS, *_FLOAT_CONSTANTS),
        *(BLOCK, IF, ELSE, END, BR, BR_IF, BR_TABLE, RETURN),
    )
)
_BLOCKS = (BLOCK, LOOP, IF, TRY, 0x1F)
_CALLS = (*range(0x10, 0x16), 0xE0, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6)


class NotCovered(Exception):
    """What a body has that is not executed, in words."""


@dataclass(frozen=True)
class Effect:
    """What a body does: `results` where it does not trap; the rest holds either way.

    `opaque`: it depends on an operation whose results are not known (`numbers.OPAQUE`).
    """

    traps: Term
    results: tuple[Term, ...]
    globals: Mapping[str, Term]
    memory: Term
    opaque: bool


@dataclass
class _Frame:
    """A block at work. `ends` are the states that come to its end, each with what they bring."""

    results: int
    height: int
    ends: list[tuple[State, list[Term]]] = field(default_factory=list)
    otherwise: State | None = None
    given: list[Term] = field(default_factory=list)


def execute(
    body: Body, known: Callable[[str], Term], parameters: Sequence[Term], *, has_memory: bool
) -> Effect:
    """Execute a body. `known` gives a global's value at the call; raises NotCovered."""
    return _Execution(body, known, parameters, has_memory).effect()


class _Execution:
    def __init__(
        self,
        body: Body,
        known: Callable[[str], Term],
        parameters: Sequence[Term],
        has_memory: bool,
    ) -> None:
        for each in body.code:
            if each.code not in _COVERED:
                raise NotCovered(_named(each.code))
        if len(body.code) > _MOST_INSTRUCTIONS:
            raise NotCovered(f"more than {_MOST_INSTRUCTIONS:,} instructions")
        if sum(count for count, _ in body.locals) > _MOST_LOCALS:
            raise NotCovered(f"more than {_MOST_LOCALS:,} locals")
        self._body = body
        self._known = known
        self._has_memory = has_memory
        zeros = [
            numbers.constant(0, width(kind)) for count, kind in body.locals for _ in range(count)
        ]
        self._stack: list[Term] = []
        self._frames = [_Frame(len(body.type.results), 0)]
        self._trapped: list[State] = []
        self._skipped = 0  # blocks that began where nothing comes
        self._opaque = False
        self._state: State | None = State(
            z3.BoolVal(True), [*parameters, *zeros], {}, memory.unknown()
        )

    def effect(self) -> Effect:
        for instruction in self._body.code:
            if self._state is None:
                self._pass_over(instruction)
            else:
                self._step(self._state, instruction)
        ended = self._state
        results = tuple(self._stack) if ended else ()
        trapped = either([each.path for each in self._trapped])
        last = merged([*([ended] if ended else []), *self._trapped], self._known)
        return Effect(trapped, results, last.globals, last.memory, self._opaque)

    def _pass_over(self, instruction: Instruction) -> None:
        """Look for where something comes again."""
        code = instruction.code
        if code in _BLOCKS:
            self._skipped += 1
        elif code == END and self._skipped:
            self._skipped -= 1
        elif code == END:
            self._end()
        elif code == ELSE and not self._skipped:
            self._else()

    def _step(self, state: State, instruction: Instruction) -> None:
        code, given = instruction
        if code in numbers.EXACT:
            count, operation = numbers.EXACT[code]
            operands = self._pop(count)
            self._trap_where(numbers.trap(code, *operands))
            self._stack.append(operation(*operands))
        elif code == _LOCAL_GET:
            self._stack.append(state.locals[given[0]])
        elif code == _LOCAL_SET:
            (state.locals[given[0]],) = self._pop(1)
        elif code == _LOCAL_TEE:
            state.locals[given[0]] = self._stack[-1]
        elif code in _CONSTANTS:
            self._stack.append(numbers.constant(given[0], _CONSTANTS[code]))
        elif code in _FLOAT_CONSTANTS:
            bits = int.from_bytes(given[0], "little")
            self._stack.append(numbers.constant(bits, _FLOAT_CONSTANTS[code]))
        elif code in memory.LOADS:
            (address,) = self._pop(1)
            offset = self._offset(given)
            self._trap_where(memory.beyond(address, offset, memory.LOADS[code][0]))
            self._stack.append(memory.load(code, state.memory, address, offset))
        elif code in memory.STORES:
            address, value = self._pop(2)
            offset = self._offset(given)
            self._trap_where(memory.beyond(address, offset, memory.STORES[code]))
            if self._state is not None:
                before = self._state.memory
                self._state.memory = memory.store(code, before, address, offset, value)
        elif code == GLOBAL_GET:
            self._stack.append(value_of(state, given[0], self._known))
        elif code == GLOBAL_SET:
            (state.globals[given[0]],) = self._pop(1)
        elif code in (_SELECT, SELECT_TYPED):
            one, other, chosen = self._pop(3)
            self._stack.append(z3.If(numbers.is_zero(chosen), other, one))
        elif code == _DROP:
            self._pop(1)
        elif code == _MEMORY_SIZE:
            self._offset((given[0][0], 0))
            self._stack.append(memory.pages())
        elif code in numbers.OPAQUE:
            self._opaque = True
            operands = self._pop(len(numbers.OPAQUE[code][0]))
            self._trap_where(numbers.trap(code, *operands))
            self._stack.append(numbers.opaque(code, *operands))
        elif code != _NOP:
            self._control(state, instruction)

    def _control(self, state: State, instruction: Instruction) -> None:
        code, given = instruction
        if code in (BLOCK, IF):
            self._begin(state, code, given[0])
        elif code == ELSE:
            self._arrive(state, self._frames[-1])
            self._else()
        elif code == END:
            self._arrive(state, self._frames[-1])
            self._end()
        elif code == BR:
            self._branch(state, given[0])
        elif code == RETURN:
            self._branch(state, len(self._frames) - 1)
        elif code == BR_IF:
            (chosen,) = self._pop(1)
            taken = state.where(z3.Not(numbers.is_zero(chosen)))
            if taken is not None:
                self._arrive(taken, self._frames[-1 - given[0]])
            self._state = state.where(numbers.is_zero(chosen))
        elif code == BR_TABLE:
            self._choose(state, given)
        else:  # unreachable
            self._trap(State(state.path, [], state.globals, state.memory))
            self._state = None

    def _begin(self, state: State, code: int, kind: FuncType) -> None:
        otherwise = None
        if code == IF:
            (chosen,) = self._pop(1)
            otherwise = state.where(numbers.is_zero(chosen))
            self._state = state.where(z3.Not(numbers.is_zero(chosen)))
        height = len(self._stack) - len(kind.params)
        given = self._stack[height:]
        self._frames.append(_Frame(len(kind.results), height, [], otherwise, given))

    def _else(self) -> None:
        frame = self._frames[-1]
        self._state, frame.otherwise = frame.otherwise, None
        self._stack[frame.height :] = frame.given

    def _end(self) -> None:
        frame = self._frames[-1]
        if frame.otherwise is not None:  # an if without an else
            frame.ends.append((frame.otherwise, frame.given))
        if len(self._frames) > 1:
            self._frames.pop()
        del self._stack[frame.height :]
        if not frame.ends:
            self._state = None
            return
        self._state = merged([state for state, _ in frame.ends], self._known)
        paths = [state.path for state, _ in frame.ends]
        brought = [values for _, values in frame.ends]
        self._stack += [merged_term(paths, values) for values in zip(*brought, strict=True)]

    def _branch(self, state: State, label: int) -> None:
        self._arrive(state, self._frames[-1 - label])
        self._state = None

    def _choose(self, state: State, labels: Sequence[int]) -> None:
        (index,) = self._pop(1)
        *listed, last = labels
        beyond = z3.UGE(index, len(listed))
        for label in dict.fromkeys(labels):
            places = [index == at for at, each in enumerate(listed) if each == label]
            taken = state.where(either([*places, *([beyond] if label == last else [])]))
            if taken is not None:
                self._arrive(taken, self._frames[-1 - label])
        self._state = None

    def _arrive(self, state: State, frame: _Frame) -> None:
        count = frame.results
        frame.ends.append((state, self._stack[len(self._stack) - count :]))

    def _trap_where(self, condition: Term | None) -> None:
        if condition is None or self._state is None:
            return
        state = self._state
        trapped, path = narrowed(state.path, condition), narrowed(state.path, z3.Not(condition))
        if trapped is not None:
            self._trap(State(trapped, [], state.globals.copy(), state.memory))
        if path is None:
            self._state = None
        else:
            state.path = path

    def _trap(self, state: State) -> None:
        """Note it; with the last one, where nothing was written in between."""
        last = self._trapped[-1] if self._trapped else None
        if last and last.memory.eq(state.memory) and equal(last.globals, state.globals):
            last.path = z3.Or(last.path, state.path)
        else:
            self._trapped.append(state)

    def _offset(self, given: Sequence[int]) -> int:
        number, offset = given
        if number or not self._has_memory:
            raise NotCovered("another memory than one of 32 bits that is not shared")
        return offset

    def _pop(self, count: int) -> list[Term]:
        found = self._stack[len(self._stack) - count :]
        del self._stack[len(self._stack) - count :]
        return found


def width(kind: str) -> int:
    """How many bits a value of that type has. Raises NotCovered for one that is not a number."""
    if kind not in WIDTHS:
        raise NotCovered(f"values of the type {kind}")
    return WIDTHS[kind]


def _named(code: int) -> str:
    """What an instruction that is not executed is."""
    first = code >> 8 if code > 0xFF else code
    if first == LOOP:
        return "a loop"
    if first in _CALLS:
        return "a call"
    if first in (0xFC, 0x40):
        return "a bulk change of a memory or table, or its growth"
    if first == 0xFD:
        return "vectors"
    if first == 0xFE:
        return "atomics"
    return "references, tables or exceptions"
