"""For every valid module, whatever its features: it differs in nothing from itself."""

from __future__ import annotations

import random
import subprocess
from dataclasses import replace

import pytest
from tests.conftest import WASM_TOOLS
from tests.regression.conftest import snapshot

from wasmtrim.records import Comparison
from wasmtrim.regression import compare as comparison
from wasmtrim.regression import inventory
from wasmtrim.regression.difference import Difference
from wasmtrim.regression.result import RegressionResult
from wasmtrim.regression.snapshot import Snapshot
from wasmtrim.report import markdown, terminal


def compare(old: Snapshot, new: Snapshot) -> Comparison:
    return comparison.compare(Difference(old, new))


def smith(seed: int) -> bytes:
    argv = [WASM_TOOLS, "smith", "--gc-enabled=true", "--exceptions-enabled=true", "--min-funcs=2"]
    data = random.Random(seed).randbytes(2_000)
    return subprocess.run(argv, input=data, check=True, capture_output=True).stdout


def check(seed: int) -> None:
    one, other = smith(seed), smith(seed + 1)
    held, same = inventory.of_module(one), inventory.of_module(one)
    assert sum(held.sections.values()) == len(one)
    old = replace(snapshot(len(one)), inventory=held)

    itself = compare(old, replace(old, inventory=same))

    assert itself.functions == itself.packages == itself.sections == ()
    assert itself.rewritten == 0
    assert itself.imports.added == itself.exports.removed == ()

    came = inventory.of_module(other)
    changes = compare(old, replace(snapshot(len(other)), inventory=came))
    code = sum(f.bytes for f in came.functions) - sum(f.bytes for f in held.functions)
    assert sum(change.delta for change in changes.functions) == code
    assert sum(change.delta for change in changes.sections) == len(other) - len(one)
    judged = RegressionResult("", "", "", changes, ())
    assert len(markdown.of_result(judged).encode()) <= markdown.MOST_BYTES
    assert all(line.isprintable() for line in terminal.of_result(judged).splitlines())


def test_some_modules_differ_in_nothing_from_themselves() -> None:
    for seed in range(60):
        check(seed)


@pytest.mark.long
def test_two_thousand_modules_differ_in_nothing_from_themselves() -> None:
    for seed in range(1_000, 3_000):
        check(seed)
