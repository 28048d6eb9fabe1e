"""The runs: a module is compiled, instantiated and called, and how that ended is told."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wasmtrim.engine import component
from wasmtrim.engine.answer import FIELDS, Answer, watch
from wasmtrim.engine.component import PREAMBLE, Component
from wasmtrim.engine.core import Core
from wasmtrim.engine.interface import Breach, Drive, NoExport, Take
from wasmtrim.engine.interfaces import INTERFACES
from wasmtrim.engine.steps import Steps
from wasmtrim.escaping import excerpt

if TYPE_CHECKING:
    from wasmtime import Engine, Store

MAGIC = b"\0asm"
STACK_BYTES = 1 << 19  # wasmtime's own default
STACK_OVERFLOWS = ("stack overflow", "call stack exhausted")  # of a module, of a component
COMPONENT_INSTANCES = 100


class Program:
    """An untrusted module, compiled once for all the cases that it runs on."""

    def __init__(self, data: bytes, task: dict[str, Any], answer: Answer) -> None:
        self.data = data
        self.task = task
        self.answer = answer
        self.component = data.startswith(PREAMBLE)
        self.made: Any = None
        self._compile(hurried=True)

    def run(self, case: dict[str, Any]) -> tuple[str, str]:
        """Run a case; the kind of its ending, and what to say about it."""
        ending = self._run(case)
        # With frames larger than any host's.
        if self.hurried and any(words in ending[1] for words in STACK_OVERFLOWS):
            self._compile(hurried=False)
            self.answer.fields = dict.fromkeys(FIELDS)
            ending = self._run(case)
        return ending

    def _compile(self, *, hurried: bool) -> None:
        import wasmtime

        watch(self.answer, self.task["compile_seconds"], "compile", "compiling it takes")
        self.hurried, self.fault, self.made = hurried, "", None  # what was made before has gone
        self.engine = make_engine(self.task["memory"], hurried=hurried)
        if not self.data.startswith(MAGIC):  # wasmtime takes text as well
            self.fault = "it is no WebAssembly binary"
            return
        compile_module = component.compiled if self.component else wasmtime.Module
        try:
            self.made = compile_module(self.engine, self.data)
        except wasmtime.WasmtimeError as error:
            self.fault = reason(error)

    def _run(self, case: dict[str, Any]) -> tuple[str, str]:
        import wasmtime

        task, answer = {**self.task, **case}, self.answer
        if self.fault:
            return "instance", self.fault
        try:
            guest = (Component if self.component else Core)(self.engine, self.made, task)
        except wasmtime.WasmtimeError as error:
            return "instance", reason(error)
        store = make_store(self.engine, task, COMPONENT_INSTANCES if self.component else 1)
        try:
            watch(answer, task["seconds"], "time", "it runs")
            kind, detail = _call(guest, store, task, answer)
            if kind not in ("instance", "missing"):
                answer.fields["fuel"] = task["fuel"] - store.get_fuel()
            if guest.instance is not None:
                answer.fields["first_pages"], answer.fields["pages"] = guest.pages(store)
                if task["planted"]:
                    answer.fields["counters"] = guest.counters(store)
            return kind, detail
        finally:
            store.close()


def _call(
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
        out = trap.trap_code is wasmtime.TrapCode.OUT_OF_FUEL
        kind, detail = "fuel" if out else "trap", where(trap)
    except wasmtime.WasmtimeError as error:
        # Of a component's traps wasmtime tells the words alone.
        out = store.get_fuel() == 0
        kind = "fuel" if out else "instance" if guest.instance is None else "trap"
        detail = reason(error)
    except NoExport as error:
        kind, detail = "missing", str(error)
    except Breach as breach:
        kind, detail = "interface", str(breach)
    answer.phase += 1
    doing = guest.doing or (by_calls.doing if by_calls else "")
    if steps:
        answer.fields["steps"] = steps.done
    return kind, f"{doing}: {detail}" if kind != "exit" and doing else detail


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


def make_engine(memory: int, *, hurried: bool) -> Engine:
    """An engine for one short run; `hurried`: what it compiles in a hurry, it runs but once.

    None of that changes the fuel, which is counted where WebAssembly is translated.
    """
    import wasmtime

    config = wasmtime.Config()
    config.consume_fuel = True
    if hurried:
        config.cranelift_opt_level = "none"
        config.cranelift_flag_set("regalloc_algorithm", "single_pass")
        config.max_wasm_stack = 2 * STACK_BYTES
    else:
        config.max_wasm_stack = STACK_BYTES
    config.native_unwind_info = False
    config.cranelift_nan_canonicalization = True  # the same bits on every machine
    config.wasm_relaxed_simd_deterministic = True
    config.shared_memory = True
    # The default reserves 4 GiB of addresses for each memory, more than the process may have.
    config.memory_reservation = memory
    config.memory_reservation_for_growth = 0
    return wasmtime.Engine(config)


def make_store(engine: Engine, task: dict[str, Any], instances: int = 1) -> Store:
    import wasmtime

    store = wasmtime.Store(engine)
    store.set_fuel(task["fuel"])
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


def where(trap: Any) -> str:
    """The kind of a trap, and the place in the module where it happened."""
    code = trap.trap_code
    kind = code.name.lower().replace("_", " ") if code else reason(trap)
    frames = trap.frames
    if not frames:
        return f"{kind}, while it is instantiated"
    name = f" {excerpt(frames[0].func_name, 80)!r}" if frames[0].func_name else ""
    offset = frames[0].module_offset
    byte = f", byte {offset:#x}" if offset <= 0xFFFF_FFFF else ""  # unknown for a stack overflow
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
