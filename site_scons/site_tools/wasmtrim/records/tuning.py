"""What a search for a recipe found, and what it keeps of each candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from wasmtrim.records import layout
from wasmtrim.records.codec import Codec
from wasmtrim.records.fields import Bytes, Count, Metric, Rule, Says
from wasmtrim.records.proof import ProofRecord
from wasmtrim.records.stage import ToolUsed


@dataclass(frozen=True)
class Outcome:
    """The size by the metric and the sha256 of what a candidate gave; or why it was `skipped`.

    `fuel` is that of the longest case, `behavior` a digest of what all cases did.
    """

    schema: Literal[1] = field(default=1, kw_only=True)
    size: Bytes = 0
    sha256: str = ""
    fuel: Count | None = None
    behavior: str = ""
    skipped: str = ""


@dataclass(frozen=True)
class CandidateRow:
    """A recipe that was tried, as wasm-opt's options; `why` it doesn't count, if it doesn't.

    `pareto`: no other that counts is smaller and does no more work, or as small and does less.
    """

    options: tuple[str, ...]
    size: Bytes | None
    fuel: Count | None
    why: str = ""
    pareto: bool = False


@dataclass(frozen=True)
class FlagRow:
    """A flag of the compiler that was tried, as a profile's `compiler` has it, and what came of it.

    `size` is that by `-Oz`; `why` says why it doesn't count, if it doesn't.
    """

    flag: str
    size: Bytes | None
    kept: bool = False
    why: str = ""


@dataclass(frozen=True)
class ThrownOut:
    """A candidate that is not the same program.

    `guilty` are the options up to and with the step that changes it, none where that is not
    known; `kept` is the folder of the module, relative to the record, "" where it was not kept.
    A module of `reduced` bytes there is changed by the options `shown_by`; None where none was
    found.
    """

    options: tuple[str, ...]
    what: str
    guilty: tuple[str, ...]
    kept: str
    reduced: Bytes | None = None
    shown_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class TuningRecord:
    """The record of a search.

    `oz` is the size of what `-Oz` alone leaves, `size` that of the best; both by the metric.
    `stopped_early`: it ended by time or by hand, so that the seed alone doesn't give it again.
    `proof` says how the best was shown to be the same program, `functions` what of it holds for
    all inputs; None where the module is taken as it is.
    `compiler` are the keys of a profile's `compiler` that it depends on, with their values;
    `built_by` is the compiler's name.
    """

    schema: Literal[1] = field(default=1, kw_only=True)
    module: Annotated[str, Says("The profile's name, or the module's file.")]
    metric: Metric
    seed: int
    budget: Count
    tried: Count
    skipped: Count
    stopped_early: bool
    tool: ToolUsed
    options: tuple[str, ...]
    size: Bytes
    oz: Bytes
    sha256: str
    fuel: Count | None
    proof: tuple[str, ...]
    assumed: tuple[str, ...]
    thrown_out: tuple[ThrownOut, ...]
    candidates: Annotated[tuple[CandidateRow, ...], Rule("min_length", 1)]
    date: Annotated[str, Says("The day, as YYYY-MM-DD.")]
    functions: ProofRecord | None = None
    built_by: str | None = None
    flags: tuple[FlagRow, ...] = ()
    compiler: Mapping[str, str] = field(default_factory=dict)

    @property
    def gain(self) -> float:
        """How much smaller the best is than what `-Oz` alone leaves, in per cent."""
        return 100 * (1 - self.size / self.oz)


TUNING: Final = Codec(TuningRecord, "a record of a search", "remove it and run `scons tune`")
OUTCOME: Final = Codec(Outcome, "the outcome of a candidate", "remove it", layout.line)
