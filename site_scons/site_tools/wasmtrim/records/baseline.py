"""The committed state of a profile: `config/baselines/PROFILE.COMPILER.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, NamedTuple

from wasmtrim.records import layout
from wasmtrim.records.codec import Codec
from wasmtrim.records.fields import Bytes, Count, Rule, Says, Sha256
from wasmtrim.records.release import CompilerUsed, Stage
from wasmtrim.records.stage import ToolUsed


@dataclass(frozen=True)
class BaselineStage:
    """A stage of a release, less what differs from run to run."""

    name: str
    tool: ToolUsed
    argv: tuple[str, ...]
    raw: Bytes
    gzip: Bytes
    brotli: Bytes
    fuel: Count | None
    sha256: Sha256
    brotli_exact: bool = True

    @classmethod
    def of(cls, stage: Stage) -> BaselineStage:
        """Leave out the seconds of a release's stage, and its environment."""
        kept = {k: value for k, value in vars(stage).items() if k not in ("seconds", "env")}
        return cls(**kept)

    @property
    def stage(self) -> Stage:
        """The stage as a release has it."""
        return Stage(**vars(self), seconds=0.0)


@dataclass(frozen=True)
class Overhead:
    """What the headers and tables of a compressed file take of it."""

    gzip: Bytes
    brotli: Bytes


@dataclass(frozen=True)
class Section:
    """A section: its bytes, and what it costs of the compressed files."""

    raw: Bytes
    gzip: Bytes
    brotli: Bytes


@dataclass(frozen=True)
class Package:
    """The code of a package: its bytes, and what they cost of the compressed files.

    `approximate`: code of it was inlined elsewhere, or other code into it.
    """

    group: str
    functions: Count
    raw: Bytes
    gzip: Bytes
    brotli: Bytes
    approximate: bool = False


class Function(NamedTuple):
    """A function in the code section; of one whose name is not known, `name` is its type."""

    package: str
    name: str
    bytes: Bytes


@dataclass(frozen=True)
class BaselineRecord:
    """A release without its notes, and what its module holds. Sections add up to the file."""

    schema: Literal[1] = field(default=1, kw_only=True)
    profile: str
    compiler: CompilerUsed | None
    features: tuple[str, ...]
    compressors: Mapping[str, str]
    stages: Annotated[tuple[BaselineStage, ...], Rule("min_length", 1)]
    compressed_overhead: Overhead
    sections: Mapping[str, Section]
    packages: Mapping[str, Package]
    functions: tuple[Function, ...]
    imports: Annotated[tuple[str, ...], Says("Names with their types, each once.")]
    exports: tuple[str, ...]
    work: Annotated[
        Mapping[str, Count], Says("Instructions by function and package, where they were counted.")
    ] = field(default_factory=dict)
    inlined: Annotated[
        bool,
        Says("Whether packages hold inlined code that came from them; by whole functions if not."),
    ] = False
    waivers: Annotated[
        Mapping[str, Count], Says("What the profile's waivers let through, by metric and scope.")
    ] = field(default_factory=dict)


BASELINE: Final = Codec(
    BaselineRecord, "a baseline", "write it again with `scons baseline`", layout.spread
)
