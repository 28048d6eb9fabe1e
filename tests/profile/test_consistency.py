"""Values that are right alone, but contradict each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wasmtrim.profile import Profile


@pytest.mark.parametrize(
    "text",
    [
        "source: a\ncompiler: {name: go, fallback: true}",
        "source: a\ncompiler: {debug: true}\nstages: [compile]",
        "source: a\nstages: [compile, optimize, prune]\nprune: false",
        "extends: debug\nmodule: a.wasm",
        "module: a.wasm\nstages: []",
        "source: a\nsmoke: {expect: {text: ''}}",
        "source: a\nsmoke: {expect: {json: false}}",
        "source: a\nbudget: [{metric: raw, growth: 2}, {metric: raw, at_most: 3}]",
    ],
)
def test_what_fits_together_is_taken(loads: Callable[[str], Profile], text: str) -> None:
    loads(text)
