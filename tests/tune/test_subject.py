"""What the stages before optimize leave, which is what a search is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.tune.conftest import WHOLE

from wasmtrim import wasm
from wasmtrim.errors import UsageError
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


def test_of_a_component_s_profile_the_core_module_is_tuned(
    locator: Locator, tmp_path: Path
) -> None:
    (tmp_path / "w.wit").write_text(WORLD)
    component = {"wit": "w.wit", "world": "w"}
    profile = Profile.model_validate({"component": component, "contract": component})
    work = tmp_path / "work"
    given = subject.prepare("m", WHOLE, profile, None, "raw", locator, tmp_path, work)
    assert wasm.read(given.module).exports


def test_a_ready_component_is_refused(
    locator: Locator, tmp_path: Path, assemble: Callable[[str], bytes]
) -> None:
    made = assemble("(component)")
    told = "m: a search is for modules, and this is a component; tune the module that it is made of"
    with pytest.raises(UsageError, match=told):
        subject.prepare("m", made, Profile(), None, "raw", locator, tmp_path, tmp_path / "work")
