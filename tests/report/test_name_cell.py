from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Table

from wasmtrim.report.name_cell import NameCell

NAME = "runtime.(*mheap).sysAlloc.sysUnreserve.sysFreeOS.func1"


def shown(name: str, *, width: int, is_terminal: bool) -> list[str]:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=is_terminal, color_system=None
    )
    table = Table(box=None, pad_edge=False, padding=0, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    table.add_row(NameCell(name, "  "), " 459")
    with console.capture() as written:
        console.print(table)
    return [line.rstrip() for line in written.get().splitlines()]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_name_with_room_is_on_one_line(is_terminal: bool) -> None:
    assert shown(NAME, width=80, is_terminal=is_terminal) == [f"  {NAME} 459"]


def test_on_a_terminal_the_middle_of_a_long_name_is_left_out() -> None:
    [line] = shown(NAME, width=40, is_terminal=True)

    assert len(line) == 40
    assert line.startswith("  runtime.(*mheap)")
    assert line.endswith(".sysFreeOS.func1 459")
    assert "…" in line


def test_in_a_log_a_long_name_is_whole_and_broken_between_its_words() -> None:
    lines = shown(NAME, width=40, is_terminal=False)

    assert lines == [
        "  runtime.(*mheap).sysAlloc.         459",
        "    sysUnreserve.sysFreeOS.func1",
    ]


def test_a_word_that_is_longer_than_a_line_is_broken_anywhere() -> None:
    lines = shown("x" * 90, width=40, is_terminal=False)

    assert "".join(line.removesuffix(" 459").strip() for line in lines) == "x" * 90
    assert max(map(len, lines)) <= 40
