"""The runs: a module is compiled, instantiated and called, and how that ended is told."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from enum import Enum
from typing import TYPE_CHECKING, Any

from wasmtrim.engine import component
from wasmtrim.engine.answer import FIELDS, Answer, Watch
from wasmtrim.engine.component import PREAMBLE, Component
from wasmtrim.engine.core import Core
from wasmtrim.engine.interface import Breach, Drive, NoExport, Take
from wasmtrim.engine.interfaces import INTERFACES
from wasmtrim.engine.steps import Steps
from wasmtrim.escaping import excerpt

if TYPE_CHECKING:
    from wasmtime import Engine, Store

    from wasmtrim.nn.backend import Backend

MAGIC = b"\0asm"
COMPONENT_INSTANCES = 100
HASHABLE_BYTES = 64 << 20  # of memories, in all runs of a program: it is to cost next to nothing


class Way(Enum):
    """How a module is compiled and run.

    Frames are larger than a host's in a hurry, and a bit larger with fuel. So what takes little
    stack in a hurry is judged by that alone. All else is run with room enough, then as a host does.
    A module that another one is compared with comes to the baseline compiler first: where it comes
    to its end there, that is how it ends.
    """

    BASELINE = "baseline"
    HURRIED = "hurried"
    ROOMY = "roomy"
    HOST = "host"  # by the engine's own defaults, without fuel


# Bytes. A function's frame by the baseline compiler is an eighth of a host's at the least in
# tests/benchmarks/stack.py. The engine takes 2 MiB at the most, and has 512 KiB by default.
_STACK = {Way.BASELINE: 1 << 14, Way.HURRIED: 1 << 17, Way.ROOMY: 1 << 21}


class Program:
    """An untrusted module, compiled once for all the cases that it runs on."""

    def __init__(self, data: bytes, task: dict[str, Any], answer: Answer) -> None:
        self.data = data
        self.task = task
        self.answer = answer
        self.watch = Watch(answer)
        self.component = data.startswith(PREAMBLE)
        self.nn = _backend(task)
        self.compiled: dict[Way, tuple[Engine, Any]] = {}
        self.compiling = 0.0  # seconds of CPU time that it took
        self.moved: int | None = 0  # fuel that the baseline compiler's last run was not charged
        self.hashable = HASHABLE_BYTES
        self.ways = [Way.HURRIED, Way.ROOMY]  # those left
        if task["mutable"]:
            self.ways = [Way.ROOMY]  # runs so often that it pays to optimize
        elif task["baseline"]:
            self.ways = [Way.BASELINE, *self.ways]
        self.fault = self.nn.dispatch.refusal(self.nn.settings.require) if self.nn else ""
        if not self.fault:
            self._compile(self.ways[0])

    def run(self, case: dict[str, Any]) -> tuple[str, str]:
        """Run a case; the kind of its ending, and what to say about it."""
        hashable = self.hashable
        while True:
            way = self.ways[0]
            ending = self._run(case, way)
            if len(self.ways) == 1:
                break
            if self._settles(way, ending[0], case):
                return ending
            self.compiled.pop(way, None)  # it takes memory
            del self.ways[0]
            self.answer.fields = dict.fromkeys(FIELDS)
            if way is Way.BASELINE:
                self.fault, self.hashable = "", hashable
        if self.task["mutable"]:
            return ending
        if ending[0] in ("stack", "fuel") or case["profile"]:
            return ending  # without fuel the second would not end, and counters take stack
        found, self.answer.fields = self.answer.fields, dict.fromkeys(FIELDS)
        as_host = self._run({**case, "stdout": os.devnull, "stderr": os.devnull}, Way.HOST)
        if as_host[0] == "stack":
            return as_host
        self.answer.fields = found
        return ending

    def _settles(self, way: Way, kind: str, case: dict[str, Any]) -> bool:
        """Whether a case ends so, whichever way it is run."""
        if way is not Way.BASELINE:
            return kind != "stack"
        if self.moved is None:
            return False
        if kind == "fuel":
            return self.moved >= 0  # charged for as well, it would end no later
        most: int = {**self.task, **case}["fuel"]
        return kind == "exit" and self.answer.fields["fuel"] < most

    def _compile(self, way: Way) -> None:
        import wasmtime

        self.watch.begin(self.task["compile_seconds"], "compile", "compiling it takes")
        if not self.data.startswith(MAGIC):  # wasmtime takes text as well
            self.fault = "it is not a WebAssembly binary"
            return
        began = time.process_time()
        engine = make_engine(self.task["memory"], way)
        data = self.data
        if way is Way.BASELINE:
            with open(self.task["baseline"], "rb") as file:  # noqa: PTH123
                data = file.read()
        compile_module = component.compiled if self.component else wasmtime.Module
        try:
            self.compiled[way] = engine, compile_module(engine, data)
        except wasmtime.WasmtimeError as error:
            self.fault = reason(error)
        self.compiling += time.process_time() - began

    def _run(self, case: dict[str, Any], way: Way) -> tuple[str, str]:
        import wasmtime

        task, answer = {**self.task, **case}, self.answer
        if self.nn:
            answer.fields["nn"] = asdict(self.nn.dispatch)
        if way not in self.compiled and not self.fault:
            self._compile(way)
        if self.fault:
            return "instance", self.fault
        engine, made = self.compiled[way]
        guest: Core | Component
        try:
            if self.component:
                guest = Component(engine, made, task)
            else:
                guest = Core(engine, made, task, self.nn)
        except wasmtime.WasmtimeError as error:
            return "instance", reason(error)
        store = make_store(engine, task, COMPONENT_INSTANCES if self.component else 1)
        if way is not Way.HOST:
            store.set_fuel(task["fuel"])
        try:
            self.watch.begin(task["seconds"], "time", "it runs")
            kind, detail = make_calls(guest, store, task, answer)
            if isinstance(guest, Core) and guest.inference:
                answer.fields["nn"] = asdict(guest.inference.functions.dispatch)
            if way is not Way.HOST and kind not in ("instance", "missing"):
                answer.fields["fuel"] = task["fuel"] - store.get_fuel()
            if way is Way.BASELINE and isinstance(guest, Core):
                self.moved = guest.moved(store, task["bulk"])
                if kind == "exit" and self.moved:
                    answer.fields["fuel"] += self.moved
            if guest.instance is not None:
                answer.fields |= guest.room(store)
                if task["planted"]:
                    answer.fields["counters"] = guest.counters(store)
                if task["hashed"]:
                    left = answer.fields["left"] = guest.left(store, self.hashable)
                    self.hashable -= sum(length for length, _ in left)
                if task["profile"]:
                    with open(task["profile"], "wb") as file:  # noqa: PTH123
                        file.write(guest.profile(store))
            return kind, detail
        finally:
            store.close()


def _backend(task: dict[str, Any]) -> Backend | None:
    """What runs the models of a module that may have some."""
    if task["nn"] is None:
        return None
    from wasmtrim.nn.backend import Backend
    from wasmtrim.nn.settings import Settings

    settings = Settings.of(task["nn"])
    return Backend(settings) if settings else None


def make_calls(
    guest: Core | Component, store: Store, task: dict[str, Any], answer: Answer
) -> tuple[str, str]:
    """Instantiate a guest and make its calls, however that ends."""
    import wasmtime

    take = Output(task["stdout"], task["output"]).take
    drive = _drive(task, take)
    steps = Steps(task["steps"], take) if task["steps"] else None
    by_calls = drive or steps
    kind, detail = "exit", ""
    try:
        guest.instantiate(store)
        if drive:
            drive.run(guest.exports_of(store, INTERFACES[task["interface"]].INTERFACE))
        elif steps:
            guest.call(store, steps)
        else:
            guest.start(store)
        answer.fields["exit"] = 0
    except wasmtime.ExitTrap as ended:
        kind, detail = "interface", f"it ends with exit status {ended.code}"
        if guest.instance is None:
            detail += " in its start function, before anything is called"
        elif not by_calls:
            kind, detail = "exit", ""
            answer.fields["exit"] = ended.code
        else:
            detail += " and does not return"
    except wasmtime.Trap as trap:
        code = trap.trap_code
        kind = _TRAPS.get(code.name, "trap") if code else "trap"
        detail = where(trap, task["shift"])
    except wasmtime.WasmtimeError as error:
        # Of a component's traps wasmtime tells the words alone.
        detail = reason(error)
        kind = "instance" if guest.instance is None else "trap"
        kind = next((known for words, known in _WORDS.items() if detail.endswith(words)), kind)
    except NoExport as error:
        kind, detail = "missing", str(error)
    except Breach as breach:
        kind, detail = "interface", str(breach)
    answer.phase += 1
    doing = guest.doing or (by_calls.doing if by_calls else "")
    if steps:
        answer.fields["steps"] = steps.done
    return kind, f"{doing}: {detail}" if kind != "exit" and doing else detail


_TRAPS = {"OUT_OF_FUEL": "fuel", "STACK_OVERFLOW": "stack"}
_WORDS = {
    "wasm trap: all fuel consumed by WebAssembly": "fuel",
    "wasm trap: call stack exhausted": "stack",
}


def _drive(task: dict[str, Any], take: Take) -> Drive | None:
    """Make ready what is given by an interface's calls, in place of stdin; None: by stdin."""
    if not task["interface"]:
        return None
    driver = INTERFACES[task["interface"]]
    with open(task["given"], "rb") as file:  # noqa: PTH123
        return driver.drive(driver.read(file.read()), take)


