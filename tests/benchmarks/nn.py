"""What the host functions of WASI-NN add to onnxruntime: per call, and of a whole inference.

A guest in WebAssembly gives a tensor, computes and takes the output, over and over. Beside it, the
same session computes on the same tensor without a guest. Both take turns, and the least time of
each counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import wasmtime
from onnx import TensorProto, helper

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.nn import guests, models

from wasmtrim.engine.inference import Inference
from wasmtrim.nn.backend import Backend

AIM = 1.1
CHANNELS = 32
SIDES = (16, 64, 128, 256)


def network() -> bytes:
    """Three layers of convolution from three channels to three, as a small upscaler has."""
    draw = np.random.default_rng(1)
    shapes = {"a": (CHANNELS, 3, 3, 3), "b": (CHANNELS, CHANNELS, 3, 3), "c": (3, CHANNELS, 3, 3)}
    weights = [
        helper.make_tensor(name, TensorProto.FLOAT, shape, draw.normal(0, 0.1, shape).ravel())
        for name, shape in shapes.items()
    ]
    padded = {"pads": [1, 1, 1, 1]}
    nodes = [
        models.node("Conv", "x a", "p", **padded),
        models.node("Relu", "p", "q"),
        models.node("Conv", "q b", "r", **padded),
        models.node("Relu", "r", "s"),
        models.node("Conv", "s c", "y", **padded),
    ]
    kind, shape = TensorProto.FLOAT, [1, 3, None, None]
    ends = [[models.tensor(name, kind, shape)] for name in "xy"]
    return models.model(nodes, ends[0], ends[1], weights)


class Guest:
    """A module whose export `infer` makes the three calls so many times."""

    def __init__(self, backend: Backend, data: bytes, shape: tuple[int, ...], size: int) -> None:
        engine = wasmtime.Engine()
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        Inference(backend).define(linker)
        self.store = wasmtime.Store(engine)
        self.store.set_wasi(wasmtime.WasiConfig())
        module = wasmtime.Module(engine, guests.repeating(data, shape, size))
        exports: Any = linker.instantiate(self.store, module).exports(self.store)
        self.exports = exports
        assert self.exports["prepare"](self.store) == 0

    def infer(self, times: int) -> None:
        """Raises AssertionError where one of the calls fails."""
        assert self.exports["infer"](self.store, times) == 0

    def refuse(self, times: int) -> None:
        """Make calls that end at their first check: what crossing into the host costs."""
        self.exports["refuse"](self.store, times)


def least(runs: int, *measured: Callable[[], None]) -> list[float]:
    """Seconds of processor time of each, the least of so many turns."""
    found = [float("inf")] * len(measured)
    for _ in range(runs):
        for place, call in enumerate(measured):
            began = time.process_time()
            call()
            found[place] = min(found[place], time.process_time() - began)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="turns of each side (default: 15)")
    runs = parser.parse_args().runs
    settings = replace(models.SETTINGS, memory=256 << 20, exact=False)
    backend, data = Backend(settings), network()
    print("| tensor | onnxruntime, µs | through the layer, µs | ratio | added, µs |")
    print("| --- | ---: | ---: | ---: | ---: |")
    worst, guest = 0.0, None
    for side in SIDES:
        shape = (1, 3, side, side)
        given = np.random.default_rng(2).random(shape, np.float32)
        guest = Guest(backend, data, shape, given.nbytes)
        session = backend.load(data, cpu=True).session
        times = max(1, 2_000_000 // side**2 // 30)

        def direct(session: Any = session, given: Any = given, times: int = times) -> None:
            for _ in range(times):
                session.run(None, {"x": given})

        def layered(guest: Guest = guest, times: int = times) -> None:
            guest.infer(times)

        one, other = (seconds / times * 1e6 for seconds in least(runs, direct, layered))
        worst = max(worst, other / one) if side > SIDES[0] else worst
        label = f"f32 {'x'.join(map(str, shape))}"
        print(f"| {label} | {one:,.0f} | {other:,.0f} | {other / one:.3f} | {other - one:,.0f} |")
    assert guest
    calls = 2_000
    (seconds,) = least(runs, lambda: guest.refuse(calls))
    print(f"\nA call that ends at its first check: {seconds / calls * 1e6:.1f} µs.")
    verdict = "met" if worst <= AIM else "missed"
    print(f"From {SIDES[1]}x{SIDES[1]} on, at most {AIM} of onnxruntime: {worst:.3f}, {verdict}.")


if __name__ == "__main__":
    main()
