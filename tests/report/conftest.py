"""A dist/ folder as a build leaves it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from wasmtrim import records
from wasmtrim.attribution import NameSources, breakdown
from wasmtrim.check import Check, Outcome, failed, held
from wasmtrim.records import (
    CandidateRow,
    Change,
    Comparison,
    Figures,
    Names,
    StageChange,
    ToolUsed,
    TuningRecord,
    VerificationRecord,
)
from wasmtrim.records.breakdown import BreakdownRecord
from wasmtrim.records.regression import Cause
from wasmtrim.regression.budget_result import BudgetResult, Measured, Remark
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report.model import Report, read
from wasmtrim.sizes import sha256

TINYGO: Final = {"name": "tinygo", "version": "0.41.1", "fallback": False}
STAGES: Final = {"link": 455_638, "compile": 235_700, "strip": 214_717, "optimize": 197_210}


@dataclass(frozen=True)
class Dist:
    """Writes the records that a build writes."""

    path: Path

    def sizes(
        self,
        name: str,
        *,
        compiler: Mapping[str, object] | None = TINYGO,
        stages: Mapping[str, int] = STAGES,
        notes: Sequence[str] = (),
        fuel: int | None = 1_077_184,
        metric: str | None = None,
    ) -> None:
        rows = [
            {
                "name": stage,
                "tool": {"name": f"{stage}-program", "version": "1", "pinned": True},
                "argv": [f"{stage}-program", "in.wasm"],
                "raw": raw,
                "gzip": raw // 3,
                "brotli": raw // 4,
                "fuel": fuel,
                "seconds": 1.25,
                "sha256": f"{raw:064x}",
            }
            for stage, raw in stages.items()
        ]
        self._write(
            f"{name}.sizes.json",
            profile=name,
            compiler=compiler,
            features=["sign-ext"],
            groups={},
            compressors={"gzip": "deflate 0.9.0, level 9", "brotli": "brotli 1.2.1, quality 11"},
            stages=rows,
            notes=list(notes),
            metric=metric,
        )

    def verification(self, name: str, *checks: Check) -> None:
        record = VerificationRecord.of(name, checks)
        records.VERIFICATION.write(self.path / f"{name}.verify.json", record)

    def passed(self, name: str) -> None:
        self.sizes(name)
        self.verification(name, held("imports", "16 allowed"), held("raw", "197,210 of 262,144"))

    def failed(self, name: str, detail: str = "env.now_ms: not allowed") -> None:
        self.sizes(name)
        self.verification(name, failed("imports", detail), held("raw", "fits"))

    def judged(self, name: str, result: RegressionResult) -> None:
        """Judge the module that the record tells of."""
        record = json.loads((self.path / f"{name}.sizes.json").read_text())
        result = replace(result, module=record["stages"][-1]["sha256"])
        records.REGRESSION.write(self.path / f"{name}.regression.json", result.record())

    def module(self, name: str, data: bytes, known: NameSources | None = None) -> None:
        """Ship this module: the records are to tell of it, and what is known of its functions."""
        (self.path / f"{name}.wasm").write_bytes(data)
        held = BreakdownRecord(sha256(data), breakdown.of_module(data, known))
        records.BREAKDOWN.write(self.path / f"{name}.breakdown.json", held)
        file = self.path / f"{name}.sizes.json"
        record = json.loads(file.read_text())
        record["stages"][-1]["sha256"] = sha256(data)
        file.write_text(json.dumps(record))

    def tuned(self, name: str, *options: str) -> None:
        """Let a search have found these options; the module is made by -Oz, so by one of them."""
        file = self.path / f"{name}.sizes.json"
        record = json.loads(file.read_text())
        optimized = record["stages"][-1]
        optimized["tool"]["name"] = "wasm-opt"
        optimized["argv"] = ["wasm-opt", "in.wasm", "--mvp-features", "-Oz"]
        file.write_text(json.dumps(record))
        rows = (
            CandidateRow((), 99_000, 999, ""),
            CandidateRow(options, 50_000, 900, pareto=True),
            CandidateRow(("-O3", "--gufa"), 51_000, 800, pareto=True),
            CandidateRow(("-O2",), 50_500, 905),
            CandidateRow(("--ssa",), 10, 1, "another program in the smoke run"),
            CandidateRow(("--rse",), None, None, "too slow"),
        )
        found = TuningRecord(
            module=name,
            metric="gzip",
            seed=1,
            budget=60,
            tried=len(rows),
            skipped=1,
            stopped_early=False,
            tool=ToolUsed("wasm-opt", "132", pinned=True),
            options=options,
            size=50_000,
            oz=50_100,
            sha256="0" * 64,
            fuel=900,
            proof=("the same",),
            assumed=(),
            thrown_out=(),
            candidates=rows,
            date="2026-11-27",
        )
        records.TUNING.write(self.path / f"{name}.tuning.json", found)

    def report(self, *names: str, **problems: str) -> Report:
        return read(self.path, names, problems)

    def _write(self, file: str, **content: Any) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / file).write_text(json.dumps({"schema": 1, **content}))


HOSTILE: Final = (
    "<script>alert(1)</script> | `x` ](javascript:1) @everyone #1 \x1b[2J\u202e ]]> \\|"
)


@pytest.fixture
def grown() -> RegressionResult:
    return grown_result()


def grown_result() -> RegressionResult:
    """A module that grew by fmt, over its budget; and a growth that was let through."""
    changes = Comparison(
        old="baseline config/baselines/edge.go.json",
        new="dist/edge.sizes.json",
        identical=False,
        tool_changes=(),
        metrics={
            "raw": Change("raw", 197_210, 258_414),
            "brotli": Change("brotli", 60_000, 66_000),
            "fuel": Change("fuel", 1_078_007, 1_077_184),
        },
        stages=(StageChange("optimize", None, Figures(258_414, 86_138, 64_603, None)),),
        sections=(Change("code", 150_000, 211_204),),
        packages=(Change("fmt", None, 60_004), Change("main", 900, 2_100)),
        functions=(
            Change("fmt.Sprintf", None, 9_000, "fmt"),
            Change(HOSTILE, 10, 20, "main", "main.old"),
            Change("main.gone", 400, None, "main"),
        ),
        rewritten=3,
        imports=Names(added=("wasi_snapshot_preview1.fd_write: func(i32) -> i32",)),
        exports=Names(removed=("add: func()",)),
        causes=(
            Cause("main.render -> fmt.Sprintf", 60_004, "27 functions: fmt +60,004", "fmt.Sprintf"),
            Cause("main", 1_200),
        ),
    )
    return RegressionResult(
        "edge",
        "0" * 64,
        "baseline config/baselines/edge.go.json: the committed one",
        changes,
        (
            BudgetResult(
                "budget raw growth",
                Outcome.FAILED,
                "+61,204; by main.render -> fmt.Sprintf +60,004",
                offer="accept it: run `scons baseline`",
                measured=Measured(197_210, 258_414, 198_234, "raw", ""),
                causes=(
                    Cause("main.render -> fmt.Sprintf", 60_004, "", "fmt.Sprintf"),
                    Cause("section data", 900, section="data"),
                    Cause("all else", -724),
                ),
            ),
            BudgetResult(
                "budget gzip growth",
                Outcome.HELD,
                "waived: 9 more until 2026-12-31: why",
                Remark.WAIVED,
            ),
            BudgetResult("budget brotli growth", Outcome.HELD, "+6,000", Remark.SHOWN),
            BudgetResult("budget fuel growth", Outcome.NOT_JUDGED, "no base"),
            BudgetResult("budget imports at most", Outcome.HELD, "16, at most 16"),
        ),
    )


@pytest.fixture
def dist(tmp_path: Path) -> Dist:
    return Dist(tmp_path / "dist")
