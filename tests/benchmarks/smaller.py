"""What we take off modules: `python tests/benchmarks/smaller.py [--go MODULE]... [--tune BUDGET]`.

Modules that others publish, out of npm at run time and pinned by hash, and those given by `--go`
(such as dist/gif-edge.wasm). A row is a module in a metric: its size as it is, its size in the
layout for that metric, and the CPU seconds of it, compressor included. With positions: the same
after standard Go's position tables were zeroed, where it has any.

With --tune: what a search with that budget takes off the published modules but Go's, against
what strip and -Oz leave (raw), or the smaller of that and the published one (gzip, brotli).

No row may be larger than it was.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wasmtrim import wasm
from wasmtrim.process import shown
from wasmtrim.profile import Profile
from wasmtrim.records.fields import METRICS, Metric
from wasmtrim.stages import layout, positions
from wasmtrim.stages.layout.metric import size
from wasmtrim.toolchain import Locator, load
from wasmtrim.toolchain.locate import user_cache
from wasmtrim.tune import local, subject, tuning
from wasmtrim.tune.candidate import Tools

NPM = shutil.which("npm") or str(Path(sys.executable).with_name("npm"))


@dataclass(frozen=True)
class Published:
    """A module in an npm package, by the sha256 of the module."""

    compiler: str
    package: str
    member: str
    sha256: str

    def fetch(self, folder: Path) -> bytes:
        """By npm itself, which keeps a copy of its own."""
        argv = [NPM, "pack", "--silent", "--prefer-offline", self.package]
        made = subprocess.run(argv, cwd=folder, check=True, capture_output=True, text=True)
        with tarfile.open(folder / made.stdout.split()[-1]) as archive:
            member = archive.extractfile(f"package/{self.member}")
            assert member is not None
            data = member.read()
        found = hashlib.sha256(data).hexdigest()
        assert found == self.sha256, f"{self.package}: {self.member} has sha256 {found}"
        return data


PUBLISHED = (
    Published(
        "Rust",
        "source-map@0.7.4",
        "lib/mappings.wasm",
        "be2dc7da3885e55013c8da58d7ba356705d932459db94ada37d5de2fa8733cfe",
    ),
    Published(
        "C++",
        "yoga-wasm-web@0.3.3",
        "dist/yoga.wasm",
        "47fb4f81d274932184cd19c75ed34f902d13f0519301590789a37f7077977e27",
    ),
    Published(
        "C",
        "@jsquash/webp@1.5.0",
        "codec/dec/webp_dec.wasm",
        "30fb52fa2a80166d25ba7debf902218904ba1f05ccce9f959f722beff9e2f344",
    ),
    Published(
        "C",
        "@jsquash/webp@1.5.0",
        "codec/enc/webp_enc.wasm",
        "b6085bb6702f144e9dc6016d58d230b34a84976bf0d080b7390b4b4b137d6ab7",
    ),
    Published(
        "Rust",
        "@jsquash/oxipng@2.3.0",
        "codec/pkg/squoosh_oxipng_bg.wasm",
        "5ea3e53c0b4fc1b4e8d1511d35b89329d9376bec75a9c4d3c054774487e5f9a3",
    ),
    Published(
        "C",
        "sql.js@1.16.0",
        "dist/sql-wasm.wasm",
        "43bbcdd44287e5a2db3b6b5af34b1a3485a7a441285d247976c1ebe3c61f8dbf",
    ),
    Published(
        "Rust",
        "brotli-wasm@3.0.1",
        "pkg.web/brotli_wasm_bg.wasm",
        "9ef0a025046bf7d87b7cdb8eac3f73a5c8fea2f1adb848cc9768345573fcd8a9",
    ),
    Published(
        "Rust",
        "tiktoken@1.0.22",
        "lite/tiktoken_bg.wasm",
        "870fa4e0d8fe30a02b4703b2c4e24e7a8d99dcf6a1e8416c14b239f52a2eed55",
    ),
    Published(
        "Go",
        "@astrojs/compiler@4.0.0",
        "dist/astro.wasm",
        "a4ed5ef260d401dba6f172d52a3c27dbd933bfcd9b1698e91b430214c9701313",
    ),
    Published(
        "TinyGo",
        "@wasm-fmt/gofmt@0.7.3",
        "gofmt.wasm",
        "24da2e1b76c0ed5e4e3652aab25525ddce2fad95853a519b1e7750df45911c86",
    ),
    Published(
        "AssemblyScript",
        "@chainsafe/as-sha256@1.2.0",
        "build/optimized.simd.wasm",
        "50832bc14995b6d5cff1b55890d1ee79343c63433f2d030e24d6da2488125d91",
    ),
)


@dataclass(frozen=True)
class Row:
    """One module in one metric, in bytes; `reason` where it is unchanged."""

    name: str
    metric: Metric
    before: int
    after: int
    seconds: float
    reason: str = ""


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--go", action="append", default=[], metavar="MODULE", type=Path)
    parser.add_argument("--metric", action="append", choices=METRICS)
    parser.add_argument("--tune", type=int, metavar="BUDGET")
    args = parser.parse_args()
    metrics = args.metric or METRICS
    if args.tune:
        tuned(args.tune, metrics)
        return
    import_late()
    rows: list[Row] = []
    print(f"{'module':<34}{'metric':<8}{'before':>11}{'after':>11}  {'ratio':<8}CPU s")
    for name, data in modules(args.go):
        for metric in metrics:
            for row in measured(name, data, metric):
                rows.append(row)
                ratio = f"{row.after / row.before:.4f}"
                told = f"{row.name:<34}{row.metric:<8}{row.before:>11,}{row.after:>11,}"
                print(f"{told}  {ratio:<8}{row.seconds:.1f}  {row.reason}".rstrip(), flush=True)
    assert all(row.after <= row.before for row in rows)


def tuned(budget: int, metrics: Sequence[Metric]) -> None:
    """Search for the best recipe of each module in each metric, and print one table."""
    root, cache = Path.cwd(), user_cache() / "tune"
    locator = Locator(load(root), root)
    tools = Tools.of(locator)
    scheduler = local.Local(tools, cache, os.cpu_count() or 1)
    sums = dict.fromkeys(metrics, (0, 0))
    try:
        for name, data in modules([]):
            if name.endswith("(Go)"):
                continue
            for metric in metrics:
                given = subject.prepare(
                    name, data, Profile(prune=False), None, metric, locator, root, cache
                )
                record, _ = tuning.tune(
                    given,
                    tuning.Wanted(budget, 1),
                    tools=tools,
                    scheduler=scheduler,
                    cache=cache,
                    into=root / "build" / "tune",
                    stopped=lambda: False,
                    tell=lambda _: None,
                )
                before = record.oz if metric == "raw" else min(record.oz, size(data, metric))
                assert record.size <= before
                sums[metric] = (sums[metric][0] + before, sums[metric][1] + record.size)
                _print_tuned(name, metric, before, record.size, shown(record.options))
    finally:
        scheduler.close()
    for metric, (before, after) in sums.items():
        _print_tuned("sum", metric, before, after, f"budget {budget}")


def _print_tuned(name: str, metric: str, before: int, after: int, how: str) -> None:
    print(
        f"{name:<37}{metric:<8}{before:>11,}{after:>11,}  {after / before:.4f}  {how}", flush=True
    )


def import_late() -> None:
    """What the stages import when they are used counts for none of the modules."""
    layout.arrange(b"\0asm\1\0\0\0", "gzip")
    layout.arrange(b"\0asm\1\0\0\0", "brotli")


def modules(given: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Each module with its name."""
    for path in given:
        yield path.name, path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        for published in PUBLISHED:
            name = f"{published.package.split('@')[-2]} ({published.compiler})"
            yield name, published.fetch(Path(folder))


def measured(name: str, data: bytes, metric: Metric) -> Iterator[Row]:
    """The module as it is, and without Go's positions where it has any."""
    before = size(data, metric)
    yield laid_out(name, data, metric, before)
    zeroed = positions.zero(wasm.read(data), names=False)
    if isinstance(zeroed, positions.Zeroed):
        yield laid_out(f"{name}, no positions", zeroed.data, metric, before)


def laid_out(name: str, data: bytes, metric: Metric, before: int) -> Row:
    """Lay a module out; `before` is the size that it is compared with."""
    started = time.process_time()
    result = layout.arrange(data, metric)
    seconds = time.process_time() - started
    if isinstance(result, layout.Arranged):
        return Row(name, metric, before, result.after, seconds)
    return Row(name, metric, before, size(data, metric), seconds, result.reason)


if __name__ == "__main__":
    main()
