"""The generated parts of a Markdown file, between their marks."""

from __future__ import annotations

import pytest
from tests.manual.markdown import renewed, table

TEXT = """# Title
<!-- begin keys: generated, see CONTRIBUTING.md -->
old
<!-- end keys: generated, see CONTRIBUTING.md -->
The end.
"""


def test_a_part_is_renewed_and_the_rest_stays() -> None:
    once = renewed(TEXT, {"keys": "new\n"})
    assert once.splitlines() == [
        "# Title",
        "<!-- begin keys: generated, see CONTRIBUTING.md -->",
        "",
        "new",
        "",
        "<!-- end keys: generated, see CONTRIBUTING.md -->",
        "The end.",
    ]
    assert renewed(once, {"keys": "new\n"}) == once


def test_a_part_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no marks for the part 'values'"):
        renewed(TEXT, {"values": ""})


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert table(("a", "b"), [("x|y", "z")]) == "| a | b |\n| --- | --- |\n| x\\|y | z |\n"
