"""The recipes that are tried first: chosen on a training set of published modules.

`data/coreset/METRIC.txt` is written by tests/benchmarks/coreset.py: a recipe a line, in the order
in which they help.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wasmtrim.profile import Metric
from wasmtrim.tune.recipe import Recipe, parse

FOLDER: Final = Path(__file__).parents[1] / "data" / "coreset"


def load(metric: Metric) -> tuple[Recipe, ...]:
    """Return the recipes for a metric, the most helpful one first."""
    lines = (FOLDER / f"{metric}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(parse(line.split()) for line in lines if line and not line.startswith("#"))
