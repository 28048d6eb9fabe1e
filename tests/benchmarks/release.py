"""What a release costs over the programs that make its modules.

`python tests/benchmarks/release.py [ROUNDS]`, which prints one table. In a copy of this project,
with warm caches of the compilers, and for each compiler that is there:

- a cold release at -j2: everything, with attribution, verification and report;
- the programs that make the same modules, alone, two at a time, each with the same arguments on
  the same input, and what profiles share once: compilers, debug builds, wasm-metadce, wasm-strip
  and wasm-opt. Their inputs are there, so none waits for another.

All else that the release does counts as its cost, also the stages that are wasmtrim's own
(positions, layout). A debug build makes no module but tells where its functions come from: what
these take is shown, so that the ratio without them can be told.

Then a release with nothing to do, against an empty SConstruct, in CPU seconds. Each figure is the
median of the rounds. Of standard Go only some profiles are measured: its modules keep wasm-opt
busy for 15 seconds each.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from wasmtrim import profile, sizes, wit
from wasmtrim.compilers import compilation, go, tinygo
from wasmtrim.errors import ToolError
from wasmtrim.stages import execution, optimize, unstripped
from wasmtrim.stages.registry import STAGES, Stage
from wasmtrim.toolchain import pins
from wasmtrim.toolchain.locate import Locator
from wasmtrim.wasm import sections

PROJECT = Path(__file__).parents[2]
SCONS = (sys.executable, "-m", "SCons", "-Q")
JOBS = 2
TIMEOUT_SECONDS = 600.0
TOOLS = "site_scons/site_tools"
TARGETS = f"{TOOLS}/wasmtrim/data/targets"
ASKED = "name: tinygo\n  fallback: true"
# By compiler: the profiles, all where there are none, and the aim.
MEASURED: dict[str, tuple[tuple[str, ...], float]] = {
    tinygo.NAME: ((), 1.4),
    go.NAME: (("gif-edge", "gif-edge-strict", "gif-server"), 1.5),
}
THEIRS = ("wasm-metadce", "wasm-strip", "wasm-opt")
DEBUG = "debug build"
ONLY_TINYGO = re.compile(r"^  (gc|scheduler|panic|opt):.*\n", re.MULTILINE)
EMPTY = re.compile(r"^compiler:\n(?! )", re.MULTILINE)  # an empty one would undo what it extends
NOT_KEPT = "PYTHONDONTWRITEBYTECODE"
STAGE_FILE = re.compile(r"-([a-z]+)-[0-9a-f]{8}\.wasm$")


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of the CPU."""

    clock: float
    cpu: float


@dataclass(frozen=True)
class Measured:
    """What a compiler's release takes, its programs alone, and the debug builds of them."""

    profiles: int
    release: Spent
    programs: Spent
    debug: float


