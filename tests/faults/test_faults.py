"""Every planted fault is found, by the check that its comment names, in these words.

A file holds one fault: `;; planted:` says what is wrong, `;; check:` which check must find it,
`;; says:` a part of what it must say. A `.yaml` beside it is laid over the profile in conftest.py.
`;; gif:` makes the picture that the module writes, with what is to differ; `;; cut:` takes that
many bytes off the module's end.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim.verify import Verification

JudgeFile = Callable[[Path], tuple[Verification, dict[str, str]]]

FAULTS = sorted(Path(__file__).parent.glob("*.wat"))


@pytest.mark.parametrize("wat", FAULTS, ids=lambda wat: wat.stem)
def test_a_planted_fault_is_found(wat: Path, judge_file: JudgeFile) -> None:
    verdict, remarks = judge_file(wat)
    found = {check.name: check.detail for check in verdict.checks if not check.ok}
    assert remarks["says"] in found.get(remarks["check"], ""), found
    assert all(detail.isprintable() for detail in found.values())


def test_there_are_many_kinds() -> None:
    assert len(FAULTS) >= 40
