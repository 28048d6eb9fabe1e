"""The JSON records: a frozen dataclass each, and the one codec that reads and writes it.

Whoever needs a record asks here: `records.SIZES.read(path)`. Records that users read keep to a
schema in data/schema/, which is generated from the dataclass.

The module of a record is imported when the first of its names is asked for: most commands need one
or two of the records, and to make the dataclasses of all takes a tenth of a short run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wasmtrim.records.baseline import BASELINE as BASELINE
    from wasmtrim.records.baseline import BaselineRecord as BaselineRecord
    from wasmtrim.records.breakdown import BREAKDOWN as BREAKDOWN
    from wasmtrim.records.breakdown import BreakdownRecord as BreakdownRecord
    from wasmtrim.records.codec import Codec as Codec
    from wasmtrim.records.difference import DIFFERENCE as DIFFERENCE
    from wasmtrim.records.difference import DifferenceRecord as DifferenceRecord
    from wasmtrim.records.history import HISTORY as HISTORY
    from wasmtrim.records.history import Entry as Entry
    from wasmtrim.records.hotspots import HOTSPOTS as HOTSPOTS
    from wasmtrim.records.hotspots import HotspotsRecord as HotspotsRecord
    from wasmtrim.records.imports import IMPORTS as IMPORTS
    from wasmtrim.records.imports import ImportsRecord as ImportsRecord
    from wasmtrim.records.locations import LOCATIONS as LOCATIONS
    from wasmtrim.records.locations import LocationsRecord as LocationsRecord
    from wasmtrim.records.proof import PROOF as PROOF
    from wasmtrim.records.proof import Differing as Differing
    from wasmtrim.records.proof import NotTried as NotTried
    from wasmtrim.records.proof import ProofRecord as ProofRecord
    from wasmtrim.records.regression import REGRESSION as REGRESSION
    from wasmtrim.records.regression import Change as Change
    from wasmtrim.records.regression import Comparison as Comparison
    from wasmtrim.records.regression import Figures as Figures
    from wasmtrim.records.regression import Finding as Finding
    from wasmtrim.records.regression import Names as Names
    from wasmtrim.records.regression import RegressionRecord as RegressionRecord
    from wasmtrim.records.regression import StageChange as StageChange
    from wasmtrim.records.release import SIZES as SIZES
    from wasmtrim.records.release import CompilerUsed as CompilerUsed
    from wasmtrim.records.release import Release as Release
    from wasmtrim.records.release import Stage as Stage
    from wasmtrim.records.report import REPORT as REPORT
    from wasmtrim.records.report import ReportRecord as ReportRecord
    from wasmtrim.records.rewriting import LAYOUT as LAYOUT
    from wasmtrim.records.rewriting import POSITIONS as POSITIONS
    from wasmtrim.records.rewriting import LayoutRecord as LayoutRecord
    from wasmtrim.records.rewriting import PositionsRecord as PositionsRecord
    from wasmtrim.records.stage import FEATURES as FEATURES
    from wasmtrim.records.stage import FUEL as FUEL
    from wasmtrim.records.stage import SIZE as SIZE
    from wasmtrim.records.stage import STAGE as STAGE
    from wasmtrim.records.stage import FileSize as FileSize
    from wasmtrim.records.stage import RunFuel as RunFuel
    from wasmtrim.records.stage import StageRecord as StageRecord
    from wasmtrim.records.stage import ToolUsed as ToolUsed
    from wasmtrim.records.tuning import OUTCOME as OUTCOME
    from wasmtrim.records.tuning import TUNING as TUNING
    from wasmtrim.records.tuning import CandidateRow as CandidateRow
    from wasmtrim.records.tuning import FlagRow as FlagRow
    from wasmtrim.records.tuning import Outcome as Outcome
    from wasmtrim.records.tuning import ThrownOut as ThrownOut
    from wasmtrim.records.tuning import TuningRecord as TuningRecord
    from wasmtrim.records.verification import STRENGTH as STRENGTH
    from wasmtrim.records.verification import STRENGTH_FOLDER as STRENGTH_FOLDER
    from wasmtrim.records.verification import VERIFICATION as VERIFICATION
    from wasmtrim.records.verification import CheckRow as CheckRow
    from wasmtrim.records.verification import InferenceRecord as InferenceRecord
    from wasmtrim.records.verification import StrengthRecord as StrengthRecord
    from wasmtrim.records.verification import VerificationRecord as VerificationRecord
    from wasmtrim.records.why import WHY as WHY
    from wasmtrim.records.why import WhyRecord as WhyRecord

# The names above by the module that they are of.
_NAMES: Final = {
    "baseline": "BASELINE BaselineRecord",
    "breakdown": "BREAKDOWN BreakdownRecord",
    "codec": "Codec",
    "difference": "DIFFERENCE DifferenceRecord",
    "history": "HISTORY Entry",
    "hotspots": "HOTSPOTS HotspotsRecord",
    "imports": "IMPORTS ImportsRecord",
    "locations": "LOCATIONS LocationsRecord",
    "proof": "PROOF Differing NotTried ProofRecord",
    "regression": "REGRESSION Change Comparison Figures Finding Names RegressionRecord StageChange",
    "release": "SIZES CompilerUsed Release Stage",
    "report": "REPORT ReportRecord",
    "rewriting": "LAYOUT POSITIONS LayoutRecord PositionsRecord",
    "stage": "FEATURES FUEL SIZE STAGE FileSize RunFuel StageRecord ToolUsed",
    "tuning": "OUTCOME TUNING CandidateRow FlagRow Outcome ThrownOut TuningRecord",
    "verification": "STRENGTH STRENGTH_FOLDER VERIFICATION CheckRow InferenceRecord StrengthRecord"
    " VerificationRecord",
    "why": "WHY WhyRecord",
}
_MODULE: Final = {name: module for module, names in _NAMES.items() for name in names.split()}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _MODULE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_MODULE[name]}"), name)
        globals()[name] = found  # so that it is asked for once
        return found

    def __dir__() -> list[str]:
        return sorted(_MODULE)
