"""The child process that runs one untrusted module, once: JSON request on stdin, result on stdout.

A script, started by `sandbox.run` with `-I -S`; needs the standard library and wasmtime only, and
nothing of wasmtrim. What the guest may do is all here: read one file, write two, ask a clock and
a source of random numbers that are driven by hand. So its fuel depends on no machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wasmtime import Caller, Engine, Instance, Linker, Module, Store

ADDRESS_SPACE_BYTES = 1 << 30
STACK_BYTES = 1 << 19  # wasmtime's own default
STACK_OVERFLOW = "stack overflow"
IMAGE_BYTES = 16 << 20
WASI = "wasi_snapshot_preview1"
NO_ERROR, BADF, FAULT, INVAL = 0, 8, 21, 28  # WASI preview 1, "errno"
CLOCK, SUBSCRIPTION_BYTES, EVENT_BYTES = 0, 48, 32  # ibid., "eventtype", "subscription", "event"
CLOCKS = 4  # ibid., "clockid": realtime, monotonic, process and thread CPU time
# What a result holds beside its kind and detail; null where the run did not come so far.
FIELDS = ("exit", "fuel", "first_pages", "pages", "returns")
LAST_U64 = (1 << 64) - 1
BLOCKED_CPU_SECONDS = 0.01  # less work than that in the last quarter second is waiting


def main() -> None:
    request = json.load(sys.stdin)
    sys.path[:] = request["sys_path"]
    result = Result()
    with open(request["module"], "rb") as file:  # noqa: PTH123 - pathlib costs start-up time
        module = file.read()
    limit_process(request, len(module))
    try:
        ending = run(module, request, result, hurried=True)
        if ending[1].startswith(STACK_OVERFLOW):  # with frames larger than any host's
            ending = run(module, request, result, hurried=False)
    except MemoryError:
        ending = "instance", "it needs more memory than a run may have"
    result.give(*ending)


class NoExport(Exception):
    """What is to be called isn't there."""


class Result:
    """What came out; the first to give it ends the process, so that it is given once."""

    def __init__(self) -> None:
        self.phase = 0  # grows with each phase, so that the watch over an earlier one falls silent
        self.fields: dict[str, Any] = dict.fromkeys(FIELDS)
        self._lock = threading.Lock()

    def give(self, kind: str, detail: str = "") -> None:
        with self._lock:
            text = json.dumps({"kind": kind, "detail": printable(detail), **self.fields})
            os.write(1, text.encode())
            os._exit(0)


def printable(text: str, most: int = 300) -> str:
    """One line without control characters, cut at `most` characters."""
    text = " ".join(text.split())
    text = text if len(text) <= most else text[:most] + "…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def limit_process(request: dict[str, Any], module_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # One byte more than allowed, so that a file over the limit can be told from a full one. On
    # Linux the memory as it is at the start is a file as well, of up to 16 MiB, or twice its data.
    most = max(request["output"] + 1, IMAGE_BYTES, 2 * module_bytes)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    if sys.platform == "linux":  # macOS takes the limit and does not hold it
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))


def watch(result: Result, seconds: float, kind: str, what: str) -> None:
    """End the process when the phase that begins now is still going on after `seconds`.

    By wall clock and from another thread: neither fuel nor epochs end a guest inside a host call.
    """
    result.phase += 1
    phase = result.phase

    def end() -> None:
        time.sleep(max(seconds - 0.25, 0))
        worked = time.process_time()
        time.sleep(min(seconds, 0.25))
        if result.phase != phase:
            return
        blocked = time.process_time() - worked < BLOCKED_CPU_SECONDS
        result.give("blocked" if blocked else kind, f"{what} more than {seconds:g} s")

    threading.Thread(target=end, daemon=True).start()


