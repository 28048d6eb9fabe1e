"""Texts that were made to be long to read: they cost no more than others."""

from __future__ import annotations

from pathlib import Path

from tests.assess.conftest import analyze
from tests.assess.test_hostile import GO_MOD, write

from wasmtrim.toolchain import Locator


def test_a_text_that_doubles_with_each_line(tmp_path: Path, locator: Locator) -> None:
    lines = "\n".join(f"\tx{n} := x{n - 1} + x{n - 1}" for n in range(1, 200))
    main = f"package main\n\nfunc text(x0 string) string {{\n{lines}\n\treturn x199\n}}\n\n"
    main += 'func main() { println(text("/proc/"), "/proc/" + text("")) }\n'
    folder = write(tmp_path, {"go.mod": GO_MOD, "main.go": main})
    found = analyze(folder, locator).findings
    assert [(use.symbol, use.line) for use in found] == [("/proc/", 206), ("/proc/*", 206)]


def test_a_name_that_is_long(tmp_path: Path, locator: Locator) -> None:
    name = "f" * 100_000
    main = f'package main\n\nfunc {name}() {{ println("/sys/{"x" * 10_000}") }}\n\n'
    folder = write(tmp_path, {"go.mod": GO_MOD, "main.go": main + f"func main() {{ {name}() }}\n"})
    (use,) = analyze(folder, locator).findings
    assert len(use.symbol) < 600
    assert all(len(frame.function) < 600 for frame in use.path)
