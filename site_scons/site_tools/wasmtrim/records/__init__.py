"""The JSON records: a frozen dataclass each, and the one codec that reads and writes it.

Whoever needs a record asks here: `records.SIZES.read(path)`. Records that users read keep to a
schema in data/schema/, which is generated from the dataclass.
"""

from __future__ import annotations

from typing import Final

from wasmtrim.records import layout
from wasmtrim.records.baseline import BaselineRecord
from wasmtrim.records.breakdown import BreakdownRecord
from wasmtrim.records.codec import Codec
from wasmtrim.records.difference import DifferenceRecord
from wasmtrim.records.history import Entry
from wasmtrim.records.hotspots import HotspotsRecord
from wasmtrim.records.imports import ImportsRecord
from wasmtrim.records.locations import LocationsRecord
from wasmtrim.records.proof import Differing, NotTried, ProofRecord
from wasmtrim.records.regression import (
    Change,
    Comparison,
    Figures,
    Finding,
    Names,
    RegressionRecord,
    StageChange,
)
from wasmtrim.records.release import CompilerUsed, Release, Stage
from wasmtrim.records.report import ReportRecord
from wasmtrim.records.rewriting import LayoutRecord, PositionsRecord
from wasmtrim.records.stage import FileSize, RunFuel, StageRecord, ToolUsed
from wasmtrim.records.tuning import CandidateRow, FlagRow, Outcome, ThrownOut, TuningRecord
from wasmtrim.records.verification import (
    STRENGTH_FOLDER,
    CheckRow,
    InferenceRecord,
    StrengthRecord,
    VerificationRecord,
)
from wasmtrim.records.why import WhyRecord

__all__ = [
    "STRENGTH_FOLDER",
    "CandidateRow",
    "Change",
    "CheckRow",
    "Codec",
    "Comparison",
    "CompilerUsed",
    "DifferenceRecord",
    "Differing",
    "Entry",
    "Figures",
    "FileSize",
    "Finding",
    "FlagRow",
    "InferenceRecord",
    "LayoutRecord",
    "Names",
    "NotTried",
    "Outcome",
    "PositionsRecord",
    "ProofRecord",
    "RegressionRecord",
    "Release",
    "RunFuel",
    "Stage",
    "StageChange",
    "StageRecord",
    "StrengthRecord",
    "ThrownOut",
    "ToolUsed",
    "TuningRecord",
    "VerificationRecord",
    "WhyRecord",
]

_AGAIN: Final = "remove it and run `scons release`"
_LARGE: Final = 64 << 20  # bytes: a row for each function of a module

SIZE: Final = Codec(FileSize, "the size of a module", _AGAIN)
FUEL: Final = Codec(RunFuel, "the fuel of a smoke run", _AGAIN)
STAGE: Final = Codec(StageRecord, "a stage record", _AGAIN)
FEATURES: Final = Codec(tuple[str, ...], "a list of features", _AGAIN, layout.line)
SIZES: Final = Codec(Release, "a size record", _AGAIN)
VERIFICATION: Final = Codec(VerificationRecord, "a verification record", _AGAIN)
REGRESSION: Final = Codec(RegressionRecord, "a regression record", _AGAIN)
REPORT: Final = Codec(ReportRecord, "a report", _AGAIN)
BASELINE: Final = Codec(
    BaselineRecord, "a baseline", "write it again with `scons baseline`", layout.spread
)
STRENGTH: Final = Codec(
    StrengthRecord,
    "a figure of strength",
    "write it again with `wasmtrim verify --mutants N --record`",
)
HISTORY: Final = Codec(Entry, "an entry of a history", "remove the line", layout.line)
BREAKDOWN: Final = Codec(BreakdownRecord, "a breakdown", _AGAIN, layout.compact, _LARGE)
LOCATIONS: Final = Codec(LocationsRecord, "a record of locations", _AGAIN, layout.rows, _LARGE)
IMPORTS: Final = Codec(ImportsRecord, "a record of imports", _AGAIN, layout.rows)
HOTSPOTS: Final = Codec(
    HotspotsRecord,
    "a profile of hot spots",
    "write it again with `wasmtrim hotspots --format json`",
    layout.compact,
    _LARGE,
)
TUNING: Final = Codec(TuningRecord, "a record of a search", "remove it and run `scons tune`")
OUTCOME: Final = Codec(Outcome, "the outcome of a candidate", "remove it", layout.line)
PROOF: Final = Codec(ProofRecord, "what was proven of functions", "search again", layout.line)
LAYOUT: Final = Codec(LayoutRecord, "what `wasmtrim layout --json` prints", "run it again")
POSITIONS: Final = Codec(PositionsRecord, "what `wasmtrim positions --json` prints", "run it again")
DIFFERENCE: Final = Codec(
    DifferenceRecord, "what `wasmtrim diff-render --json` prints", "run it again"
)
WHY: Final = Codec(WhyRecord, "what `wasmtrim why --json` prints", "run it again")
