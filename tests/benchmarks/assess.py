"""What an assessment costs: lines, seconds, processor seconds and memory of the analyzer.

    python tests/benchmarks/assess.py FOLDER...

The aim is at most 60 s and 2 GiB for 100,000 lines, with what they import.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from wasmtrim import toolchain
from wasmtrim.assess import analysis, rules
from wasmtrim.assess.facts import Facts
from wasmtrim.toolchain.locate import user_cache


def main(folders: list[str]) -> None:
    go = toolchain.Locator(toolchain.load(), Path.cwd()).find("go")
    print(f"{'lines':>9}{'with library':>14}{'seconds':>9}{'processor':>11}{'MiB':>7}  folder")
    for folder in folders:
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        facts: Facts = analysis.analyze(
            Path(folder),
            ["./..."],
            "wasip1",
            rules.load(),
            go,
            root=Path(folder),
            cache=user_cache(),
            say=print,
        )
        seconds, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        files = facts.files
        print(
            f"{files.lines:>9,}{files.lines + files.library_lines:>14,}{seconds:>9.1f}"
            f"{processor:>11.1f}{after.ru_maxrss / 1024:>7.0f}  {folder}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
