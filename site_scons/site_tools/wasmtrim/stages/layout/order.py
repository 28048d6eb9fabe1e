"""Orders of functions that may be smaller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from wasmtrim.stages.layout import chain, likeness, partitioning
from wasmtrim.stages.layout.program import Program

# Functions below these have a number of one byte, of two bytes and so on (LEB128).
_WEIGHTS = (0.8, 0.5)  # of a function's size, for a chain
_CLASSES = tuple(1 << 7 * size for size in range(1, 5))


def by_use(program: Program) -> list[int]:
    """Functions that are named most come first, since the first 128 have a number of one byte.

    The least bytes that numbers can take: only how long they are counts, so functions whose
    numbers are of one length stay in the order in which they are.
    """
    uses = _uses(program)
    by_uses = sorted(program.found.order, key=lambda function: -uses[function])
    return [function for start, end in _classes(program) for function in sorted(by_uses[start:end])]


def by_likeness(program: Program, *, chains_only: bool = False) -> list[list[int]]:
    """A few orders with like beside like; which is best, only the compressor can tell.

    With `chains_only` no partitioning, unless there are too many functions for a chain.
    """
    functions = program.found.order
    bodies = [b"".join(body.chunks) for body in program.bodies]
    pairs = likeness.windows(bodies)
    found = []
    if len(bodies) <= chain.MOST:
        sizes = [len(body) for body in bodies]
        found += [chain.order(*pairs, sizes, weight) for weight in _WEIGHTS]
    if not chains_only or not found:
        found.append(partitioning.order(*pairs, len(bodies)))
    return [[functions[at] for at in places] for places in found]


def within_classes(program: Program, order: Sequence[int]) -> list[int]:
    """The order, but each function among those that have a number as long as by `by_use`."""
    place = {function: at for at, function in enumerate(order)}
    used = by_use(program)
    return [
        function
        for start, end in _classes(program)
        for function in sorted(used[start:end], key=place.__getitem__)
    ]


def _uses(program: Program) -> Counter[int]:
    """How often each function's number is written, but for the name section."""
    uses: Counter[int] = Counter()
    for text in (*program.bodies, *program.others.values()):
        uses.update(text.targets)
    if program.hints:
        uses.update(function for function, _ in program.hints.functions)
    return uses


def _classes(program: Program) -> list[tuple[int, int]]:
    """The parts of an order in which all numbers are of one length."""
    imported, count = program.module.imported_functions, len(program.bodies)
    inner = [bound - imported for bound in _CLASSES if 0 < bound - imported < count]
    return list(pairwise([0, *inner, count]))
