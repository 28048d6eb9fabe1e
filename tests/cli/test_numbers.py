"""The types of options that are numbers."""

from __future__ import annotations

import argparse

import pytest

from wasmtrim.cli import decimal, whole


def test_a_whole_number_within_its_bounds_is_taken() -> None:
    assert [whole(0, 255)(text) for text in ("0", "7", "255")] == [0, 7, 255]


@pytest.mark.parametrize("text", ["", "-1", "256", "1.5", "1e2", "x", "9" * 5_000, " 1", "+1"])
def test_any_other_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="a whole number from 0 to 255"):
        whole(0, 255)(text)


def test_a_decimal_number_within_its_bounds_is_taken() -> None:
    assert [decimal(0.5, 100)(text) for text in ("0.5", "7", "1e2")] == [0.5, 7, 100]


@pytest.mark.parametrize("text", ["", "0.4", "100.1", "x", "nan", "inf", "-1"])
def test_any_other_decimal_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"a number from 0\.5 to 100"):
        decimal(0.5, 100)(text)