class Output:
    """The file that takes what is given by calls, up to a byte more than is allowed."""

    def __init__(self, path: str, most: int) -> None:
        self.file = open(path, "wb", buffering=0)  # noqa: PTH123, SIM115
        self.room = most + 1

    def take(self, part: bytes) -> None:
        """Take the part after what came before. Raises Breach where there is no room left."""
        self.file.write(part[: self.room])
        self.room -= len(part)
        if self.room <= 0:
            raise Breach("it gives more than a run may put out")


def make_engine(memory: int, way: Way) -> Engine:
    """An engine for one short run; what it compiles in a hurry, it runs but once.

    None of that changes the fuel, which is counted where WebAssembly is translated.
    """
    import wasmtime

    config = wasmtime.Config()
    config.shared_memory = True
    if way is Way.HOST:
        return wasmtime.Engine(config)
    if way is Way.BASELINE:
        from wasmtrim.engine import private_api

        private_api.use_baseline(config)
    elif way is Way.HURRIED:
        config.cranelift_opt_level = "none"
        config.cranelift_flag_set("regalloc_algorithm", "single_pass")
    config.max_wasm_stack = _STACK[way]
    config.consume_fuel = True
    config.native_unwind_info = False
    config.cranelift_nan_canonicalization = True  # the same bits on every machine
    config.wasm_relaxed_simd_deterministic = True
    # The default reserves 4 GiB of addresses for each memory, in which the baseline compiler's code
    # needs to check none. Some containers refuse that; then the next way is taken.
    if way is not Way.BASELINE:
        config.memory_reservation = memory
        config.memory_reservation_for_growth = 0
    return wasmtime.Engine(config)


