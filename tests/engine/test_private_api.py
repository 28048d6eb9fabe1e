"""What wasmtime's package keeps private works as its C API says, and is used in known versions."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
import wasmtime

from wasmtrim.engine import private_api

LOOP = """(module
  (func $spin (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "work") (param i32) (call $spin (local.get 0))))"""


@pytest.fixture
def config() -> wasmtime.Config:
    made = wasmtime.Config()
    made.epoch_interruption = True
    return made


def _instance(engine: wasmtime.Engine, store: wasmtime.Store, text: str) -> wasmtime.Instance:
    return wasmtime.Linker(engine).instantiate(store, wasmtime.Module(engine, text))


def test_the_installed_version_is_a_known_one() -> None:
    assert private_api.missing() == ""


def test_another_version_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "51.0.0")
    told = "wasmtime 51.0.0 is here, its private bindings are known of 50.0.1"
    assert private_api.missing() == told


def test_a_pool_gives_every_store_a_clean_memory(config: wasmtime.Config) -> None:
    private_api.use_pool(config, memory=1 << 16, elements=10)
    engine = wasmtime.Engine(config)
    text = '(module (memory (export "m") 1))'
    for _ in range(50):
        with wasmtime.Store(engine) as store:
            memory = _instance(engine, store, text).exports(store)["m"]
            assert isinstance(memory, wasmtime.Memory)
            assert memory.read(store, 0, 8) == bytes(8)
            memory.write(store, b"of before", 0)


def test_a_pool_refuses_what_is_larger_than_its_slots(config: wasmtime.Config) -> None:
    private_api.use_pool(config, memory=1 << 16, elements=10)
    engine = wasmtime.Engine(config)
    with pytest.raises(wasmtime.WasmtimeError, match="memory index 0"):
        wasmtime.Module(engine, "(module (memory 2))")


CALLS = """(module (import "host" "add" (func $add (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (param i32) (result i32) (call $add (local.get 0) (i32.const -3))))"""


def test_a_host_function_gets_numbers_and_the_callers_memory(config: wasmtime.Config) -> None:
    def add(caller: wasmtime.Caller, one: int, other: int) -> int:
        memory = caller.get("memory")
        assert isinstance(memory, wasmtime.Memory)
        assert memory.size(caller) == 1
        if one == 7:
            raise KeyError("seven")
        return one + other

    engine = wasmtime.Engine(config)
    linker = wasmtime.Linker(engine)
    private_api.define_func(linker, "host", "add", 2, add)
    store = wasmtime.Store(engine)
    store.set_epoch_deadline(1)
    instance = linker.instantiate(store, wasmtime.Module(engine, CALLS))
    run = instance.exports(store)["run"]
    assert isinstance(run, wasmtime.Func)
    assert [run(store, number) for number in (5, -5)] == [2, -8]
    with pytest.raises(KeyError, match="seven"):
        run(store, 7)
    assert run(store, 5) == 2


READS = """(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00")
  (func (export "read") (result i32)
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.load (i32.const 8))))"""


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_a_guest_reads_the_bytes_it_is_given_and_then_their_end(
    config: wasmtime.Config, kind: type[bytes] | type[bytearray]
) -> None:
    engine = wasmtime.Engine(config)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    module = wasmtime.Module(engine, READS)
    for text in (b"", b"hello world"):
        store = wasmtime.Store(engine)
        store.set_epoch_deadline(1)
        wasi = wasmtime.WasiConfig()
        private_api.give_stdin(wasi, memoryview(kind(text)))
        store.set_wasi(wasi)
        exports = linker.instantiate(store, module).exports(store)
        read, memory = exports["read"], exports["memory"]
        assert isinstance(read, wasmtime.Func)
        assert isinstance(memory, wasmtime.Memory)
        seen = [bytes(memory.read(store, 16, 16 + read(store))) for _ in range(4)]
        assert seen == [text[:5], text[5:10], text[10:], b""]


NUMBERS = """(module
  (func (export "less") (param i32 i64) (result i32)
    (i32.sub (local.get 0) (i32.wrap_i64 (i64.shr_u (local.get 1) (i64.const 32)))))
  (func (export "nothing"))
  (func (export "trap") (param i32) unreachable))"""


def test_a_bound_function_is_called_with_numbers(config: wasmtime.Config) -> None:
    engine = wasmtime.Engine(config)
    store = wasmtime.Store(engine)
    store.set_epoch_deadline(1)
    exports = _instance(engine, store, NUMBERS).exports(store)

    def bound(name: str, *params: str, result: bool = False) -> Callable[..., int]:
        function = exports[name]
        assert isinstance(function, wasmtime.Func)
        return private_api.bind(function, params, result)

    less = bound("less", "i32", "i64", result=True)
    assert [less(store, 5, 7 << 32), less(store, -5, -1 << 32)] == [-2, -4]
    assert bound("nothing")(store) == 0
    with pytest.raises(wasmtime.Trap, match="unreachable"):
        bound("trap", "i32")(store, 1)


SAME = """(component
  (core module $m (memory (export "memory") 2)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "same") (param i32 i32 i32) (result i32)
      (if (i32.eqz (local.get 2)) (then unreachable))
      (i32.store (i32.const 0) (local.get 0)) (i32.store (i32.const 4) (local.get 1))
      (i32.const 0)))
  (core instance $i (instantiate $m))
  (func (export "same") (param "data" (list u8)) (param "times" u32) (result (list u8))
    (canon lift (core func $i "same")
      (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"""


def test_a_components_function_takes_and_gives_bytes(config: wasmtime.Config) -> None:
    from wasmtime import component

    engine = wasmtime.Engine(config)
    store = wasmtime.Store(engine)
    store.set_epoch_deadline(1)
    made = component.Component(engine, SAME)
    instance = component.Linker(engine).instantiate(store, made)
    function = instance.get_func(store, "same")
    assert function
    same = private_api.bind_lifted(function, store)
    for data in (b"", b"\0", bytes(range(256)) * 300):
        assert same(store, data, 1) == data
        function.post_return(store)
    with pytest.raises(ValueError, match="argument"):
        same(store, b"")
    with pytest.raises(TypeError):
        same(store, b"abc", "one")
    with pytest.raises(wasmtime.WasmtimeError, match="unreachable"):
        same(store, b"abc", 0)


def test_an_epoch_calls_back_and_the_profiler_names_functions(config: wasmtime.Config) -> None:
    engine = wasmtime.Engine(config)
    module = wasmtime.Module(engine, LOOP)
    store = wasmtime.Store(engine)
    profiler = private_api.GuestProfiler(engine, "spinning", 1_000_000, {"loop": module})
    samples: list[int] = []

    def sample() -> None:
        profiler.sample(store, 1_000_000)
        samples.append(len(samples))

    private_api.on_epoch(store, sample)
    work = wasmtime.Linker(engine).instantiate(store, module).exports(store)["work"]
    assert isinstance(work, wasmtime.Func)
    done = threading.Event()

    def tick() -> None:
        while not done.wait(0.001):
            engine.increment_epoch()

    ticker = threading.Thread(target=tick)
    ticker.start()
    while len(samples) < 3:
        work(store, 10_000_000)
    done.set()
    ticker.join()
    profile = json.loads(profiler.finish())
    assert profile["meta"]["product"] == "spinning"
    assert "spin" in str(profile["threads"])
