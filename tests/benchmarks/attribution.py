"""What it takes to account for a module: `python tests/benchmarks/attribution.py [MODULE]`.

Side by side with `twiggy top` (`cargo install twiggy`; found on PATH), on a module of 3 MB that
standard Go makes unless another is given. Each figure is the best of the rounds. `all rows` is the
part that twiggy does too, names by pclntab included, without Python's own start; the commands are
CPU seconds in all, compiled as an installed copy is, and a ratio to the command that does nothing.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import brotli
import deflate

from wasmtrim import wasm
from wasmtrim.attribution import Items, compressed, owners
from wasmtrim.attribution.data import regions
from wasmtrim.attribution.reachability.graph import Graph

ROUNDS = 7
NOT_KEPT = "PYTHONDONTWRITEBYTECODE"  # with it Python compiles all that it imports, each time
PROGRAM = """package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	var value any
	fmt.Println(json.NewDecoder(os.Stdin).Decode(&value), value)
}
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else build(Path(folder))
        measure(path)


def build(folder: Path) -> Path:
    (folder / "go.mod").write_text("module example.com/bench\n\ngo 1.24\n")
    (folder / "main.go").write_text(PROGRAM)
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    target = {"PATH": tools, "GOOS": "wasip1", "GOARCH": "wasm", "GOFLAGS": "", "GOWORK": "off"}
    argv = ["go", "build", "-trimpath", "-buildvcs=false", "-o", "bench.wasm", "."]
    subprocess.run(argv, check=True, cwd=folder, env=os.environ | target)
    return folder / "bench.wasm"


def measure(path: Path) -> None:
    data = path.read_bytes()
    print(f"{path.name}: {len(data):,} bytes, {len(Items(owners(wasm.read(data)))):,} rows")
    ours = best(lambda: sum(item.bytes for item in Items(owners(wasm.read(data)))))
    show("all rows", ours)
    twiggy = shutil.which("twiggy")
    if twiggy:
        theirs = best(
            lambda: subprocess.run([twiggy, "top", path], check=True, stdout=subprocess.DEVNULL)
        )
        show("twiggy top", theirs)
        print(f"{'ratio':<24}{ours / theirs:>8.2f}")
    else:
        print("twiggy is not on PATH: cargo install twiggy")
    nothing = cpu("--version")
    show("wasmtrim --version", nothing)
    for name in ("sizes", "why"):
        seconds = cpu(name, str(path), *(["fmt"] if name == "why" else []))
        show(f"wasmtrim {name}", seconds)
        print(f"{'ratio':<24}{seconds / nothing:>8.2f}")
    found = owners(wasm.read(data))
    show("data by who refers", best(lambda: regions(found), 3))
    show("calls and dominators", best(lambda: Graph(found).retained))
    gzip, packed = bytes(deflate.gzip_compress(data, 9)), brotli.compress(data, quality=11)
    show("gzip's tokens", best(lambda: compressed.gunzip(gzip), 3))
    show("brotli's tokens", best(lambda: compressed.decode_brotli(packed), 3))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{'peak of all':<24}{peak / (1024 if sys.platform == 'linux' else 1 << 20):>8.0f} MiB")


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def cpu(*argv: str) -> float:
    """The CPU seconds of a whole command, with Python's start."""
    seconds = []
    env = {name: value for name, value in os.environ.items() if name != NOT_KEPT}
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [str(Path(sys.executable).with_name("wasmtrim")), *argv]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds)


def show(name: str, seconds: float) -> None:
    print(f"{name:<24}{seconds:>8.3f} s")


if __name__ == "__main__":
    main()
