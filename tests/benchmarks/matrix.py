"""Two small programs beside a public table: `python tests/benchmarks/matrix.py [--go PROGRAM]`.

The programs print one line, by `println` and by `fmt.Printf`. Each is compiled by standard Go and,
where there is one, TinyGo, and released by a project that is made for it, with a profile for each
metric. A cell is the size in its metric of the module that was made for that metric. The first row
of a compiler is what it links by its own flags. Public rows are as their source has them.

gzip is zlib's level 9 and brotli is 11, as in the public table. Each module is run by wasmtime, and
must print the line and nothing else. `--go` names standard Go, where TinyGo needs an older one in
WASMTRIM_GO. `--compiler` makes the rows of one compiler only.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import brotli
import wasmtime

from wasmtrim.records.fields import METRICS, Metric

SCONS = (sys.executable, "-m", "SCons", "-Q", "-k", "-j2", "release")
SCONSTRUCT = """\
import wasmtrim

env = Environment(tools=[wasmtrim.generate])
env.WasmRelease("config/profiles")
Default("release")
"""
LINE = "hello world\n"
PROGRAMS = {
    "println": 'package main\n\nfunc main() { println("hello world") }\n',
    "printf": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Printf("hello world\\n") }\n',
}
PROFILE = """\
source: {program}
compiler: {{{compiler}}}
{settings}
contract:
  imports: {{"wasi_snapshot_preview1.*": any}}
  exports: {{_start: func(), memory: memory}}
smoke: {{}}
"""
ONLY_LINKED = "stages: [compile]"
SMALLEST = "metric: {metric}\npositions: drop\nnames: drop"


@dataclass(frozen=True)
class Row:
    """Modules of one compiler. `settings` are those of `compiler` in a profile; `public` is the
    row that they are held against. `linked`: as the compiler leaves them."""

    name: str
    title: str
    settings: str
    public: str
    linked: bool = False

    def profiles(self) -> Iterator[tuple[str, str, Metric, str]]:
        """A profile for each cell: its name, its program, its metric and its text."""
        for program in PROGRAMS:
            for metric in METRICS:
                settings = ONLY_LINKED if self.linked else SMALLEST.format(metric=metric)
                text = PROFILE.format(program=program, compiler=self.settings, settings=settings)
                yield f"{self.name}-{program}-{metric}", program, metric, text


@dataclass(frozen=True)
class Public:
    """What others measured: raw, gzip -9 and brotli -11 of both programs."""

    title: str
    println: tuple[int, int, int]
    printf: tuple[int, int, int]

    @property
    def cells(self) -> tuple[int, ...]:
        """In the order of a row."""
        return (*self.println, *self.printf)


# https://github.com/xgo-dev/llgo/issues/2480, 2 September 2026, WASI preview 1.
PUBLIC = {
    "go": Public(
        "Go 1.27.0, -s -w (llgo#2480)",
        (1_869_853, 551_001, 425_876),
        (2_447_553, 707_341, 540_512),
    ),
    "llgo": Public(
        "LLGo, -pclntab=none (llgo#2480)",
        (92_465, 33_173, 27_714),
        (2_010_612, 571_638, 396_934),
    ),
    "tinygo": Public(
        "TinyGo 0.39.0, -no-debug -opt=z (llgo#2480)",
        (16_961, 6_814, 6_009),
        (72_950, 28_611, 24_161),
    ),
}
_TINYGO = "name: tinygo, fallback: false, opt: z"
_NO_TASKS = f"{_TINYGO}, scheduler: none, panic: trap"
ROWS: Mapping[str, tuple[Row, ...]] = {
    "go": (
        Row("go", "{version}, -s -w", "name: go", "go", linked=True),
        Row("go-small", "the same by wasmtrim", "name: go", "go"),
    ),
    "tinygo": (
        Row("tiny", "{version}, -no-debug -opt=z", _TINYGO, "tinygo", linked=True),
        Row("tiny-small", "the same by wasmtrim", _TINYGO, "tinygo"),
        Row(
            "tiny-gc",
            "and scheduler none, panic trap",
            f"{_NO_TASKS}, gc: conservative",
            "tinygo",
        ),
        Row("tiny-leak", "and gc leaking", f"{_NO_TASKS}, gc: leaking", "tinygo"),
    ),
}


def main() -> None:
    """Build, run, and print one table in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--go", metavar="PROGRAM", type=Path)
    parser.add_argument("--compiler", action="append", choices=sorted(ROWS))
    args = parser.parse_args()
    larger: list[str] = []
    print(f"| | {' | '.join(f'{p} {m}' for p in PROGRAMS for m in METRICS)} |")
    print(f"| --- |{' ---: |' * len(PROGRAMS) * len(METRICS)}")
    for public in PUBLIC.values():
        _print(public.title, public.cells)
    for compiler in args.compiler or ROWS:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder)
            release(project, ROWS[compiler], args.go if compiler == "go" else None)
            for row in ROWS[compiler]:
                sizes = measured(project, row)
                _print(row.title.format(version=compiler_of(project, row)), sizes)
                if not row.linked:
                    larger += not_smaller(row, sizes, PUBLIC[row.public].cells)
    print("\n" + ("\n".join(larger) or "smaller in each cell than the compiler's public row"))


