"""What a child process for untrusted data costs: `python tests/benchmarks/child.py`.

CPU milliseconds of each of 50, for a module that does nothing and for a pair of pictures of 32x32
pixels: all started plainly, and forked by a template whose own start is counted, too. The least of
three rounds.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from unittest.mock import patch

import wasmtime
from PIL import Image

from wasmtrim.process.template import Template
from wasmtrim.verify import child, difference, sandbox
from wasmtrim.verify.difference import Pair
from wasmtrim.verify.sandbox import Given

ROUNDS = 3
TIMES = 50
IDLE = '(module (memory (export "memory") 1) (func (export "_start")))'


def cpu_ms(ask: Callable[[], object], *, forked: bool) -> float:
    """CPU time of an ask, in us, its child and the template."""
    made: list[Template] = []

    @cache
    def template(argv: tuple[str, ...]) -> Template | None:
        made.extend([Template(argv, child._ENV)] if forked else [])
        return made[0] if made else None

    before = sum(os.times()[:4])
    with patch.object(child, "_template", template):
        for _ in range(TIMES):
            ask()
    for each in made:
        each.end()
    return 1000 * (sum(os.times()[:4]) - before) / TIMES


def main() -> None:
    sys.dont_write_bytecode = False
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        module = folder / "idle.wasm"
        module.write_bytes(wasmtime.wat2wasm(IDLE))
        for number, name in enumerate("ab"):
            Image.new("RGB", (32, 32), (number, 0, 0)).save(folder / f"{name}.png")
        pair = Pair(folder / "a.png", folder / "b.png", 0, folder / "heat-map.png")
        kinds: dict[str, Callable[[], object]] = {
            "module": partial(sandbox.run, module, [Given(folder / "run")]),
            "pictures": partial(difference.each, [pair]),
        }
        for kind, ask in kinds.items():
            ask()  # from now on all of wasmtrim that it needs is compiled
            rounds = [[cpu_ms(ask, forked=how) for how in (False, True)] for _ in range(ROUNDS)]
            plain, forked = map(min, zip(*rounds, strict=True))
            print(f"{kind}: {plain:.0f} ms plainly, {forked:.0f} ms forked ({plain / forked:.1f}x)")


if __name__ == "__main__":
    main()
