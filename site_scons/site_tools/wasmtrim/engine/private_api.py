"""What wasmtime's package has in its private bindings: pool, stdin, calls, epochs, profiler, Winch.

All of it stands here. The bindings follow the C API of one version (`wasmtime/config.h`, `store.h`
and `profiling.h`), so that they are used with the versions named here alone.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from wasmtime import Config, Engine, Func, Linker, Module, Store, WasiConfig, component

VERSIONS: Final = ("50.0.1",)

# What one store may hold: a pool serves one store at a time. A component takes several of each.
_MEMORIES: Final = 8
_TABLES: Final = 16
_INSTANCES: Final = 64
_COMPONENT_BYTES: Final = 1 << 22  # of an instance's own data
# Of a memory, what is written over between two instances rather than given back to the system and
# faulted in again: standard Go's 36 frames of 64x48 take 37 page faults so, and 471 without it.
_RESIDENT_BYTES: Final = 4 << 20

_STRATEGY_WINCH: Final = 2  # WASMTIME_STRATEGY_WINCH

# Host functions by their keys, for as long as wasmtime may call them, which is beyond their linker.
_defined: dict[int, Any] = {}
_keys = itertools.count(1)


_undefine = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda key: _defined.pop(key, None))


def missing() -> str:
    """Say in a line why the private bindings are not used; "" where they are."""
    from importlib.metadata import version  # late: a child process knows by its task

    found = version("wasmtime")
    if found in VERSIONS:
        return ""
    known = ", ".join(VERSIONS)
    return f"wasmtime {found} is here, its private bindings are known of {known}"


def baseline_missing() -> str:
    """Say in a line why `use_baseline` is not to be called; "" where it is.

    Winch is of the first tier of support on x86-64 alone (docs.wasmtime.dev/stability-tiers.html).
    """
    import platform

    machine = platform.machine()
    if machine not in ("x86_64", "AMD64"):
        return f"Winch is well supported on x86-64, and this is {machine}"
    return missing()


def use_baseline(config: Config) -> None:
    """Let an engine compile by Winch, in a third of the time that Cranelift takes in a hurry.

    Winch refuses modules of some proposals, and does not charge fuel for what bulk instructions
    move (`wasm.bulk`).
    """
    from wasmtime import _bindings as bindings

    bindings.wasmtime_config_strategy_set(config.ptr(), _STRATEGY_WINCH)


def use_pool(config: Config, *, memory: int, elements: int) -> None:
    """Let an engine take memories and tables from a pool that is mapped once, for one store.

    `memory` is the largest linear memory in bytes, `elements` the longest table. The engine then
    refuses modules that declare more.
    """
    from wasmtime import _bindings as bindings

    pool = bindings.wasmtime_pooling_allocation_config_new()
    for name, value in {
        "total_component_instances": 1,
        "max_component_instance_size": _COMPONENT_BYTES,
        "max_core_instances_per_component": _INSTANCES,
        "max_memories_per_component": _MEMORIES,
        "max_tables_per_component": _TABLES,
        "total_core_instances": _INSTANCES,
        "total_memories": _MEMORIES,
        "total_tables": _TABLES,
        "max_memories_per_module": _MEMORIES,
        "max_tables_per_module": _TABLES,
        "max_memory_size": memory,
        "table_elements": elements,
        "linear_memory_keep_resident": _RESIDENT_BYTES,
        "table_keep_resident": _RESIDENT_BYTES,
    }.items():
        getattr(bindings, f"wasmtime_pooling_allocation_config_{name}_set")(pool, value)
    bindings.wasmtime_pooling_allocation_strategy_set(config.ptr(), pool)
    bindings.wasmtime_pooling_allocation_config_delete(pool)


def give_stdin(config: WasiConfig, data: memoryview) -> None:
    """Let a guest read this on its standard input, of which the engine keeps a copy.

    A read of 12 kB takes a third of the time of one by a host function in Python
    (`python tests/benchmarks/bindings.py`).
    """
    from wasmtime import _bindings as bindings

    vector = _vector(data)
    bindings.wasi_config_set_stdin_bytes(config.ptr(), ctypes.byref(vector))


def define_func(
    linker: Linker, module: str, name: str, params: int, call: Callable[..., int]
) -> None:
    """Define a host function of so many i32 and an i32 result; `call` gets the Caller first.

    A call takes less than half of the time that it does by the public way, which makes objects of
    types and values (`python tests/benchmarks/bindings.py`).
    """
    from wasmtime import FuncType, Trap, ValType, WasmtimeError, _func
    from wasmtime import _bindings as bindings

    def called(data: Any, caller: Any, values: Any, count: int) -> int:  # noqa: ARG001
        seen = _func.Caller(caller)
        try:
            values[0].i32 = call(seen, *[values[n].i32 for n in range(params)])
            return 0
        except BaseException as error:  # it is raised again by who called the guest
            _func.LAST_EXCEPTION = cast("Exception", error)
            pointer = ctypes.cast(Trap("python exception")._consume(), ctypes.c_void_p).value
            assert pointer
            return pointer
        finally:
            seen._invalidate()

    declared = bindings._wasmtime_linker_define_func_unchecked.argtypes
    assert declared
    callback = declared[6](called)
    key = next(_keys)
    _defined[key] = callback
    where, what = (ctypes.create_string_buffer(text.encode()) for text in (module, name))
    kind = FuncType([ValType.i32()] * params, [ValType.i32()])
    error = bindings.wasmtime_linker_define_func_unchecked(
        linker.ptr(),
        where,
        len(where) - 1,
        what,
        len(what) - 1,
        kind.ptr(),
        callback,
        key,
        _undefine,
    )
    if error:
        raise WasmtimeError._from_ptr(error)


def bind(function: Func, params: Sequence[str], result: bool) -> Callable[..., int]:
    """Return a way to call a guest's function as it is called itself: `(store, *numbers)`.

    `params` are `i32` or `i64`; it gives an i32 where there is a result, else 0. A call takes a
    fourth of the time that it does by the public way (`python tests/benchmarks/bindings.py`).
    Raises what that raises.
    """
    from wasmtime import WasmtimeError, _func
    from wasmtime import _bindings as bindings

    values = (bindings.wasmtime_val_raw * max(len(params), 1))()
    pointer = ctypes.byref(function._func)

    def call(store: Store, *numbers: int) -> int:
        for place, (kind, number) in enumerate(zip(params, numbers, strict=True)):
            setattr(values[place], kind, number)
        with _func.enter_wasm(store) as trap:
            error = bindings.wasmtime_func_call_unchecked(
                store._context(), pointer, values, len(values), trap
            )
            if error:
                raise WasmtimeError._from_ptr(error)
        return values[0].i32 if result else 0

    return call


def bind_lifted(function: component.Func, store: Store) -> Callable[..., Any]:
    """Return a way to call a component's function: `(store, *values)`, as itself is called.

    A `list<u8>` goes in a few passes in C, where the package makes an object of each byte: that
    takes 15 times as long (`python tests/benchmarks/bindings.py`). Raises what that raises.
    """
    from wasmtime import _bindings as bindings
    from wasmtime.component import _enter

    kind = function.type(store)
    params = [(each, _is_bytes(each)) for _, each in kind.params]
    result, gives_bytes = kind.result, _is_bytes(kind.result)
    pointer = ctypes.byref(function._func)

    def call(store: Store, *given: Any) -> Any:
        values = (bindings.wasmtime_component_val_t * len(params))()
        made, filled = bindings.wasmtime_component_val_t(), 0
        try:
            for (each, is_bytes), one, value in zip(params, given, values, strict=True):
                if is_bytes:
                    _fill_list(value, one)
                else:
                    each.convert_to_c(store, one, ctypes.pointer(value))
                filled += 1
            _enter.enter_wasm(
                lambda: bindings.wasmtime_component_func_call(
                    pointer, store._context(), values, filled, ctypes.byref(made), bool(result)
                )
            )
        finally:
            for value in values[:filled]:
                bindings.wasmtime_component_val_delete(ctypes.byref(value))
        if gives_bytes:
            taken = bytes(_elements(made.of.list)[_VALUE_AT::_VALUE_SIZE])
            bindings.wasmtime_component_val_delete(ctypes.byref(made))
            return taken
        return result.convert_from_c(made) if result else None

    return call


# A value of a component in the C API, wasmtime/component/val.h: a byte that is its kind, then it.
_VALUE_SIZE, _VALUE_AT = 32, 8


def _is_bytes(kind: component.ValType | None) -> bool:
    from wasmtime.component import U8, ListType

    return isinstance(kind, ListType) and isinstance(kind.element, U8)


def _fill_list(value: Any, data: bytes) -> None:
    from wasmtime import _bindings as bindings
    from wasmtime import _ffi

    made = bindings.wasmtime_component_vallist_t()
    bindings.wasmtime_component_vallist_new_uninit(ctypes.byref(made), len(data))
    there = _elements(made)
    there[::_VALUE_SIZE] = bytes([_ffi.WASMTIME_COMPONENT_U8.value]) * len(data)
    there[_VALUE_AT::_VALUE_SIZE] = data
    value.kind = _ffi.WASMTIME_COMPONENT_LIST
    value.of.list = made


def _elements(values: Any) -> memoryview:
    """The values of a list as they lie in memory."""
    if not values.size:
        return memoryview(bytearray())
    there = ctypes.addressof(values.data.contents)
    return memoryview((ctypes.c_ubyte * (values.size * _VALUE_SIZE)).from_address(there)).cast("B")


def on_epoch(store: Store, call: Callable[[], None], ticks: int = 1) -> None:
    """Call back each time that the engine's epoch went on by `ticks` while the guest is at work.

    In the thread that runs the guest. What `call` raises is lost: it must not raise.
    """
    from wasmtime import _bindings as bindings

    declared = bindings._wasmtime_store_epoch_deadline_callback.argtypes
    assert declared

    def called(context: Any, data: Any, delta: Any, kind: Any) -> int:  # noqa: ARG001
        call()
        delta[0] = ticks
        kind[0] = 0  # WASMTIME_UPDATE_DEADLINE_CONTINUE
        return 0  # no error

    callback = declared[1](called)
    vars(store)["_on_epoch"] = callback  # it lives as long as the store
    bindings.wasmtime_store_epoch_deadline_callback(store.ptr(), callback, None, declared[3]())
    store.set_epoch_deadline(ticks)


class GuestProfiler:
    """Samples the stack of a guest, by the names in its modules."""

    def __init__(
        self, engine: Engine, name: str, interval_ns: int, modules: Mapping[str, Module]
    ) -> None:
        from wasmtime import _bindings as bindings

        names = [_vector(each.encode()) for each in (name, *modules)]
        pairs = (bindings.wasmtime_guestprofiler_modules * len(modules))()
        for pair, each, module in zip(pairs, names[1:], modules.values(), strict=True):
            pair.name, pair.mod = ctypes.pointer(each), module.ptr()
        self._profiler = bindings.wasmtime_guestprofiler_new(
            engine.ptr(), ctypes.byref(names[0]), interval_ns, pairs, len(modules)
        )
        for each in names:
            bindings.wasm_byte_vec_delete(ctypes.byref(each))

    def sample(self, store: Store, delta_ns: int) -> None:
        """Take the stack as it is now; `delta_ns` is the CPU time since the last sample."""
        from wasmtime import _bindings as bindings

        bindings.wasmtime_guestprofiler_sample(self._profiler, store.ptr(), delta_ns)

    def finish(self) -> bytes:
        """End, and give the profile in Firefox's processed format, as JSON."""
        from wasmtime import WasmtimeError
        from wasmtime import _bindings as bindings

        out = bindings.wasm_byte_vec_t()
        error = bindings.wasmtime_guestprofiler_finish(self._profiler, ctypes.byref(out))
        if error:
            raise WasmtimeError._from_ptr(error)
        profile = ctypes.string_at(out.data, out.size)
        bindings.wasm_byte_vec_delete(ctypes.byref(out))
        return profile


def _vector(data: bytes | memoryview) -> Any:
    from wasmtime import _bindings as bindings

    vector = bindings.wasm_byte_vec_t()
    source: Any  # bytes that may be written can be pointed to as they are
    if isinstance(data, bytes) or data.readonly:
        source = ctypes.c_char_p(bytes(data))
    else:
        source = (ctypes.c_uint8 * len(data)).from_buffer(data)
    pointer = ctypes.cast(source, ctypes.POINTER(ctypes.c_uint8))
    bindings.wasm_byte_vec_new(ctypes.byref(vector), len(data), pointer)
    return vector
