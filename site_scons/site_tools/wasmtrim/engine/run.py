"""One run: a module is compiled, instantiated and called, and how that ended is told."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wasmtrim.engine.answer import Answer, watch
from wasmtrim.engine.component import PREAMBLE, Component
from wasmtrim.engine.core import Core
from wasmtrim.engine.frame_stream import FRAME_STREAM, Drive, read
from wasmtrim.engine.interface import Breach, NoExport
from wasmtrim.escaping import excerpt

if TYPE_CHECKING:
    from wasmtime import Engine, Store

STACK_BYTES = 1 << 19  # wasmtime's own default
STACK_OVERFLOWS = ("stack overflow", "call stack exhausted")  # of a module, of a component
COMPONENT_INSTANCES = 100


def run(data: bytes, task: dict[str, Any], answer: Answer, *, hurried: bool) -> tuple[str, str]:
    """Compile the module and run it; the kind of its ending, and what to say about it."""
    import wasmtime

    watch(answer, task["compile_seconds"], "compile", "compiling it takes")
    engine = make_engine(task["memory"], hurried=hurried)
    try:
        component = data.startswith(PREAMBLE)
        guest = (Component if component else Core)(engine, data, task)
    except wasmtime.WasmtimeError as error:
        return "instance", reason(error)
    store = make_store(engine, task, instances=COMPONENT_INSTANCES if component else 1)
    watch(answer, task["seconds"], "time", "it runs")
    drive = _drive(task)
    kind, detail = "exit", ""
    try:
        guest.instantiate(store)
        if drive:
            drive.run(guest.exports_of(store, FRAME_STREAM))
        else:
            answer.fields["returns"] = guest.call(store, task["call"])
        answer.fields["exit"] = 0
    except wasmtime.ExitTrap as ended:
        if drive:
            kind, detail = "interface", f"it ends with exit status {ended.code}"
        else:
            answer.fields["exit"] = ended.code
    except wasmtime.Trap as trap:
        out = trap.trap_code is wasmtime.TrapCode.OUT_OF_FUEL
        kind, detail = "fuel" if out else "trap", where(trap)
    except wasmtime.WasmtimeError as error:
        # Of a component's traps wasmtime tells the words alone.
        out = store.get_fuel() == 0
        kind = "fuel" if out else "instance" if guest.instance is None else "trap"
        detail = reason(error)
    except NoExport as error:
        kind, detail = "instance", str(error)
    except Breach as breach:
        kind, detail = "interface", str(breach)
    if kind != "exit" and drive and drive.doing:
        detail = f"{drive.doing}: {detail}"
    answer.phase += 1
    answer.fields["fuel"] = task["fuel"] - store.get_fuel()
    if guest.instance is not None:
        answer.fields["first_pages"], answer.fields["pages"] = guest.pages(store)
    return kind, detail


def _drive(task: dict[str, Any]) -> Drive | None:
    """Make ready what is given by an interface's calls, in place of stdin; None: by stdin."""
    if not task["drive"]:
        return None
    with open(task["drive"], "rb") as file:  # noqa: PTH123
        animation = read(file.read())
    return Drive(animation, Output(task["stdout"], task["output"]).take)


class Output:
    """The file that takes a guest's output, up to a byte more than is allowed."""

    def __init__(self, path: str, most: int) -> None:
        self.file = open(path, "wb", buffering=0)  # noqa: PTH123, SIM115
        self.room = most + 1

    def take(self, part: bytes) -> None:
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
    wasi = wasmtime.WasiConfig()  # no arguments, no environment, no folder, no network
    wasi.stdin_file = task["stdin"]
    wasi.stdout_file = os.devnull if task["drive"] else task["stdout"]
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
