"""What calls between Python and a guest cost, by CPU time: `python tests/benchmarks/bindings.py`.

- 900 kB of output through wasmtime's `stdout_custom`, against the host functions of serve/stdio.py;
- 900 kB of input in 72 reads, by a host function of serve/stdio.py and by wasmtime's own;
- 12 kB to a component and back as `list<u8>`;
- a host function and a guest's function, by the package's public ways and by engine/private_api.py.

Each figure is the least of five rounds.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

import wasmtime
from wasmtime import component

from wasmtrim.engine import private_api
from wasmtrim.engine.preview1 import WASI
from wasmtrim.serve.stdio import Stdio

CALLS = 2_000
OUTPUT = 900_000
READS = 72
GUEST = f"""(module
  (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "{WASI}" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 17)
  (func (export "print") (param $size i32)
    (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (local.get $size))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "many") (param $calls i32)
    (i32.store (i32.const 4) (i32.const 0))
    (loop $next
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (br_if $next (local.tee $calls (i32.sub (local.get $calls) (i32.const 1))))))
  (func (export "read") (param $times i32)
    (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const {OUTPUT // READS}))
    (loop $next
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1))))))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"""


COMPONENT = """(component
  (core module $m (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "same") (param i32 i32) (result i32)
      (i32.store (i32.const 0) (local.get 0)) (i32.store (i32.const 4) (local.get 1))
      (i32.const 0)))
  (core instance $i (instantiate $m))
  (func (export "same") (param "data" (list u8)) (result (list u8))
    (canon lift (core func $i "same")
      (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"""


class Guest:
    """The module with one of the ways to write."""

    def __init__(
        self,
        engine: wasmtime.Engine,
        define: Callable[[wasmtime.Linker], None],
        given: bytes = b"",
    ) -> None:
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        linker.allow_shadowing = True
        define(linker)
        self.store = wasmtime.Store(engine)
        wasi = wasmtime.WasiConfig()
        self.output = bytearray()
        wasi.stdout_custom = self.take
        private_api.give_stdin(wasi, memoryview(given))
        self.store.set_wasi(wasi)
        instance = linker.instantiate(self.store, wasmtime.Module(engine, GUEST))
        self.exports = instance.exports(self.store)

    def take(self, part: bytes) -> None:
        self.output += part

    def call(self, name: str, *args: int) -> None:
        function = self.exports[name]
        assert isinstance(function, wasmtime.Func)
        function(self.store, *args)


def timed(work: Callable[[], object]) -> float:
    """Seconds of CPU."""
    began = time.process_time()
    work()
    return time.process_time() - began


def least(work: Callable[[], object]) -> float:
    """Microseconds of CPU of the fastest of five rounds."""
    return 1e6 * min(timed(work) for _ in range(5))


def main() -> None:
    engine = wasmtime.Engine()
    stdio = Stdio(1 << 30)
    kind = wasmtime.FuncType([wasmtime.ValType.i32()] * 4, [wasmtime.ValType.i32()])

    def public(linker: wasmtime.Linker) -> None:
        linker.define_func(WASI, "fd_write", kind, stdio.fd_write, access_caller=True)

    custom, ours = Guest(engine, lambda _: None), Guest(engine, stdio.define)
    plain = Guest(engine, public)

    def output(guest: Guest) -> float:
        def one() -> None:
            stdio.begin(memoryview(b""))
            guest.output.clear()
            guest.call("print", OUTPUT)

        return least(one) / 1000

    def reading(linker: wasmtime.Linker) -> None:
        private_api.define_func(linker, WASI, "fd_read", 4, stdio.fd_read)

    def read(define: Callable[[wasmtime.Linker], None]) -> float:
        given = bytes(OUTPUT)

        def one() -> float:
            guest = Guest(engine, define, given)
            stdio.begin(memoryview(given))
            return 1e6 * timed(lambda: guest.call("read", READS)) / READS

        return min(one() for _ in range(5))

    def lists() -> tuple[float, float]:
        store = wasmtime.Store(engine)
        made = component.Component(engine, COMPONENT)
        instance = component.Linker(engine).instantiate(store, made)
        same = instance.get_func(store, "same")
        assert same
        quick, data = private_api.bind_lifted(same, store), bytes(OUTPUT // READS)

        def one(function: Callable[..., object]) -> float:
            def call() -> None:
                function(store, data)
                same.post_return(store)

            return least(call)

        return one(same) / 1000, one(quick) / 1000

    def calls(guest: Guest) -> float:
        stdio.begin(memoryview(b""))
        return least(lambda: guest.call("many", CALLS)) / CALLS

    print(f"{OUTPUT:,} bytes of output: {output(custom):.2f} ms by stdout_custom,"
          f" {output(ours):.2f} by fd_write of ours")  # fmt: skip
    print(f"a read of {OUTPUT // READS:,} bytes: {read(reading):.1f} µs by a host function,"
          f" {read(lambda _: None):.1f} by wasmtime's own")  # fmt: skip
    public_way, quick_way = lists()
    print(f"a list<u8> of {OUTPUT // READS:,} bytes and back: {public_way:.1f} ms by the public"
          f" way, {quick_way:.1f} by ours")  # fmt: skip
    print(f"a host function: {calls(plain):.1f} µs by the public way, {calls(ours):.1f} by ours")
    add = ours.exports["add"]
    assert isinstance(add, wasmtime.Func)
    quick = private_api.bind(add, ("i32", "i32"), True)

    def many(function: Callable[..., object]) -> float:
        return least(lambda: [function(ours.store, 1, 2) for _ in range(CALLS)]) / CALLS

    print(f"a guest's function: {many(add):.1f} µs by the public way, {many(quick):.1f} by ours")
    sys.stdout.flush()
    os._exit(0)  # wasmtime's thread for output panics where it outlives Python


if __name__ == "__main__":
    main()
