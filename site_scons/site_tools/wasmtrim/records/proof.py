"""What was proven of the functions that an optimizer changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wasmtrim.records import layout
from wasmtrim.records.codec import Codec
from wasmtrim.records.fields import Count


@dataclass(frozen=True)
class NotTried:
    """How many functions were not tried, and what of them is not covered."""

    why: str
    functions: Count


@dataclass(frozen=True)
class Differing:
    """A function that differs for an input that the program may never give.

    `function` is its number among those that the module before defines; `parameters` those of the
    input, as signed integers.
    """

    function: str
    parameters: str


@dataclass(frozen=True)
class ProofRecord:
    """Of `changed` functions, `proven` do the same for all inputs.

    `differs` do not, for some input: the first of them are `differing`. Of `undecided` z3 found
    nothing out. `inputs` is on how many inputs both modules were run, and did the same. `note` says
    why nothing at all was tried.
    """

    changed: Count
    proven: Count = 0
    differs: Count = 0
    undecided: Count = 0
    differing: tuple[Differing, ...] = ()
    not_tried: tuple[NotTried, ...] = ()
    inputs: Count = 0
    note: str = ""

    @property
    def claim(self) -> str:
        """What is proven and what is only tested, in a line."""
        if not self.changed:
            return "no function was changed"
        inputs = "1 input" if self.inputs == 1 else f"{self.inputs} inputs"
        tested = f"tested on {inputs}" if self.inputs else "not tested"
        rest = f", the rest {tested}" if self.proven < self.changed else ""
        return f"{self.proven} of {self.changed} changed functions proven equal{rest}"


PROOF: Final = Codec(ProofRecord, "what was proven of functions", "search again", layout.line)
