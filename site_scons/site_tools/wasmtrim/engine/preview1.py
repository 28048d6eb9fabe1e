"""WASI preview 1 for a core module, with the parts that differ from run to run driven by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wasmtrim.engine.host import RESOLUTION_NS, Host
from wasmtrim.engine.memory import linear

if TYPE_CHECKING:
    from wasmtime import Caller, Engine, Linker

    from wasmtrim.engine.memory import Linear

WASI = "wasi_snapshot_preview1"
NO_ERROR, BADF, FAULT, INVAL = 0, 8, 21, 28  # WASI preview 1, "errno"
CLOCK, SUBSCRIPTION_BYTES, EVENT_BYTES = 0, 48, 32  # ibid., "eventtype", "subscription", "event"
CLOCKS = 4  # ibid., "clockid": realtime, monotonic, process and thread CPU time


def make_linker(engine: Engine, task: dict[str, Any]) -> Linker:
    import wasmtime

    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    linker.allow_shadowing = True
    host = Preview1(**task["clock"])
    i32, i64 = wasmtime.ValType.i32(), wasmtime.ValType.i64()
    for name, params, function in (
        ("random_get", [i32, i32], host.random_get),
        ("clock_res_get", [i32, i32], host.clock_res_get),
        ("clock_time_get", [i32, i64, i32], host.clock_time_get),
        ("poll_oneoff", [i32, i32, i32, i32], host.poll_oneoff),
    ):
        kind = wasmtime.FuncType(params, [i32])
        linker.define_func(WASI, name, kind, function, access_caller=True)
    if task["now_ms"]:
        linker.define_func("env", "now_ms", wasmtime.FuncType([], [i64]), host.now_ms)
    return linker


class Preview1(Host):
    """The parts of WASI preview 1 that ask clock and chance, or wait."""

    def now_ms(self) -> int:
        return self.read_clock() // 1_000_000

    def random_get(self, caller: Caller, pointer: int, size: int) -> int:
        pointer, size = u32(pointer), u32(size)
        if not fits(caller, pointer, size):
            return FAULT
        return store_bytes(caller, pointer, self.random(size))

    def clock_res_get(self, caller: Caller, clock: int, pointer: int) -> int:
        if u32(clock) >= CLOCKS:
            return INVAL
        return store_bytes(caller, u32(pointer), RESOLUTION_NS.to_bytes(8, "little"))

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


def event(subscription: bytes | bytearray, errno: int) -> bytes:
    """userdata, errno, type, then for a descriptor how many bytes are ready (one) and flags."""
    tag = subscription[8]
    ready = 0 if tag == CLOCK or errno else 1
    head = bytes(subscription[:8]) + errno.to_bytes(2, "little") + bytes([tag])
    return (head.ljust(16, b"\0") + ready.to_bytes(8, "little")).ljust(EVENT_BYTES, b"\0")


def u32(value: int) -> int:
    return value & 0xFFFF_FFFF


def memory_of(caller: Caller) -> Linear:
    import wasmtime

    memory = linear(caller.get("memory"))
    if memory is None:
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