def make_store(engine: Engine, task: dict[str, Any], instances: int = 1) -> Store:
    import wasmtime

    store = wasmtime.Store(engine)
    memory, elements = task["memory"], task["table"]
    store.set_limits(memory_size=memory, table_elements=elements, instances=instances)
    wasi = wasmtime.WasiConfig()  # no folder, no network
    wasi.argv = task["argv"]
    wasi.env = list(task["env"].items())
    wasi.stdin_file = task["stdin"]
    by_calls = task["interface"] or any(step["output"] for step in task["steps"] or ())
    wasi.stdout_file = os.devnull if by_calls else task["stdout"]
    wasi.stderr_file = task["stderr"]
    store.set_wasi(wasi)
    return store


def where(trap: Any, shift: int) -> str:
    """The kind of a trap, and the place in the module, whose code lies `shift` bytes further."""
    code = trap.trap_code
    kind = code.name.lower().replace("_", " ") if code else reason(trap)
    frames = trap.frames
    if not frames:
        return f"{kind}, while it is instantiated"
    name = f" {excerpt(frames[0].func_name, 80)!r}" if frames[0].func_name else ""
    offset = frames[0].module_offset
    known = offset <= 0xFFFF_FFFF  # it isn't for a stack overflow
    byte = f", byte {offset - shift:#x}" if known else ""
    return f"{kind} in function {frames[0].func_index}{name}{byte}"


def reason(error: Exception) -> str:
    """Wasmtime's chain of causes in one line, without the backtrace."""
    lines = [line.strip() for line in str(error).splitlines()]
    kept = [
        line.partition(": ")[2] if line[:1].isdigit() and ": " in line else line
        for line in lines
        if line
        and line != "Caused by:"
        and not line.startswith("error while executing")
        and " - " not in line[:24]
    ]
    return ": ".join(kept)
