"""Runs that are sampled: wasmtime's guest profiler asks where the guest is, each time that a clock
lets the engine's epoch go on."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from wasmtrim.engine import private_api
from wasmtrim.engine.answer import Answer, Watch
from wasmtrim.engine.core import Core
from wasmtrim.engine.run import make_calls, make_store, reason

if TYPE_CHECKING:
    from wasmtime import Engine, Module

INTERVAL_NS = 1_000_000
_MOST_RUNS = 100_000


class Sampled:
    """A module, compiled as a host does: once with epochs, to be sampled, and once without."""

    compiling = 0.0  # it is told of no time that its cases aren't to be charged for

    def __init__(self, data: bytes, task: dict[str, Any], answer: Answer) -> None:
        self.data = data
        self.task = task
        self.answer = answer
        self.watch = Watch(answer)

    def run(self, case: dict[str, Any]) -> tuple[str, str]:
        """Run a case again and again, with samples and without in turn; the last ending.

        What was seen goes to the file `profile`: frames, each a function and the frame that it was
        called from, and by frame how many samples had it on top.
        """
        import wasmtime

        task = {**self.task, **case}
        try:
            sampled, plain = self._compiled
        except wasmtime.WasmtimeError as error:
            return "instance", reason(error)
        profiler = private_api.GuestProfiler(
            sampled[0], "guest", INTERVAL_NS, {"guest": sampled[1]}
        )
        spent = {True: 0.0, False: 0.0}
        end = time.monotonic() + task["sampled"]
        runs, ending = 0, ("exit", "")
        while ending[0] == "exit" and runs < _MOST_RUNS and (not runs or time.monotonic() < end):
            for sampling, (engine, module) in ((True, sampled), (False, plain)):
                guest = Core(engine, module, task, nn=None)
                store = make_store(engine, task)
                if sampling:
                    private_api.on_epoch(store, partial(profiler.sample, store, INTERVAL_NS))
                if not runs:  # the others do what the first ones did
                    self.watch.begin(task["seconds"], "time", "it runs")
                self._clock.running = sampling
                began = time.thread_time()
                ending = make_calls(guest, store, task, self.answer)
                spent[sampling] += time.thread_time() - began
                self._clock.running = False
                store.close()
            runs += 1
        found = _stacks(json.loads(profiler.finish()))
        seconds = {"sampled_seconds": spent[True], "plain_seconds": spent[False], "runs": runs}
        with open(task["profile"], "w") as file:  # noqa: PTH123
            json.dump(found | seconds, file)
        return ending

    @cached_property
    def _compiled(self) -> tuple[tuple[Engine, Module], tuple[Engine, Module]]:
        return self._compile(epochs=True), self._compile(epochs=False)

    @cached_property
    def _clock(self) -> _Clock:
        return _Clock(self._compiled[0][0])

    def _compile(self, *, epochs: bool) -> tuple[Engine, Module]:
        import wasmtime

        config = wasmtime.Config()
        config.epoch_interruption = epochs
        config.shared_memory = True
        config.memory_reservation = self.task["memory"]
        engine = wasmtime.Engine(config)
        return engine, wasmtime.Module(engine, self.data)


class _Clock:
    """A thread that lets an engine's epoch go on, each millisecond while `running`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.running = False
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self) -> None:
        while True:
            time.sleep(INTERVAL_NS / 1e9)
            if self.running:
                self.engine.increment_epoch()


def _stacks(profile: dict[str, Any]) -> dict[str, Any]:
    """What a processed profile of Firefox tells; its functions are called by their index."""
    (thread,) = profile["threads"]
    texts, names = thread["stringArray"], thread["funcTable"]["name"]
    functions = [int(texts[name]) for name in names]
    of_frame = [functions[at] for at in thread["frameTable"]["func"]]
    table = thread["stackTable"]
    frames = [
        (of_frame[frame], -1 if prefix is None else prefix)
        for frame, prefix in zip(table["frame"], table["prefix"], strict=True)
    ]
    seen = Counter(at for at in thread["samples"]["stack"] if at is not None)
    return {"frames": frames, "samples": [*seen.items()]}
