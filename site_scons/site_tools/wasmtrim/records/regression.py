"""What changed since the base, and whether it may: `NAME.regression.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from wasmtrim.records.codec import AGAIN, Codec
from wasmtrim.records.fields import Bytes, Count, Says, Sha256


@dataclass(frozen=True, slots=True)
class Change:
    """A size that changed. `old` is None for what was added, `new` for what was removed.

    `package` is there for functions; `was` is the former name of a function that was renamed, or
    of a package that was moved. `approximate`: of a package whose code was inlined elsewhere, or
    that has other code inlined into it.
    """

    name: str
    old: Count | None
    new: Count | None
    package: str = ""
    was: str = ""
    approximate: bool = False

    @property
    def delta(self) -> int:
        return (self.new or 0) - (self.old or 0)

    @property
    def word(self) -> str:
        """`added`, `removed`, `grown`, `shrunk`, or `same size`."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "removed"
        return "grown" if self.delta > 0 else "shrunk" if self.delta < 0 else "same size"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a stage's module weighs, in bytes, and the instructions of its run."""

    raw: Bytes
    gzip: Bytes
    brotli: Bytes
    fuel: Count | None
    brotli_exact: bool = True


@dataclass(frozen=True, slots=True)
class StageChange:
    """A stage in both, or in one of them."""

    name: str
    old: Figures | None
    new: Figures | None


@dataclass(frozen=True, slots=True)
class Names:
    """Names that came and went, imports or exports, with their types.

    `changed` are those whose type is another one: `memory: memory(1 page) => memory(2 pages)`.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """A part of a growth, in the budget's own unit: the causes of one growth add up to it.

    `what` is the first call from old code to new (`main.fail -> fmt.Fprintf`), a package whose
    functions changed, a section, or an import. `below` says what came with it. `function` is the
    name of the new function that it begins with, `package` and `section` that of the package or
    section that changed; each is "" where it is none.
    """

    what: str
    amount: int
    below: str = ""
    function: str = ""
    package: str = ""
    section: str = ""


@dataclass(frozen=True)
class Comparison:
    """What two snapshots differ in; `old` and `new` are their labels.

    `identical`: they are the same file, byte for byte. `tool_changes` says how the tools,
    their flags or the compressors differ. `metrics` are the figures of the whole module that both
    sides have. `stages` are in the new order. Sections, packages (their
    share of the code section) and functions are those whose size changed, the largest change
    first; `rewritten` counts the functions of the same size, but of other bytes. `causes` explain
    the bytes that came, the largest part first.
    """

    old: str
    new: str
    identical: bool
    tool_changes: Annotated[
        tuple[str, ...], Says("In what the tools, flags or compressors differ.")
    ]
    metrics: Mapping[str, Change]
    stages: tuple[StageChange, ...]
    sections: tuple[Change, ...]
    packages: tuple[Change, ...]
    functions: tuple[Change, ...]
    rewritten: Count
    imports: Names
    exports: Names
    causes: tuple[Cause, ...]

    def __post_init__(self) -> None:
        if "raw" not in self.metrics:
            raise ValueError("its metrics lack raw")


Word = Literal["held", "waived", "accepted", "unused", "over", "over, not gated", "not judged"]


@dataclass(frozen=True)
class Finding:
    """What was found about a budget or a waiver.

    A budget that was measured says its figures: in the base (None without one), now, and the most
    that it may be, of its `metric`, and of the part of the module that `scope` names ("" is the
    whole). `waived` is what is let through on top of that. `causes` are there where that is
    exceeded.
    """

    name: str
    ok: bool
    judged: bool
    outcome: Word
    detail: str
    offer: Annotated[str, Says("What can be done: to keep a gain, or about what is over.")]
    base: Count | None = None
    now: Count | None = None
    allowed: Count | None = None
    metric: str = ""
    scope: str = ""
    waived: Count = 0
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True)
class RegressionRecord:
    """`module` is the sha256 of the one that was judged; `comparison` is None without a base."""

    schema: Literal[1] = field(default=1, kw_only=True)
    profile: str
    module: Sha256
    ok: bool
    base: Annotated[str, Says("Which base, and why that one; or why there is none.")]
    findings: tuple[Finding, ...]
    comparison: Comparison | None


REGRESSION: Final = Codec(RegressionRecord, "a regression record", AGAIN)
