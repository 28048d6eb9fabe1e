"""For every valid module, whatever its features: the rows add up to the file."""

from __future__ import annotations

import random
import subprocess
from itertools import pairwise

import pytest
from tests.conftest import WASM_TOOLS

from wasmtrim import wasm
from wasmtrim.attribution import Items, owners

FEATURES = (
    *("bulk-memory", "compact-imports", "custom-descriptors", "custom-page-sizes", "exceptions"),
    *("extended-const", "gc", "memory64", "multi-value", "reference-types", "relaxed-simd"),
    *("shared-everything-threads", "simd", "tail-call", "threads", "wide-arithmetic"),
)


def smith(seed: int) -> bytes:
    """A valid module, the same for the same seed; each feature is in four of five."""
    choice = random.Random(seed)
    switches = [f"--{feature}-enabled={str(choice.random() < 0.8).lower()}" for feature in FEATURES]
    padding = f"--min-uleb-size={choice.choice([1, 1, 2, 5])}"
    shape = ["--max-memories=3", "--max-tables=3", "--min-funcs=2", padding]
    argv = [WASM_TOOLS, "smith", "--generate-custom-sections=true", *switches, *shape]
    seed_bytes = choice.randbytes(choice.choice([200, 2_000, 10_000]))
    return subprocess.run(argv, input=seed_bytes, check=True, capture_output=True).stdout


def check(data: bytes) -> None:
    items = list(Items(owners(wasm.read(data))))
    assert sum(item.bytes for item in items) == len(data)
    assert items[0].offset == 0
    assert all(one.offset + one.bytes == next_.offset for one, next_ in pairwise(items))
    assert all(item.bytes > 0 for item in items)


def test_some_hundred_modules_add_up() -> None:
    for seed in range(300):
        check(smith(seed))


@pytest.mark.long
def test_ten_thousand_modules_add_up() -> None:
    for seed in range(1_000, 11_000):
        check(smith(seed))
