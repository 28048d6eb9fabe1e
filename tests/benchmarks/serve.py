"""What a served module takes: `python tests/benchmarks/serve.py [--seconds S] [--repeats N]`.

gif-server, released before, in every mode, and gifd, the same generator natively, get an animation
of 36 frames of 64x48 from 50 clients; then an empty module shows what Python costs a request.
The tables are those of `wasmtrim bench`; below them stands what is asked for, and what was reached.

Where CPU time is compared, it is that of the server for a request: unlike requests a second it
stays the same on a machine that others use as well. On a machine at rest both say the same.
`--bare FILE` is the program of tests/benchmarks/bare_loop: the same for an empty module in Rust.
"""

from __future__ import annotations

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from wasmtrim.serve.bench import bare, cpus, measure, summary, text
from wasmtrim.serve.bench.target import Target, started
from wasmtrim.serve.modes import MODES
from wasmtrim.serve.service import load
from wasmtrim.toolchain import Locator
from wasmtrim.toolchain import load as load_pins

PROJECT = Path(__file__).parents[2]
PROFILE = "gif-server"
CLIENTS = 50
EMPTY = (
    b"\0asm\1\0\0\0"
    + bytes.fromhex(  # (module (func (export "_start")) (memory (export "memory") 1))
        "0104 0160 0000 0302 0100 0503 0100 01 0713 02 06 5f7374617274 00 00 06 6d656d6f7279 02 00"
        "0a04 0102 000b".replace(" ", "")
    )
)


def animation(frames: int, width: int, height: int) -> bytes:
    """Make an input: a bar that moves over a ground of few colours."""
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    ground = np.stack(
        [across * 8 // width * 32, down * 8 // height * 32, across * 0 + 96, across * 0 + 255], -1
    ).astype(np.uint8)
    parts = []
    for number in range(frames):
        frame = ground.copy()
        left = number * (width - width // 5) // frames
        frame[height // 4 : 3 * height // 4, left : left + width // 5] = (250, 200, 40, 255)
        parts.append(frame.tobytes())
    about = {"width": width, "height": height, "frames": frames, "delay": 50}
    header = json.dumps(about).encode()
    return struct.pack("<I", len(header)) + header + b"".join(parts)


@contextmanager
def gifd(folder: Path, pinned: frozenset[int]) -> Iterator[Target]:
    """Build and run the native handler on these CPUs, with the build tags of the profile."""
    go = Locator(load_pins(), PROJECT).find("go")
    program = folder / "gifd"
    build = [*go.argv, "build", "-tags", "quantize", "-o", str(program), "./cmd/gifd"]
    subprocess.run(build, cwd=PROJECT / "guest", check=True)
    own = os.sched_getaffinity(0)
    cpus.pin(pinned)
    server = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
    os.sched_setaffinity(0, own)
    assert server.stdout
    try:
        address = server.stdout.readline().strip()
        yield Target("gifd, natively", address, ours=False, pid=server.pid)
    finally:
        server.kill()
        server.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--bare", type=Path)
    args = parser.parse_args()
    os.chdir(PROJECT)
    servers, client = cpus.split()
    body = animation(36, 64, 48)
    modes = [mode for mode in MODES if mode != "reused"]  # a command cannot be
    with tempfile.TemporaryDirectory() as name, gifd(Path(name), servers) as native:
        profile = load(PROFILE, PROJECT, mode="pooled")
        alone = bare.seconds(profile, body, "pooled", 5, servers)
        of_cpu = bare.seconds(profile, body, "pooled", 5, servers, time.process_time)
        with _all(PROFILE, modes, servers) as targets:
            gif = _measured(PROFILE, [*targets, native], body, args, client, {"pooled": alone})
        empty = Path(name) / "empty.wasm"
        empty.write_bytes(EMPTY)
        with _all(str(empty), ["instance", "pooled"], servers) as targets:
            nothing = load(str(empty), PROJECT, mode="pooled")
            once = bare.seconds(nothing, b"", "pooled", 1, servers)
            _measured("an empty module", targets, b"", args, client, {"pooled": once})
        if args.bare:
            rounds = subprocess.run([args.bare, empty], check=True, capture_output=True, text=True)
            best = min(map(float, rounds.stdout.split()))
            print(
                f"an empty module, in a loop: {best:.1f} µs in Rust, {once * 1e6:.1f} in Python\n"
            )
    _aims(gif, alone, of_cpu)


@contextmanager
def _all(what: str, modes: list[str], pinned: frozenset[int]) -> Iterator[list[Target]]:
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield [stack.enter_context(started(what, mode, pinned)) for mode in modes]


def _measured(
    what: str,
    targets: list[Target],
    body: bytes,
    args: argparse.Namespace,
    client: frozenset[int],
    basis: dict[str, float],
) -> dict[str, measure.Result]:
    own = os.sched_getaffinity(0)
    cpus.pin(client)
    results = measure.measure(
        targets,
        body,
        clients=CLIENTS,
        seconds=args.seconds,
        repeats=args.repeats,
        say=lambda line: print(line, file=sys.stderr, flush=True),
    )
    os.sched_setaffinity(0, own)
    made = summary.of(
        what,
        results,
        basis,
        cpus=f"load {os.getloadavg()[0]:.1f}",
        body=len(body),
        seconds=args.seconds,
        repeats=args.repeats,
    )
    print(text.text(made))
    return {result.target.name: result for result in results}


def _aims(results: dict[str, measure.Result], alone: float, of_cpu: float) -> None:
    pooled, compiling, native = (results[n] for n in ("pooled", "compile", "gifd, natively"))
    cpu = {name: measure.Estimate.of(result.cpu).mean for name, result in results.items()}
    # Of a closed loop: as many requests are under way as there are clients.
    latency = (pooled.mean.mean / CLIENTS) / (compiling.mean.mean / compiling.clients)
    p95 = 1000 * pooled.whole.percentile(95)
    most = cpu[native.target.name] / of_cpu
    rows = [
        ("pooled: requests/s of compile's", ">= 20", pooled.rate.mean / compiling.rate.mean),
        ("the same by CPU time", ">= 20", cpu["compile"] / cpu["pooled"]),
        ("pooled: mean latency of compile's, of as many clients", "<= 0.05", latency),
        ("pooled, one client: latency of the bare render", "<= 1.3", pooled.alone.mean / alone),
        ("the same by CPU time", "<= 1.3", cpu["pooled"] / of_cpu),
        ("pooled: P95 at 50 clients, ms", "<= 850", p95),
        ("pooled: requests/s of gifd's", ">= 0.5", pooled.rate.mean / native.rate.mean),
        ("the same by CPU time", ">= 0.5", cpu[native.target.name] / cpu["pooled"]),
    ]
    for name, asked, reached in rows:
        sign, bound = asked.split()
        met = reached >= float(bound) if sign == ">=" else reached <= float(bound)
        print(f"{name:55} {asked:>8} {reached:>10.3f}  {'met' if met else 'missed'}")
    print(f"gifd's CPU time of the bare render's: without a server, it would be {most:.3f}")


if __name__ == "__main__":
    main()
