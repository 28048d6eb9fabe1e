"""A dist/ folder as a build leaves it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

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
            compressors={"gzip": "deflate 0.9.0, level 9", "brotli": "brotli 1.2.1, quality 11"},
            stages=rows,
            notes=list(notes),
        )

    def verification(self, name: str, *checks: tuple[str, bool, str]) -> None:
        rows = [{"name": check, "ok": ok, "detail": detail} for check, ok, detail in checks]
        ok = all(ok for _, ok, _ in checks)
        self._write(f"{name}.verify.json", profile=name, ok=ok, checks=rows)

    def passed(self, name: str) -> None:
        self.sizes(name)
        self.verification(
            name, ("imports", True, "16 allowed"), ("raw", True, "197,210 of 262,144")
        )

    def failed(self, name: str, detail: str = "env.now_ms: not allowed") -> None:
        self.sizes(name)
        self.verification(name, ("imports", False, detail), ("raw", True, "fits"))

    def _write(self, file: str, **content: Any) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / file).write_text(json.dumps({"schema": 1, **content}))


@pytest.fixture
def dist(tmp_path: Path) -> Dist:
    return Dist(tmp_path / "dist")