def release(project: Path, rows: tuple[Row, ...], go: Path | None) -> None:
    """Write a project with a profile for each cell, and release it."""
    for program, text in PROGRAMS.items():
        (project / program).mkdir()
        (project / program / "main.go").write_text(text)
    (project / "go.mod").write_text("module example.com/matrix\n\ngo 1.22\n")
    (project / "SConstruct").write_text(SCONSTRUCT)
    profiles = project / "config" / "profiles"
    profiles.mkdir(parents=True)
    for row in rows:
        for name, _, _, text in row.profiles():
            (profiles / f"{name}.yaml").write_text(text)
    environment = os.environ | ({"WASMTRIM_GO": str(go.absolute())} if go else {})
    done = subprocess.run(SCONS, cwd=project, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}\n{done.stderr}")


def measured(project: Path, row: Row) -> list[int]:
    """The size of each cell's module in the cell's metric; each is run, and prints the line."""
    sizes = []
    for name, _, metric, _ in row.profiles():
        data = (project / "dist" / f"{name}.wasm").read_bytes()
        printed = run(data, project)
        assert printed == LINE, f"{name} prints {printed!r}"
        sizes.append(size(data, metric))
    return sizes


def size(data: bytes, metric: Metric) -> int:
    """Bytes, as the public table counts them."""
    match metric:
        case "raw":
            return len(data)
        case "gzip":
            return len(gzip.compress(data, 9, mtime=0))
        case "brotli":
            return len(brotli.compress(data, quality=11))


def run(data: bytes, folder: Path) -> str:
    """What a module prints: Go's println to stderr, all else to stdout."""
    config = wasmtime.Config()
    config.cranelift_opt_level = "none"  # it runs once, and takes longer to compile
    engine = wasmtime.Engine(config)
    store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
    linker.define_wasi()
    wasi = wasmtime.WasiConfig()
    out, err = folder / "out", folder / "err"
    wasi.stdout_file, wasi.stderr_file = out, err
    store.set_wasi(wasi)
    start = linker.instantiate(store, wasmtime.Module(engine, data)).exports(store)["_start"]
    assert isinstance(start, wasmtime.Func)
    status = 0
    try:
        start(store)
    except wasmtime.ExitTrap as ended:
        status = ended.code
    assert status == 0
    del store
    return out.read_text() + err.read_text()


def compiler_of(project: Path, row: Row) -> str:
    """The compiler and its version, as the record of a release has it."""
    name, *_ = next(row.profiles())
    used = json.loads((project / "dist" / f"{name}.sizes.json").read_text())["compiler"]
    return f"{ {'go': 'Go', 'tinygo': 'TinyGo'}[used['name']] } {used['version']}"


def not_smaller(row: Row, sizes: list[int], known: tuple[int, ...]) -> Iterator[str]:
    """The cells that are not smaller than those of the public row."""
    for (name, *_), found, public in zip(row.profiles(), sizes, known, strict=True):
        if found >= public:
            yield f"not smaller: {name}: {found:,}, public {public:,}"


def _print(title: str, sizes: tuple[int, ...] | list[int]) -> None:
    print(f"| {title} | {' | '.join(f'{size:,}' for size in sizes)} |", flush=True)


if __name__ == "__main__":
    main()
