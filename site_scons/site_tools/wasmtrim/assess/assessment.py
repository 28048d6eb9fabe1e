"""The assessment of Go code: the record that every format tells. Its schema is committed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from wasmtrim.assess.facts import Files
from wasmtrim.assess.rules import DimensionName, Severity, Target

Verdict: TypeAlias = Literal["not-migratable", "downgrade", "candidate"]
SCHEMA_FILE = Path(__file__).parents[1] / "data" / "schema" / "assessment.json"

VERDICTS: dict[Verdict, str] = {
    "not-migratable": "not migratable as it is",
    "downgrade": "migratable with a downgrade",
    "candidate": "a candidate of high compatibility",
}


@dataclass(frozen=True)
class Frame:
    """A step of a call path: in `function`, the place of the next call, or of the use."""

    function: str
    file: str
    line: int


@dataclass(frozen=True)
class Finding:
    """Something that the code asks of its host, and what takes its place.

    `file` and `line` are in the module's own code: of the use, or, where not `direct`, of the call
    into the dependency `package` that uses it. `platforms` are those whose code has it; none where
    no platform was looked at. `path` leads to it from an entry point.
    """

    dimension: DimensionName
    rule: str
    title: str
    severity: Severity
    file: str
    line: int
    symbol: str
    direct: bool
    package: str
    platforms: tuple[str, ...]
    path: tuple[Frame, ...]
    instead: str


@dataclass(frozen=True)
class Said:
    """A message of a compiler. `finding` is the index of the finding at the same place."""

    file: str
    line: int
    message: str
    finding: int | None = None


@dataclass(frozen=True)
class Build:
    """A trial: one main package by one compiler; `bytes` of the module, None where it failed."""

    package: str
    compiler: str
    version: str
    bytes: int | None
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Assessment:
    """`score` and `dimensions` are from 0 to 100; `weights` in per cent."""

    schema: Literal[1]
    verdict: Verdict
    score: float
    dimensions: dict[DimensionName, float]
    findings: tuple[Finding, ...]
    module: str
    target: Target
    weights: dict[DimensionName, float]
    files: Files
    builds: tuple[Build, ...]
    notes: tuple[str, ...]

    def of(self, dimension: DimensionName, severity: Severity) -> int:
        """How many findings a dimension has of a severity."""
        return sum(f.dimension == dimension and f.severity == severity for f in self.findings)


def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of an assessment."""
    from pydantic import TypeAdapter

    made = TypeAdapter(Assessment).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
