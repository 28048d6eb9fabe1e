from __future__ import annotations

import pytest

from wasmtrim.cli import doctor

LINE = f"{'ok':8}{'wasm-opt':14}132, npm package binaryen 132.0.0: /usr/bin/node {'/long' * 20}"


def test_a_line_is_broken_between_words_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    assert doctor._wrapped(LINE) == LINE
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert doctor._wrapped(LINE).split("\n") == [
        "ok      wasm-opt      132, npm package binaryen 132.0.0: /usr/bin/node",
        " " * 22 + "/long" * 20,  # whole, to be copied
    ]
