"""Faults that are planted on purpose, and what finds them."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime

from wasmtrim import wasm
from wasmtrim.attribution import NameSources
from wasmtrim.profile import Profile
from wasmtrim.verify import mutants, run_smoke
from wasmtrim.verify.mutants import faults
from wasmtrim.verify.mutants.strength import Strength
from wasmtrim.verify.mutants.trials import Found

# One case comes to the first half of `pick` alone; nothing calls `spare`.
PROGRAM = """
(module $program
  (memory (export "memory") 1)
  (data (i32.const 16) "\\07")
  (func $pick (export "pick") (param i32) (result i32)
    (i32.store8 (i32.const 20) (i32.const 3))
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 4))
      (then (i32.add (call $seven) (i32.load8_u (i32.const 20))))
      (else (i32.mul (local.get 0) (i32.const 5)))))
  (func $seven (result i32) (i32.load8_u (i32.const 16)))
  (func $other (result i32) (i32.const 1000))
  (func $spare (export "spare") (param i32 i32) (result i32)
    (i32.sub (local.get 0) (i32.const 9))))
"""


def measured(folder: Path, *calls: tuple[int, int], count: int = 16) -> Strength:
    module = folder / "module.wasm"
    module.write_bytes(wasmtime.wat2wasm(PROGRAM))
    cases = [
        {
            "name": f"with-{arg}",
            "call": {"export": "pick", "args": [arg], "returns": [wanted]},
        }
        for arg, wanted in calls
    ]
    profile = Profile.model_validate(
        {"module": "module.wasm", "smoke": cases, "differ": {"runs": 16}}
    )
    run_smoke(module, profile, None, folder, folder / "run")
    name_of = NameSources().owners(module.read_bytes()).name
    return mutants.measure(
        module, profile, None, folder / "run", folder, count=count, seed=1, name_of=name_of
    )


def test_another_case_finds_what_the_first_lets_pass(tmp_path: Path) -> None:
    one = measured(tmp_path, (2, 10))
    both = measured(tmp_path, (2, 10), (4, 20))
    assert one.count(Found.CASES) < both.count(Found.CASES)
    assert one.count(Found.GENERATED) > both.count(Found.GENERATED)
    assert [name for name, _ in one.passed] == ["pick"]
    # Nobody comes to `spare` and `other`: nothing is planted there.
    assert {fault.function for fault, _ in one.faults} == {None, 0, 1}
    left = [(row.function, row.code_bytes) for row in one.record().not_reached]
    assert left == [("spare", 6), ("other", 4)]
    assert (one.coverage.functions, one.coverage.all_functions) == (2, 4)
    assert one.coverage.code_bytes < both.coverage.code_bytes < both.coverage.all_code_bytes
    assert both.record().let_pass == ()


def test_the_same_seed_chooses_the_same_faults() -> None:
    module = wasm.read(bytes(wasmtime.wat2wasm(PROGRAM)))
    one, again, other = (faults.chosen(module, 9, seed, range(4)) for seed in (5, 5, 6))
    assert one == again
    assert one != other


@pytest.mark.parametrize("text", ["0", "10001", "many"])
def test_a_number_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    from wasmtrim.cli.main import main

    with pytest.raises(SystemExit):
        main(["verify", "module.wasm", "--profile", "gif", "--mutants", text])
    assert "--mutants" in capsys.readouterr().err


def test_nothing_is_recorded_without_mutants(capsys: pytest.CaptureFixture[str]) -> None:
    from wasmtrim.cli.main import main

    assert main(["verify", "module.wasm", "--profile", "gif", "--record"]) != 0
    assert "add --mutants N" in capsys.readouterr().err
