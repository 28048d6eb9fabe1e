"""No false alarm: what these modules do is unusual, and allowed.

Where a file says `;; unjudged:`, that check has nothing to judge by, and says so in
the words of `;; says:`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim.verify import Verification

JudgeFile = Callable[[Path], tuple[Verification, dict[str, str]]]

SOUND = sorted((Path(__file__).parent / "sound").glob("*.wat"))


@pytest.mark.parametrize("wat", SOUND, ids=lambda wat: wat.stem)
def test_a_sound_module_passes(wat: Path, judge_file: JudgeFile) -> None:
    verdict, remarks = judge_file(wat)
    assert verdict.ok, [check for check in verdict.checks if not check.ok]
    left = {check.name: check.detail for check in verdict.checks if not check.judged}
    if "unjudged" in remarks:
        assert remarks["says"] in left.pop(remarks["unjudged"], "")
    assert "run" not in left
