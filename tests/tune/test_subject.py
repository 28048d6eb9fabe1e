"""What the stages before optimize leave, which is what a search is about."""

from __future__ import annotations

from pathlib import Path

from tests.tune.conftest import WHOLE

from wasmtrim import wasm
from wasmtrim.profile import Profile
from wasmtrim.toolchain import Locator
from wasmtrim.tune import subject

WORLD = "package a:b;\nworld w {\n  export f: func(x: u32) -> u32;\n}\n"


def test_what_the_world_of_the_contract_exports_is_not_pruned(
    locator: Locator, tmp_path: Path
) -> None:
    (tmp_path / "w.wit").write_text(WORLD)
    profile = Profile.model_validate({"contract": {"wit": "w.wit", "world": "w"}})
    work = tmp_path / "work"
    given = subject.prepare("m", WHOLE, profile, None, "raw", locator, tmp_path, work)
    assert {"f", "memory"} <= {entry.name for entry in wasm.read(given.module).exports}