def run(data: bytes, request: dict[str, Any], result: Result, *, hurried: bool) -> tuple[str, str]:
    """Compile the module and run it; the kind of its ending, and what to say about it."""
    import wasmtime

    watch(result, request["compile_seconds"], "compile", "compiling it takes")
    engine = make_engine(request["memory"], hurried=hurried)
    try:
        module = wasmtime.Module(engine, data)
    except wasmtime.WasmtimeError as error:
        return "instance", reason(error)
    linker, store = make_linker(engine, request), make_store(engine, request)
    watch(result, request["seconds"], "time", "it runs")
    instance = None
    kind, detail = "exit", ""
    try:
        instance = linker.instantiate(store, module)
        result.fields["returns"] = call(instance, store, request["call"])
        result.fields["exit"] = 0
    except wasmtime.ExitTrap as ended:
        result.fields["exit"] = ended.code
    except wasmtime.Trap as trap:
        out = trap.trap_code is wasmtime.TrapCode.OUT_OF_FUEL
        kind, detail = "fuel" if out else "trap", where(trap)
    except wasmtime.WasmtimeError as error:
        kind, detail = "instance" if instance is None else "trap", reason(error)
    except NoExport as error:
        kind, detail = "instance", str(error)
    result.phase += 1
    result.fields["fuel"] = request["fuel"] - store.get_fuel()
    if instance is not None:
        result.fields["first_pages"] = first_pages(module)
        result.fields["pages"] = last_pages(instance, store)
    return kind, detail


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


def make_store(engine: Engine, request: dict[str, Any]) -> Store:
    import wasmtime

    store = wasmtime.Store(engine)
    store.set_fuel(request["fuel"])
    store.set_limits(memory_size=request["memory"], table_elements=request["table"], instances=1)
    wasi = wasmtime.WasiConfig()  # no arguments, no environment, no folder, no network
    wasi.stdin_file = request["stdin"]
    wasi.stdout_file = request["stdout"]
    wasi.stderr_file = request["stderr"]
    store.set_wasi(wasi)
    return store


def make_linker(engine: Engine, request: dict[str, Any]) -> Linker:
    import wasmtime

    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    linker.allow_shadowing = True
    host = Host(**request["clock"])
    i32, i64 = wasmtime.ValType.i32(), wasmtime.ValType.i64()
    for name, params, function in (
        ("random_get", [i32, i32], host.random_get),
        ("clock_res_get", [i32, i32], host.clock_res_get),
        ("clock_time_get", [i32, i64, i32], host.clock_time_get),
        ("poll_oneoff", [i32, i32, i32, i32], host.poll_oneoff),
    ):
        kind = wasmtime.FuncType(params, [i32])
        linker.define_func(WASI, name, kind, function, access_caller=True)
    if request["now_ms"]:
        linker.define_func("env", "now_ms", wasmtime.FuncType([], [i64]), host.now_ms)
    return linker


class Host:
    """The parts of WASI that differ from run to run on a real host: here they never do."""

    def __init__(self, start_ms: int, step_ms: int) -> None:
        self.now = start_ms * 1_000_000  # in nanoseconds, as WASI counts
        self.step = step_ms * 1_000_000
        self.drawn = 0

    def read_clock(self) -> int:
        now = self.now
        self.now += self.step
        return min(now, LAST_U64)

    def now_ms(self) -> int:
        return self.read_clock() // 1_000_000

    def random_get(self, caller: Caller, pointer: int, size: int) -> int:
        pointer, size = u32(pointer), u32(size)
        if not fits(caller, pointer, size):
            return FAULT
        self.drawn += 1
        return store_bytes(caller, pointer, hashlib.shake_128(b"%d" % self.drawn).digest(size))

    def clock_res_get(self, caller: Caller, clock: int, pointer: int) -> int:
        if u32(clock) >= CLOCKS:
            return INVAL
        return store_bytes(caller, u32(pointer), (1_000_000).to_bytes(8, "little"))

    def clock_time_get(self, caller: Caller, clock: int, precision: int, pointer: int) -> int:
        del precision  # ours has one
        if u32(clock) >= CLOCKS:
            return INVAL
        return store_bytes(caller, u32(pointer), self.read_clock().to_bytes(8, "little"))

    def poll_oneoff(self, caller: Caller, wanted: int, events: int, count: int, given: int) -> int:
        """Answer at once: a descriptor is ready, and with clocks alone the first one rings now."""
        wanted, events, count, given = u32(wanted), u32(events), u32(count), u32(given)
        if not count:
            return INVAL
        if not fits(caller, wanted, count * SUBSCRIPTION_BYTES):
            return FAULT
        end = wanted + count * SUBSCRIPTION_BYTES
        asked = memory_of(caller).read(caller, wanted, end)
        answers = bytearray()
        rings: list[tuple[int, bytes]] = []
        for at in range(0, len(asked), SUBSCRIPTION_BYTES):
            one = asked[at : at + SUBSCRIPTION_BYTES]
            tag = one[8]
            if tag == CLOCK:
                timeout = int.from_bytes(one[24:32], "little")
                absolute = one[40] & 1
                rings.append((timeout if absolute else self.now + timeout, event(one, NO_ERROR)))
            else:
                descriptor = int.from_bytes(one[16:20], "little")
                answers += event(one, NO_ERROR if descriptor <= 2 else BADF)
        if rings and not answers:
            self.now = max(self.now, min(rings)[0])
        for deadline, answer in rings:
            if deadline <= self.now:
                answers += answer
        code = store_bytes(caller, events, bytes(answers))
        number = len(answers) // EVENT_BYTES
        return code or store_bytes(caller, given, number.to_bytes(4, "little"))


