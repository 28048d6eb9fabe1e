"""WASI-NN for a core module: the functions of `nn`, put into a linker."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wasmtrim.engine import private_api
from wasmtrim.engine.memory import linear, view
from wasmtrim.nn.abi import FUNCTIONS, MODULE
from wasmtrim.nn.functions import Functions

if TYPE_CHECKING:
    from wasmtime import Caller, Linker

    from wasmtrim.engine.memory import Linear
    from wasmtrim.nn.backend import Backend


class Inference:
    """The functions for one instance after the other, by their names and in its memory."""

    def __init__(self, backend: Backend) -> None:
        self.functions = Functions(backend)
        self.begin()

    def begin(self) -> None:
        """Begin with another instance, which has nothing of the one before."""
        self.functions.begin()
        self.memory: Linear | None = None
        self.bytes = memoryview(b"")

    def define(self, linker: Linker) -> None:
        """Put in all of them; each answers with an error's number, and none raises."""
        import wasmtime

        i32 = wasmtime.ValType.i32()
        for name, params in FUNCTIONS.items():
            call = partial(self._call, name)
            if private_api.missing():
                kind = wasmtime.FuncType([i32] * params, [i32])
                linker.define_func(MODULE, name, kind, call, access_caller=True)
            else:
                private_api.define_func(linker, MODULE, name, params, call)

    def _call(self, name: str, caller: Caller, *values: int) -> int:
        return self.functions.call(name, self._memory(caller), *values)

    def _memory(self, caller: Caller) -> memoryview | None:
        """The guest's memory as it lies there, valid until the guest goes on; None without one."""
        if self.memory is None:
            self.memory = linear(caller.get("memory"))
            if self.memory is None:
                return None
        if self.memory.data_len(caller) != len(self.bytes):  # elsewhere only where it has grown
            self.bytes = view(self.memory, caller)
        return self.bytes
