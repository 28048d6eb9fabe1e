"""What the verification of a release found: `NAME.verify.json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

from wasmtrim.check import Check, Outcome
from wasmtrim.records.codec import AGAIN, Codec
from wasmtrim.records.fields import Count, Says, Sha256

STRENGTH_FOLDER: Final = Path("config", "strength")  # of the committed figures, a file a profile


@dataclass(frozen=True)
class CheckRow:
    """A check; one that is not judged, for want of something to judge by, is `ok`."""

    name: str
    ok: bool
    judged: bool
    detail: Annotated[str, Says("What was found, in one line.")]

    @classmethod
    def of(cls, check: Check) -> CheckRow:
        """Return a check as a row."""
        return cls(check.name, check.ok, check.judged, check.detail)

    @property
    def check(self) -> Check:
        """The check itself."""
        passed = Outcome.HELD if self.judged else Outcome.NOT_JUDGED
        return Check(self.name, passed if self.ok else Outcome.FAILED, self.detail)


@dataclass(frozen=True)
class LetPass:
    """A function, or `data`, with faults that the cases let pass and generated inputs show."""

    function: str
    mutants: Count


@dataclass(frozen=True)
class Reached:
    """How much of the module the cases come to."""

    reached: Count
    all: Count


@dataclass(frozen=True)
class NotReached:
    """A function that no case comes to, so that nothing was planted in it."""

    function: str
    code_bytes: Count


@dataclass(frozen=True)
class StrengthRecord:
    """How many of the faults that were planted by `seed`, one a mutant, were found by what.

    They lie in data segments and in functions that the cases come to.
    """

    sha256: Annotated[Sha256, Says("Of the module that the faults were planted in.")]
    seed: int
    mutants: Count
    inputs: Annotated[Count, Says("Those that were generated from the cases, and run.")]
    found_by_cases: Count
    found_by_generated_inputs: Annotated[Count, Says("Those that the cases let pass.")]
    no_difference: Annotated[
        Count, Says("No input showed them: they change nothing, as far as known.")
    ]
    let_pass: tuple[LetPass, ...]
    functions: Reached
    code_bytes: Reached
    not_reached: Annotated[tuple[NotReached, ...], Says("At most 20, the largest first.")] = ()

    @property
    def shown(self) -> int:
        """How many faults anything finds."""
        return self.found_by_cases + self.found_by_generated_inputs


@dataclass(frozen=True)
class InferenceRecord:
    """The providers that the profile asks for under `nn`, and those that there were."""

    asked: tuple[str, ...]
    got: tuple[str, ...]
    targets: Annotated[tuple[str, ...], Says("What the module asked for beside the CPU.")]
    onnxruntime: Annotated[str, Says("Its version.")]


@dataclass(frozen=True)
class VerificationRecord:
    """All checks, in the order in which reports show them. `ok`: none fails.

    `strength` is there where `wasmtrim verify --mutants` asks for it, and in a release where
    `config/strength/` has it, maybe of an earlier module; `nn` where the profile has WASI-NN and
    the module ran.
    """

    schema: Literal[1] = field(default=1, kw_only=True)
    profile: str
    ok: bool
    checks: tuple[CheckRow, ...]
    strength: StrengthRecord | None = None
    nn: InferenceRecord | None = None

    @classmethod
    def of(
        cls, profile: str, checks: Sequence[Check], nn: InferenceRecord | None = None
    ) -> VerificationRecord:
        """Return the record of these checks."""
        rows = tuple(map(CheckRow.of, checks))
        return cls(profile, all(check.ok for check in checks), rows, nn=nn)


VERIFICATION: Final = Codec(VerificationRecord, "a verification record", AGAIN)
STRENGTH: Final = Codec(
    StrengthRecord,
    "a figure of strength",
    "write it again with `wasmtrim verify --mutants N --record`",
)
