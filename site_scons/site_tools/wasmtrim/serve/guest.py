"""A module in a worker: compiled, instantiated as the mode says, and called for one request."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wasmtrim.engine import private_api
from wasmtrim.engine.canonical import Lowered
from wasmtrim.engine.component import Lifted
from wasmtrim.engine.inference import Inference
from wasmtrim.engine.interface import Breach, Function, Interface, Misuse, NoExport
from wasmtrim.engine.interfaces import INTERFACES
from wasmtrim.engine.run import reason, where
from wasmtrim.escaping import excerpt
from wasmtrim.serve.bounds import Bounds
from wasmtrim.serve.exchange import Ending
from wasmtrim.serve.stdio import Stdio, TooMuchOutput
from wasmtrim.serve.ticker import Ticker

if TYPE_CHECKING:
    from wasmtime import Engine, Store

INSTANCES = 100  # of the core modules of a component


@dataclass
class Live:
    """An instance with the store that it lives in. `answer` gives it a request's body."""

    store: Store
    instance: Any
    answer: Callable[[memoryview], None]


class Guest:
    """Answers one request after the other.

    `prepare` gives what makes a new instance in a store; the mode says how much work it is. The
    bound of seconds begins after it, since a guest has no part in that.
    """

    def __init__(
        self,
        engine: Engine,
        prepare: Callable[[], Callable[[Store], Any]],
        call: str,
        bounds: Bounds,
        ticker: Ticker,
        stdio: Stdio,
        *,
        component: bool,
        reused: bool,
        inference: Inference | None,
    ) -> None:
        self.engine = engine
        self.prepare = prepare
        self.began = 0.0
        self.bounds = bounds
        self.ticker = ticker
        self.stdio = stdio
        self.component = component
        self.reused = reused
        self.inference = inference
        self.public = bool(private_api.missing())
        self.live: Live | None = None
        kind, _, name = call.partition(" ")
        self.driver = INTERFACES[name] if kind == "interface" else None
        self.interface = self.driver.INTERFACE if self.driver else None
        if kind == "export":
            self.interface = Interface("", {name: Function(("list<u8>",), "list<u8>")}, ())
        self.export = name

    def answer(self, number: int, body: memoryview) -> Ending:
        """Answer a request, however that ends; what its guest held goes with it."""
        self.stdio.begin(body)
        if not self.ticker.begin(number):
            return Ending("stopped")
        started = time.perf_counter()
        ready = None
        live, ending = self.live, Ending("exit")
        try:
            if live is None:
                live = self.begin()
            else:
                self._limit(live.store)
            ready = time.perf_counter()
            live.answer(body)
        except Exception as error:
            ending = self._ending(live, error)
        done = time.perf_counter()
        if self.ticker.end():
            ending = Ending("stopped")
        memory = self._memory(live) if live else None
        fuel = self._fuel(live) if live else None
        self._keep_or_close(live, ending, memory)
        said = excerpt(self.stdio.said.decode(errors="replace"))
        if said and not ending.good:
            detail = "; ".join(part for part in (ending.detail, f"its stderr: {said}") if part)
            ending = replace(ending, detail=detail)
        return replace(
            ending,
            instance=(ready or done) - started,
            render=done - ready if ready else 0,
            memory=memory,
            fuel=fuel,
            output=self.stdio.output if ending.good else b"",
        )

    def begin(self) -> Live:
        """Make an instance in a store of its own. Raises NoExport and what wasmtime does."""
        import wasmtime

        instantiate = self.prepare()
        if self.inference:
            self.inference.begin()
        store = wasmtime.Store(self.engine)
        try:
            self._limit(store)
            bounds = self.bounds
            instances = INSTANCES if self.component else 1
            store.set_limits(bounds.memory, bounds.elements, instances)
            store.set_wasi(self.stdio.config())
            instance = instantiate(store)
            return Live(store, instance, self._answerer(store, instance))
        except BaseException:
            store.close()
            raise

    def _limit(self, store: Store) -> None:
        self.began = time.perf_counter()
        store.set_epoch_deadline(self.ticker.ticks)
        if self.bounds.fuel is not None:
            store.set_fuel(self.bounds.fuel)

    def _answerer(self, store: Store, instance: Any) -> Callable[[memoryview], None]:
        import wasmtime

        if self.component:
            if self.interface is None:
                raise NoExport("a component is served by an interface, or by serve.export")
            if self.public:
                return self._calling(Lifted(instance, store, self.interface))
            return self._calling(Lifted(instance, store, self.interface, private_api.bind_lifted))
        exports = instance.exports(store)
        if self.interface is None:
            start = exports.get("_start")
            if not isinstance(start, wasmtime.Func):
                raise NoExport("it exports no function _start; name one under serve.export")
            run = start if self.public else private_api.bind(start, (), result=False)

            def command(_: memoryview) -> None:
                run(store)

            return command
        if self.public:
            lowered = Lowered(exports, store, self.interface)
        else:
            lowered = Lowered(exports, store, self.interface, private_api.bind)
        begin = exports.get("_initialize")
        if isinstance(begin, wasmtime.Func):
            begin(store)
        return self._calling(lowered)

    def _calling(self, functions: Lowered | Lifted) -> Callable[[memoryview], None]:
        driver = self.driver
        if driver:

            def stream(body: memoryview) -> None:
                drive = driver.drive(driver.read(bytes(body)), self.stdio.take)
                try:
                    drive.run(functions)
                except Breach as breach:
                    raise type(breach)(f"{drive.doing}: {breach}") from None

            return stream

        def call(body: memoryview) -> None:
            output = functions.call(self.export, bytes(body))
            assert isinstance(output, bytes)
            self.stdio.take(output)

        return call

    def _ending(self, live: Live | None, error: Exception) -> Ending:
        """Say how it ended, or which bound ended it; raises what is no guest's doing."""
        import wasmtime

        bounds = self.bounds
        match error:
            case wasmtime.ExitTrap():
                status = error.code
                if self.interface:
                    return Ending("trap", detail=f"it ends with exit status {status}")
                return Ending("exit", status, f"exit status {status}" if status else "")
            case TooMuchOutput():
                return Ending("output", detail=f"it gives more than {bounds.output:,} bytes")
            case Misuse():
                return Ending("input", detail=excerpt(str(error)))
            case Breach():
                return Ending("interface", detail=excerpt(str(error)))
            case ValueError() if self.driver:
                return Ending("input", detail=excerpt(str(error)))
            case wasmtime.Trap() | wasmtime.WasmtimeError():
                pass
            case _:
                raise error
        if time.perf_counter() - self.began >= bounds.seconds:
            return Ending("time", detail=f"it needs more than {bounds.seconds:g} s")
        if live and bounds.fuel is not None and not live.store.get_fuel():
            return Ending("fuel", detail=f"it needs more than {bounds.fuel:,} instructions")
        told = where(error, 0) if isinstance(error, wasmtime.Trap) else reason(error)
        memory = self._memory(live) if live else None
        if memory and memory > bounds.memory // 2:
            grown = f"its memory grew to {memory:,} of {bounds.memory:,} bytes"
            return Ending("memory", detail=excerpt(f"{grown}; trap: {told}"))
        return Ending("trap", detail=excerpt(f"trap: {told}" if live else told))

    def _memory(self, live: Live) -> int | None:
        import wasmtime

        if self.component:
            return None
        memory = live.instance.exports(live.store).get("memory")
        if not isinstance(memory, wasmtime.Memory):
            return None
        return int(memory.data_len(live.store))

    def _fuel(self, live: Live) -> int | None:
        most = self.bounds.fuel
        return None if most is None else most - live.store.get_fuel()

    def _keep_or_close(self, live: Live | None, ending: Ending, memory: int | None) -> None:
        """A reused instance stays while all is well and its memory has not grown to the fence."""
        keep = self.reused and ending.good and (memory or 0) < self.bounds.fence
        self.live = live if keep else None
        if live and not keep:
            with suppress(Exception):
                live.store.close()
