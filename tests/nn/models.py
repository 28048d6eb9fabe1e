"""Small models, and a guest's memory to ask for them with."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from wasmtrim.nn.backend import Backend
from wasmtrim.nn.functions import Functions
from wasmtrim.nn.settings import CPU_PROVIDER, Settings

SETTINGS = Settings(
    abi="2024-10",
    models="",
    providers=(CPU_PROVIDER,),
    require=None,
    graphs=3,
    contexts=4,
    memory=1 << 20,
    seconds=10,
    exact=True,
)
TYPES = {
    "float16": TensorProto.FLOAT16,
    "float32": TensorProto.FLOAT,
    "float64": TensorProto.DOUBLE,
    "uint8": TensorProto.UINT8,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
}
NUMBERS = {name: number for number, name in enumerate(TYPES)}  # tensor_type of 2024-10
OLD_NUMBERS = {"float16": 0, "float32": 1, "uint8": 2, "int32": 3}
MEMORY = 1 << 16


def node(operator: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    return helper.make_node(operator, inputs.split(), outputs.split(), **attributes)


def tensor(name: str, kind: int, shape: Sequence[int | str | None] | None) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)


def model(
    nodes: Sequence[Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    given: Sequence[Any] = (),
    *,
    functions: Sequence[Any] = (),
    domains: Sequence[str] = (),
) -> bytes:
    graph = helper.make_graph(nodes, "made", inputs, outputs, initializer=given)
    opsets = [helper.make_opsetid(domain, 1) for domain in domains]
    made = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 17), *opsets],
        ir_version=8,
        functions=functions,
    )
    return bytes(made.SerializeToString())


def identity(kind: str = "float32", shape: Sequence[int | None] | None = (None,)) -> bytes:
    """Gives what it is given."""
    code = TYPES[kind]
    return model(
        [node("Identity", "x", "y")], [tensor("x", code, shape)], [tensor("y", code, None)]
    )


def endless() -> bytes:
    """Counts on for longer than anybody waits."""
    body = helper.make_graph(
        [node("Add", "value one", "more"), node("Identity", "going", "still")],
        "body",
        [
            tensor("turn", TensorProto.INT64, []),
            tensor("going", TensorProto.BOOL, []),
            tensor("value", TensorProto.FLOAT, [None]),
        ],
        [tensor("still", TensorProto.BOOL, []), tensor("more", TensorProto.FLOAT, [None])],
        initializer=[helper.make_tensor("one", TensorProto.FLOAT, [], [1.0])],
    )
    given = [
        helper.make_tensor("turns", TensorProto.INT64, [], [1 << 62]),
        helper.make_tensor("go", TensorProto.BOOL, [], [True]),
    ]
    return model(
        [node("Loop", "turns go x", "y", body=body)],
        [tensor("x", TensorProto.FLOAT, [None])],
        [tensor("y", TensorProto.FLOAT, [None])],
        given,
    )


def bomb(elements: int) -> bytes:
    """Wants so many floats at once, though its own bytes are few."""
    given = [helper.make_tensor("size", TensorProto.INT64, [1], [elements])]
    return model(
        [
            node("ConstantOfShape", "size", "many"),
            node("ReduceSum", "many", "sum"),
            node("Add", "x sum", "y"),
        ],
        [tensor("x", TensorProto.FLOAT, [None])],
        [tensor("y", TensorProto.FLOAT, None)],
        given,
    )


@cache
def backend(settings: Settings) -> Backend:
    return Backend(settings)


class Guest:
    """A memory, and calls as a guest makes them; each gives the error's number."""

    def __init__(self, **changes: Any) -> None:
        settings = replace(SETTINGS, **changes)
        self.functions = Functions(backend(settings))
        self.memory = bytearray(MEMORY)

    def call(self, name: str, *values: int) -> int:
        return self.functions.call(name, memoryview(self.memory), *values)

    def u32(self, address: int) -> int:
        return int.from_bytes(self.memory[address : address + 4], "little")

    def put(self, address: int, data: bytes) -> None:
        self.memory[address : address + len(data)] = data

    def load(self, data: bytes, encoding: int = 1, target: int = 0) -> int:
        self.put(1024, data)
        self.put(0, struct.pack("<II", 1024, len(data)))
        return self.call("load", 0, 1, encoding, target, 64)

    def load_by_name(self, name: str) -> int:
        self.put(1024, name.encode())
        return self.call("load_by_name", 1024, len(name.encode()), 64)

    def context(self, graph: int = 0) -> int:
        return self.call("init_execution_context", graph, 68)

    def set_input(
        self, array: np.ndarray[Any, Any], index: int = 0, context: int = 0, kind: int | None = None
    ) -> int:
        number = NUMBERS[array.dtype.name] if kind is None else kind
        self.put(1024, array.tobytes())
        self.put(512, np.array(array.shape, "<u4").tobytes())
        record = struct.pack("<IIB3xII", 512, array.ndim, number, 1024, array.nbytes)
        self.put(0, record)
        return self.call("set_input", context, index, 0)

    def output(self, kind: str, index: int = 0, most: int = 4096) -> np.ndarray[Any, Any]:
        assert self.call("get_output", 0, index, 8192, most, 72) == 0
        return np.frombuffer(bytes(self.memory[8192 : 8192 + self.u32(72)]), kind)

    def ready(self, data: bytes) -> Guest:
        """Load a model and make a context, both the first."""
        assert (self.load(data), self.context()) == (0, 0)
        return self
