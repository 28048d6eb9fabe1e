"""What a release with nothing to do costs by the number of profiles.

`python tests/benchmarks/many_profiles.py [COUNT...]`: by default 1, 10, 100 and 1,000 profiles,
each of a small module of its own, which is stripped and run. Each project is released once, which
takes some tenths of a second of the CPU per profile. Then a release with nothing to do is
measured: seconds of the CPU, the median of three, and the most memory that a process of it had.

The last column is the cost of a further profile over that of a further one in the row before: at
most 1 where it grows linearly.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import wasmtime

SCONS = (sys.executable, "-m", "SCons", "-Q", "-s")
SCONSTRUCT = """\
import wasmtrim

env = Environment(tools=[wasmtrim.generate])
env.WasmRelease("config/profiles")
Default("release")
"""
MODULE = '(module (func $start (export "_start") (drop (i32.const {number}))))'
PROFILE = """\
module: modules/{number}.wasm
stages: [strip]
strip: {{keep: [name]}}
contract: {{imports: {{}}, exports: {{_start: func()}}}}
smoke: {{}}
"""
ROUNDS = 3


def main() -> None:
    """Measure, and print one table."""
    counts = [int(count) for count in sys.argv[1:]] or [1, 10, 100, 1000]
    print(f"{'profiles':>8} {'CPU s':>8} {'MB':>6} {'further profile, ms':>20} {'ratio':>6}")
    before: tuple[int, float] | None = None
    step: float | None = None
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder)
            write(project, count)
            scons(project)
            runs = [scons(project) for _ in range(ROUNDS)]
        seconds = statistics.median(spent for spent, _ in runs)
        memory = max(most for _, most in runs)
        line = f"{count:8,} {seconds:8.2f} {memory / 1e6:6.0f}"
        if before:
            further = (seconds - before[1]) / (count - before[0])
            line += f" {further * 1000:20.2f}"
            line += f" {further / step:6.2f}" if step else ""
            step = further
        before = count, seconds
        print(line, flush=True)
    print("aim: ratio at most 1; at 1,000 under 3 s and 500 MB")


def write(project: Path, count: int) -> None:
    """Write a project of so many profiles."""
    for name in ("modules", "config/profiles"):
        (project / name).mkdir(parents=True)
    (project / "SConstruct").write_text(SCONSTRUCT)
    for number in range(count):
        module = wasmtime.wat2wasm(MODULE.format(number=number))
        (project / f"modules/{number}.wasm").write_bytes(module)
        text = PROFILE.format(number=number)
        (project / f"config/profiles/p{number}.yaml").write_text(text)


def scons(project: Path) -> tuple[float, int]:
    """Release; gives the seconds of the CPU and the largest process's memory, in bytes."""
    child = subprocess.Popen(SCONS, cwd=project, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"scons: exit status {child.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


if __name__ == "__main__":
    main()
