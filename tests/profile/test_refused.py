"""Each case of the files beside: a profile, and the one line that it is refused with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def _cases() -> list[tuple[str, str]]:
    """Blocks with an empty line between: the profile, then `=> ` and the line."""
    cases = []
    for file in sorted(Path(__file__).parent.glob("refused_*.txt")):
        _, *blocks = file.read_text().strip().split("\n\n")
        cases += [(text, line) for text, _, line in (b.rpartition("\n=> ") for b in blocks)]
    return cases


@pytest.mark.parametrize(("text", "line"), _cases(), ids=lambda text: text.split(":")[0])
def test_a_profile_is_refused_in_one_line(
    refuses: Callable[[str], list[str]], text: str, line: str
) -> None:
    assert refuses(text) == [line]