def main() -> None:
    """Measure, and print one table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"{'':30} {'release':>15} {'programs alone':>17} {'ratio':>12}")
    print(f"{'':30} {'s':>7} {'CPU s':>7} {'s':>9} {'CPU s':>7} {'s':>6} {'CPU':>5}")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        for compiler, (names, aim) in MEASURED.items():
            copy(project, compiler, names)
            try:
                version = Locator(pins.load(project), project).find(compiler).version
            except ToolError:
                print(f"{compiler}: not measured, there is none")
                continue
            found = measured(project, compiler, rounds)
            one, other = found.release, found.programs
            label = f"{compiler} {version}, {found.profiles} profiles"
            print(
                f"{label:30} {one.clock:7.1f} {one.cpu:7.1f}"
                f" {other.clock:9.1f} {other.cpu:7.1f} {one.clock / other.clock:6.2f}"
                f" {one.cpu / other.cpu:5.2f}  (aim: at most {aim})"
            )
            if found.debug:
                print(f"  of the programs' CPU seconds, debug builds took {found.debug:.1f}")
        release(project)
        empty = Path(folder) / "empty"
        empty.mkdir()
        (empty / "SConstruct").write_text('Environment(tools=["default"])\n')
        run(*SCONS, "-s", cwd=empty)
        nothing = median(3 * rounds, lambda: run(*SCONS, "-s", "release", cwd=project)).cpu
        bare = median(3 * rounds, lambda: run(*SCONS, "-s", cwd=empty)).cpu
    print(
        f"nothing to do: {nothing:.2f} CPU s, an empty SConstruct {bare:.2f} CPU s, ratio"
        f" {nothing / bare:.2f}  (aim: at most 3)"
    )


def copy(project: Path, compiler: str, names: tuple[str, ...]) -> None:
    """Copy what git tracks, with those of the profiles, for the compiler."""
    shutil.rmtree(project, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).exists():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, project / name)
    for path in (project / profile.FOLDER).glob("*.yaml"):
        if names and path.stem not in names:
            path.unlink()
    targets = project / TARGETS
    for path in (*targets.glob("*.yaml"), *(project / profile.FOLDER).glob("*.yaml")):
        text = path.read_text().replace(ASKED, f"name: {compiler}\n  fallback: false")
        path.write_text(EMPTY.sub("", ONLY_TINYGO.sub("", text)) if compiler == go.NAME else text)


def measured(project: Path, compiler: str, rounds: int) -> Measured:
    """Measure the releases of a project, and their programs."""
    release(project)  # fills the compilers' caches
    jobs = dict(programs(project, compiler))
    profiles = len([*(project / "dist").glob("*.sizes.json")])
    debug = [job for (kind, *_), job in jobs.items() if kind == DEBUG]
    return Measured(
        profiles,
        median(rounds, lambda: release(project)),
        median(rounds, lambda: at_once([*jobs.values()])),
        median(1, lambda: at_once(debug)).cpu if debug else 0.0,
    )


def run(*argv: str, cwd: Path) -> None:
    """Run a command that must succeed. Python keeps what it compiled, as it does for users."""
    env = {name: value for name, value in os.environ.items() if name != NOT_KEPT}
    env["PYTHONPATH"] = str(cwd / TOOLS)  # the copy's own package and targets, not those installed
    subprocess.run(argv, cwd=cwd, check=True, capture_output=True, env=env)


def median(rounds: int, work: Callable[[], None]) -> Spent:
    """Measure the work, and what its processes take of the CPU."""
    found = []
    for _ in range(rounds):
        started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        work()
        ended, after = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        found.append((ended - started, cpu))
    clocks, cpus = zip(*found, strict=True)
    return Spent(statistics.median(clocks), statistics.median(cpus))


def release(project: Path) -> None:
    """Release from scratch."""
    for name in ("build", "dist", ".sconsign.dblite"):
        path = project / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    run(*SCONS, f"-j{JOBS}", "release", cwd=project)


def at_once(jobs: list[Callable[[], object]]) -> None:
    """Do the jobs, so many at a time as the release does."""
    with ThreadPoolExecutor(JOBS) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()


def programs(project: Path, compiler: str) -> Iterator[tuple[Any, Callable[[], object]]]:
    """Yield what runs each program of the last release, by a key that equal runs share."""
    locator = Locator(pins.load(project), project)
    compilers = programs_of(locator, compiler)
    built = {
        (found[1], sizes.sha256(path.read_bytes())): path
        for path in (project / "build" / "stages").glob("*.wasm")
        if (found := STAGE_FILE.search(path.name))
    }
    work = Path(tempfile.mkdtemp(dir=project))
    for path in sorted((project / "dist").glob("*.sizes.json")):
        record = json.loads(path.read_text())
        loaded = profile.load(record["profile"], project).profile
        asked, source = optimize.built_by(loaded, compiler), project / str(loaded.source)
        bare = named = b""  # the module as it ships, and with its names
        for row in record["stages"]:
            name, argv = row["name"], tuple(row["argv"])
            if name == "link":
                continue
            out = built[name, row["sha256"]]
            if name == compilation.NAME:
                for kind, build in builds(asked, compilers).items():
                    asks = partial(build, asked.compiler, source, compilers, work)
                    yield (kind, argv, source), asks
                bare, named = out.read_bytes(), unstripped.without_dwarf(out.read_bytes())
                continue
            with_names = out.with_suffix(".unstripped.wasm")
            go_along = with_names.exists()
            if argv and argv[0] in THEIRS:
                given = named if go_along else bare
                settings = unstripped.profile_of(asked) if go_along else asked
                features = tuple(record["features"])
                key = (name, argv, sizes.sha256(given))
                yield key, partial(staged, STAGES[name], settings, given, features, locator, work)
            bare = out.read_bytes()
            named = with_names.read_bytes() if go_along else cut(named)


Build = Callable[[profile.Compiler, Path, compilation.Programs, Path], object]


def builds(asked: profile.Profile, compilers: compilation.Programs) -> Mapping[str, Build]:
    """Return what compiles a program: once as it ships, and once for its lines by TinyGo."""
    if compilers.tinygo is None:
        return {"compile": compiled}
    return {"compile": compiled} if asked.compiler.debug else {"compile": compiled, DEBUG: debugged}


def staged(
    stage: Stage,
    asked: profile.Profile,
    before: bytes,
    features: tuple[str, ...],
    locator: Locator,
    work: Path,
) -> None:
    """Run the program of a stage."""
    wasm_tools = locator.find("wasm-tools")
    settings = wit.with_names(
        stage.settings(asked), root=work.parent, wasm_tools=wasm_tools, work=work
    )
    execution.run(
        stage,
        settings,
        before,
        features,
        tool=locator.find(stage.PROGRAM),
        wasm_tools=wasm_tools,
        timeout=TIMEOUT_SECONDS,
        folder=work,
    )


def programs_of(locator: Locator, compiler: str) -> compilation.Programs:
    """Find the compiler, with the cache that the release filled, and what it calls."""
    tool = locator.find(compiler)
    by_tinygo = compiler == tinygo.NAME
    return compilation.Programs(
        go=locator.find("go"),
        wasm_tools=locator.find("wasm-tools"),
        cache=locator.store.folder / "compilers" / f"{tool.name}-{tool.version}-{tool.digest[:8]}",
        tinygo=tool if by_tinygo else None,
        wasm_opt=locator.find("wasm-opt") if by_tinygo else None,
    )


def cut(named: bytes) -> bytes:
    """Return a module after strip, with its names."""
    if sections.is_component(named):
        return named
    return sections.without_customs(named, lambda name: name != "name")


def compiled(
    asked: profile.Compiler, source: Path, compilers: compilation.Programs, work: Path
) -> None:
    """Compile a program."""
    with_it = compilation.with_tinygo if compilers.tinygo else compilation.with_go
    with_it(asked, source, compilers, timeout=TIMEOUT_SECONDS, folder=work)


def debugged(
    asked: profile.Compiler, source: Path, compilers: compilation.Programs, work: Path
) -> None:
    """Compile a program with debug information."""
    compilation.debug_with_tinygo(asked, source, compilers, timeout=TIMEOUT_SECONDS, folder=work)


if __name__ == "__main__":
    main()
