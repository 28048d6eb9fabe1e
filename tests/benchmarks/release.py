"""What a release costs over the work itself: `python tests/benchmarks/release.py [ROUNDS]`.

In a copy of this project, in one run, with warm compiler caches:

- a cold release at -j1, against the same work typed by hand one after the other: the programs with
  the same argv, gzip and brotli of each module, one run of each module in wasmtime;
- a cold release at -j2, against the programs alone, two at a time;
- a release with nothing to do, against an empty SConstruct, in CPU seconds.

Work that profiles share counts once on both sides. Each figure is the median of the rounds.
Profiles whose smoke run drives an interface are left out: nobody types that by hand.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from wasmtrim import profile, sizes
from wasmtrim.compilers import environment
from wasmtrim.toolchain import pins
from wasmtrim.toolchain.locate import Locator

PROJECT = Path(__file__).parents[2]
SCONS = (sys.executable, "-m", "SCons", "-Q")
BY_HAND = """
import sys, wasmtime
engine = wasmtime.Engine()
store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
linker.define_wasi()
wasi = wasmtime.WasiConfig()
wasi.stdin_file, wasi.stdout_file = sys.argv[2], "/dev/null"
store.set_wasi(wasi)
linker.define_func("env", "now_ms", wasmtime.FuncType([], [wasmtime.ValType.i64()]), lambda: 0)
module = wasmtime.Module.from_file(engine, sys.argv[1])
try:
    linker.instantiate(store, module).exports(store)["_start"](store)
except wasmtime.ExitTrap as ended:
    sys.exit(ended.code)
"""


@dataclass(frozen=True)
class Step:
    """One program of the release: how it is called, on which module, and what it must give."""

    argv: tuple[str, ...]
    before: bytes | None
    source: str
    sha256: str


def main() -> None:
    """Measure, and print one table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        copy(project)
        leave_commands(project)
        release(project, 2)  # fills the compilers' caches
        steps = list(chains(project))
        smoke = project / "config" / "smoke" / "squares.bin"
        rows = {
            "cold release, -j1": lambda: release(project, 1),
            "by hand": lambda: by_hand(project, steps, smoke),
            "cold release, -j2": lambda: release(project, 2),
            "programs alone, two at a time": lambda: programs(project, steps),
        }
        seconds = {name: median(rounds, work) for name, work in rows.items()}
        release(project, 2)
        empty = Path(folder) / "empty"
        empty.mkdir()
        (empty / "SConstruct").write_text('Environment(tools=["default"])\n')
        run(*SCONS, cwd=empty)
        nothing = median_cpu(3 * rounds, lambda: run(*SCONS, "release", cwd=project))
        bare = median_cpu(3 * rounds, lambda: run(*SCONS, cwd=empty))
    compiler = steps[0].argv[0]
    print(f"{len(steps)} programs run, compiler {compiler}, median of {rounds} rounds")
    for name, value in seconds.items():
        print(f"{name:32} {value:7.2f} s")
    print(f"{'release with nothing to do':32} {nothing:7.2f} CPU seconds")
    print(f"{'empty SConstruct':32} {bare:7.2f} CPU seconds")
    j1, hand, j2, alone = seconds.values()
    print(f"{'-j1 over by hand':32} {j1 / hand:7.2f}   (aim: at most 1.05)")
    print(f"{'-j2 over programs alone':32} {j2 / alone:7.2f}   (aim: at most 1.30)")
    print(f"{'nothing to do over empty':32} {nothing / bare:7.2f}   (aim: at most 3)")


def copy(project: Path) -> None:
    """Copy what git tracks."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).exists():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, project / name)


def leave_commands(project: Path) -> None:
    """Remove the profiles whose smoke run is more than a run of `_start`."""
    for path in (project / profile.FOLDER).glob("*.yaml"):
        smoke = profile.load(path, project).profile.smoke
        if any(case.interface for case in smoke):
            path.unlink()


def run(*argv: str, cwd: Path) -> None:
    """Run a command that must succeed."""
    subprocess.run(argv, cwd=cwd, check=True, capture_output=True)


def median(rounds: int, work: Callable[[], None]) -> float:
    """Time the work, in seconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def median_cpu(rounds: int, work: Callable[[], None]) -> float:
    """Measure what the work's processes take of the CPU, in seconds."""
    spent = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        work()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return statistics.median(spent)


def release(project: Path, jobs: int) -> None:
    """Release from scratch."""
    for name in ("build", "dist", ".sconsign.dblite"):
        path = project / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    run(*SCONS, f"-j{jobs}", "release", cwd=project)


def chains(project: Path) -> Iterator[Step]:
    """Give each program that the release ran, once, from its records."""
    modules = {
        sizes.sha256(path.read_bytes()): path.read_bytes()
        for path in (project / "build" / "stages").glob("*.wasm")
    }
    seen = set()
    for path in sorted((project / "dist").glob("*.sizes.json")):
        record = json.loads(path.read_text())
        loaded = profile.load(record["profile"], project).profile
        before: str | None = None
        for stage in record["stages"]:
            key = (tuple(stage["argv"]), before, loaded.source if before is None else "")
            if stage["argv"] and stage["name"] != "link" and key not in seen:
                seen.add(key)
                given = modules[before] if before else None
                yield Step(key[0], given, str(loaded.source), stage["sha256"])
            before = stage["sha256"] if stage["name"] != "link" else before


def call(project: Path, step: Step, locator: Locator, folder: Path) -> Path:
    """Run one program as the release did; gives the module that it left."""
    tool = locator.find(step.argv[0])
    out = folder / "out.wasm"
    env = {**os.environ, **tool.env}
    cwd = folder
    if step.before is None:
        cwd = project / step.source
        env = {**environment.fixed((Path(locator.find("go").argv[0]).parent,), folder), **tool.env}
    else:
        (folder / "in.wasm").write_bytes(step.before)
    words = [str(out) if word == "out.wasm" and cwd != folder else word for word in step.argv[1:]]
    subprocess.run([*tool.argv, *words], cwd=cwd, env=env, check=True, capture_output=True)
    assert sizes.sha256(out.read_bytes()) == step.sha256, step.argv
    return out


def by_hand(project: Path, steps: list[Step], smoke: Path) -> None:
    """Do the release's work one after the other, without wasmtrim."""
    locator = Locator(pins.load(project), project)
    for step in steps:
        with tempfile.TemporaryDirectory() as folder:
            out = call(project, step, locator, Path(folder))
            sizes.measure(out.read_bytes())
            run(sys.executable, "-c", BY_HAND, str(out), str(smoke), cwd=project)


def programs(project: Path, steps: list[Step]) -> None:
    """Run the programs alone, two at a time. Their inputs are there, so none waits for another."""
    locator = Locator(pins.load(project), project)

    def one(step: Step) -> None:
        with tempfile.TemporaryDirectory() as folder:
            call(project, step, locator, Path(folder))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, steps))


if __name__ == "__main__":
    main()
