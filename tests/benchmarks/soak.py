"""Many requests, some of them bad: `python tests/benchmarks/soak.py [--requests N] [--clients N]`.

gif-server must be released before. It answers 100,000 requests by default. One in a hundred is
malformed or hostile: no header, a size that is too large, a body that ends early, an animation that
takes longer than it may, or a client that goes away. All others have a small animation, each of 32
in turn, whose answer must be the very file that it had at first.

At the end stand: what was lost or wrong, and for each process its resident memory at the end, and
by how much that grew over the second half of the run, by a line of least squares.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import struct
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import uvloop

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT))

from wasmtrim.serve.bench import client, cpus  # noqa: E402
from wasmtrim.serve.bench.client import Client, Lost  # noqa: E402
from wasmtrim.serve.bench.target import Target, started  # noqa: E402

KINDS = 32
EVERY = 100  # one in so many is bad


def good(number: int) -> bytes:
    """A valid input of its own colours."""
    about = {"width": 8, "height": 8, "frames": 2, "delay": 50}
    frames = bytes((number * 7, number, 255 - number, 255)) * 64 + bytes((0, number, 9, 255)) * 64
    header = json.dumps(about).encode()
    return struct.pack("<I", len(header)) + header + frames


def headed(about: str, rest: bytes = b"") -> bytes:
    """An input with that header."""
    return struct.pack("<I", len(about)) + about.encode() + rest


BAD = (
    b"",
    b"\xff" * 100,
    headed("{}"),
    headed('{"width": 65536, "height": 65536, "frames": 1}'),
    headed('{"width": 8, "height": 8, "frames": 1000000000}', bytes(1000)),
    headed("[" * 60_000),
    good(1)[:-1],
    good(1) + b"more",
)


def resident(pid: int) -> int:
    """Bytes of a process that are in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def soak(target: Target, requests: int, clients: int) -> None:
    assert target.pid
    children = Path(f"/proc/{target.pid}/task").glob("*/children")
    pids = [target.pid, *(int(pid) for file in children for pid in file.read_text().split())]
    valid = [client.request(target.url, good(number)) for number in range(KINDS)]
    bad = [client.request(target.url, body) for body in BAD]
    connection = await client.connect(target.url)
    expected = [await connection.ask(request) for request in valid]
    connection.close()
    assert all(status == 200 for status, _ in expected)
    assert len({answer for _, answer in expected}) == KINDS
    counts: Counter[str] = Counter()
    memory: list[tuple[int, ...]] = []
    numbers = iter(range(requests))
    began = time.monotonic()

    async def one(seed: int) -> None:
        chance = random.Random(seed)
        connected: Client | None = None
        for number in numbers:
            connected = connected or await client.connect(target.url)
            if number % EVERY == 0:
                if chance.random() < 0.2:  # goes away before its answer
                    assert connected.transport
                    connected.transport.write(chance.choice(valid))
                    connected.close()
                    connected = None
                    counts["abandoned"] += 1
                    continue
                status, _ = await connected.ask(chance.choice(bad))
                counts[f"bad: {status}"] += 1
                continue
            kind = chance.randrange(KINDS)
            try:
                answer = await connected.ask(valid[kind])
            except (Lost, OSError, TimeoutError):
                counts["LOST"] += 1
                connected = None
                continue
            counts["right" if answer == expected[kind] else f"WRONG ({answer[0]})"] += 1

    async def watch() -> None:
        while True:
            memory.append(tuple(resident(pid) for pid in pids))
            done = counts.total()
            print(f"\r{done:,} of {requests:,}", end="", file=sys.stderr, flush=True)
            await asyncio.sleep(1)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(one(seed) for seed in range(clients)))
    watching.cancel()
    seconds = time.monotonic() - began
    print(file=sys.stderr)
    print(f"{requests:,} requests in {seconds:,.0f} s; load {os.getloadavg()[0]:.1f}")
    for what, count in sorted(counts.items()):
        print(f"  {what}: {count:,}")
    half = memory[len(memory) // 2 :]
    for index, pid in enumerate(pids):
        values = np.array([row[index] for row in half], float)
        slope = np.polyfit(np.arange(len(values)), values, 1)[0] * len(values)
        name = "front" if index == 0 else f"worker {index}"
        print(
            f"  {name} ({pid}): {values[-1] / 2**20:.1f} MiB,"
            f" {100 * slope / values.mean():+.3f} % over the second half"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--mode", default="pooled")
    args = parser.parse_args()
    os.chdir(PROJECT)
    every = frozenset(os.sched_getaffinity(0))
    with started("gif-server", args.mode, every) as target:
        cpus.pin(every)
        uvloop.run(soak(target, args.requests, args.clients))


if __name__ == "__main__":
    main()
