"""How much of a module's code runs reach: every straight run of instructions has a bit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wasmtrim.engine.core import PLANTED
from wasmtrim.wasm import Module, bodies
from wasmtrim.wasm.leb128 import signed, unsigned
from wasmtrim.wasm.rewriting import rewritten

# After these the next instruction may be come to, or not, by itself (specification 5.4.1).
_ENDS = frozenset((0x00, 0x03, 0x04, 0x05, 0x07, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x19, 0xD5, 0xD6))
_BITS = 64


@dataclass(frozen=True)
class Coverage:
    """`functions` of `all_functions` were entered; `code_bytes` are those of the instructions.

    `left` are the bytes of each function that was not entered.
    """

    functions: int
    all_functions: int
    code_bytes: int
    all_code_bytes: int
    entered: frozenset[int]
    left: Mapping[int, int]


@dataclass(frozen=True)
class Marked:
    """A module that marks what it comes to; `parts` are function and bytes of each mark."""

    data: bytes
    parts: tuple[tuple[int, int], ...]

    def coverage(self, runs: Iterable[Sequence[int]]) -> Coverage:
        """Tell what the runs reached by the globals that each of them left."""
        words = [0] * (len(self.parts) // _BITS + 1)
        for run in runs:
            words = [word | left for word, left in zip(words, run, strict=True)]
        reached = [part for n, part in enumerate(self.parts) if words[n // _BITS] >> n % _BITS & 1]
        entered = frozenset(function for function, _ in reached)
        left: Counter[int] = Counter()
        for function, size in self.parts:
            if function not in entered:
                left[function] += size
        return Coverage(
            len(entered),
            len({function for function, _ in self.parts}),
            sum(size for _, size in reached),
            sum(size for _, size in self.parts),
            entered,
            left,
        )


def marked(module: Module) -> Marked:
    """Plant the marks. Raises ModuleError where a body is not a sequence of instructions."""
    parts: list[tuple[int, int]] = []
    found: dict[int, bytes] = {}
    first = len(module.globals)
    for index in range(module.imported_functions, len(module.functions)):
        start, end = module.body(index)
        code = [*bodies.instructions(module, index)]
        begins = [code[0][0]]
        begins += [after for at, after in code[:-1] if module.data[at] in _ENDS]
        pieces = [module.data[start : begins[0]]]
        for begin, stop in zip(begins, [*begins[1:], end], strict=True):
            pieces += (_mark(first, len(parts)), module.data[begin:stop])
            parts.append((index, stop - begin))
        found[index] = b"".join(pieces)
    names = [f"{PLANTED}{number}" for number in range(len(parts) // _BITS + 1)]
    return Marked(rewritten(module, found, names), tuple(parts))


def _mark(first: int, number: int) -> bytes:
    """Instructions that leave the stack as it is, and set a bit."""
    bit = 1 << number % _BITS
    index, value = unsigned(first + number // _BITS), bit - (bit >> 63 << 64)
    return b"\x23" + index + b"\x42" + signed(value) + b"\x84\x24" + index  # get, const, or, set
