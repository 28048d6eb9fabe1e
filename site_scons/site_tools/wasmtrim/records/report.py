"""The report of a release for other programs: `report.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from wasmtrim.records.codec import AGAIN, Codec
from wasmtrim.records.fields import Bytes, Count, Says, Sha256
from wasmtrim.records.regression import RegressionRecord
from wasmtrim.records.release import Release
from wasmtrim.records.tuning import TuningRecord
from wasmtrim.records.verification import CheckRow


@dataclass(frozen=True)
class PackageRow:
    """What a package takes of the code section, inlined code where it came from.

    `approximate`: code of it was inlined elsewhere, or other code into it.
    """

    name: str
    group: Annotated[str, Says("own, runtime, standard library, third party or unknown.")]
    bytes: Bytes
    functions: Count
    approximate: bool = False


@dataclass(frozen=True)
class ProfileRow:
    """One profile. What its build didn't come to is null."""

    name: str
    verdict: Literal["passed", "failed", "not built"]
    message: Annotated[str, Says("Why it is not built; else empty.")]
    sizes: Annotated[Release | None, Says("As in NAME.sizes.json.")]
    checks: tuple[CheckRow, ...] | None
    regression: Annotated[RegressionRecord | None, Says("As in NAME.regression.json.")]
    sections: Annotated[
        Mapping[str, Bytes] | None,
        Says("Bytes by section, the header too; they add up to the module."),
    ]
    packages: tuple[PackageRow, ...] | None
    pictures: Annotated[
        Mapping[str, Sha256],
        Says("Of the smoke run: the sha256 of expected, got and difference, where it has them."),
    ]
    builds: Annotated[Count, Says("How many earlier builds the history knows.")]
    tuning: Annotated[
        TuningRecord | None,
        Says("As in NAME.tuning.json: the search that found the module's recipe."),
    ] = None


@dataclass(frozen=True)
class ReportRecord:
    """Sizes are in bytes."""

    schema: Literal[1] = field(default=1, kw_only=True)
    wasmtrim: Annotated[str, Says("The version that wrote it.")]
    ok: Annotated[bool, Says("Whether every profile passed.")]
    profiles: tuple[ProfileRow, ...]


REPORT: Final = Codec(ReportRecord, "a report", AGAIN)