def event(subscription: bytearray, errno: int) -> bytes:
    """userdata, errno, type, then for a descriptor how many bytes are ready (one) and flags."""
    tag = subscription[8]
    ready = 0 if tag == CLOCK or errno else 1
    head = bytes(subscription[:8]) + errno.to_bytes(2, "little") + bytes([tag])
    return (head.ljust(16, b"\0") + ready.to_bytes(8, "little")).ljust(EVENT_BYTES, b"\0")


def u32(value: int) -> int:
    return value & 0xFFFF_FFFF


def memory_of(caller: Caller) -> Any:
    import wasmtime

    memory = caller.get("memory")
    if not isinstance(memory, wasmtime.Memory):
        raise wasmtime.WasmtimeError("missing required memory export")
    return memory


def fits(caller: Caller, pointer: int, size: int) -> bool:
    return bool(pointer + size <= memory_of(caller).data_len(caller))


def store_bytes(caller: Caller, pointer: int, data: bytes) -> int:
    if not fits(caller, pointer, len(data)):
        return FAULT
    if data:
        memory_of(caller).write(caller, data, pointer)
    return NO_ERROR


def call(
    instance: Instance, store: Store, wanted: dict[str, Any] | None
) -> list[int | float | str] | None:
    """Run `_start`, or the export that is wanted, after `_initialize` where there is one.

    Gives what the wanted export returns. NoExport where it isn't there, or takes other arguments.
    """
    import wasmtime

    exports = instance.exports(store)
    if wanted is None:
        start = exports.get("_start")
        if not isinstance(start, wasmtime.Func):
            raise NoExport("it exports no function _start; name one under smoke.call")
        start(store)
        return None
    name, args = wanted["export"], wanted["args"]
    function = exports.get(name)
    if not isinstance(function, wasmtime.Func):
        raise NoExport(f"it exports no function {name}")
    params = [str(kind) for kind in function.type(store).params]
    if len(params) != len(args):
        raise NoExport(f"{name} takes ({', '.join(params)}), smoke.call.args has {len(args)}")
    begin = exports.get("_initialize")
    if isinstance(begin, wasmtime.Func):
        begin(store)
    taken = [value_of(kind, arg) for kind, arg in zip(params, args, strict=True)]
    returned = function(store, *taken)
    values = returned if isinstance(returned, list) else [] if returned is None else [returned]
    return [value if isinstance(value, int | float) else str(value) for value in values]


def value_of(kind: str, value: float) -> int | float:
    """An argument as wasmtime takes it: integers are signed there."""
    if kind in ("f32", "f64"):
        return float(value)
    half = 1 << (31 if kind == "i32" else 63)
    return (int(value) + half) % (2 * half) - half


def first_pages(module: Module) -> int | None:
    """The size that the largest exported memory begins with, in pages."""
    import wasmtime

    kinds = [export.type for export in module.exports]
    found = [kind for kind in kinds if isinstance(kind, wasmtime.MemoryType)]
    return max((kind.limits.min for kind in found), default=None)


def last_pages(instance: Instance, store: Store) -> int | None:
    """The size of the largest exported memory. It never shrinks, so this is the peak as well."""
    import wasmtime

    found = [e for e in instance.exports(store).values() if isinstance(e, wasmtime.Memory)]
    return max((memory.size(store) for memory in found), default=None)


def where(trap: Any) -> str:
    """The kind of a trap, and the place in the module where it happened."""
    code = trap.trap_code
    kind = code.name.lower().replace("_", " ") if code else reason(trap)
    frames = trap.frames
    if not frames:
        return f"{kind}, while it is instantiated"
    name = f" {printable(frames[0].func_name, 80)!r}" if frames[0].func_name else ""
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


if __name__ == "__main__":
    main()
