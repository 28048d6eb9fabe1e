"""The numbers and layouts of `wasi_ephemeral_nn`, as its WITX and its bindings give them.

Specification: WebAssembly/wasi-nn, wasi-nn.witx of 2024-10-28 (71320d9). Bindings of before use
other numbers: the crate wasi-nn up to 0.5 and WasmEdge have a tensor type less for doubles, so that
`u8` and `i32` are 2 and 3; the crate 0.1 has fewer errors, too.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

MODULE: Final = "wasi_ephemeral_nn"
# How many parameters each function has: all are i32, as is the result, the errno.
FUNCTIONS: Final[Mapping[str, int]] = {
    "load": 5,
    "load_by_name": 3,
    "init_execution_context": 2,
    "set_input": 3,
    "compute": 1,
    "get_output": 5,
}
U32: Final = struct.Struct("<I")
BUILDER: Final = struct.Struct("<II")  # address, length
TENSOR: Final = struct.Struct("<IIB3xII")  # dims: address, count; type; data: address, length
ONNX, AUTODETECT, ENCODINGS = 1, 5, 6  # of "graph_encoding": two, and how many there are
CPU, TARGETS = 0, ("cpu", "gpu", "tpu")  # of "execution_target"

AbiName: TypeAlias = Literal["2024-10", "crate-0.5", "crate-0.1"]


class Errno(Enum):
    """The errors of the specification, "nn_errno"."""

    SUCCESS = "success"
    INVALID_ARGUMENT = "invalid_argument"
    INVALID_ENCODING = "invalid_encoding"
    MISSING_MEMORY = "missing_memory"
    BUSY = "busy"
    RUNTIME_ERROR = "runtime_error"
    UNSUPPORTED_OPERATION = "unsupported_operation"
    TOO_LARGE = "too_large"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Abi:
    """The numbers of one revision: types by numpy's names in little endian, and errors."""

    types: Mapping[int, str]
    errors: Mapping[Errno, int]

    def number(self, error: Errno) -> int:
        """The number of an error; where the revision has none, that of an invalid argument."""
        return self.errors.get(error, self.errors[Errno.INVALID_ARGUMENT])


_TYPES: Final = {0: "<f2", 1: "<f4", 2: "<f8", 3: "|u1", 4: "<i4", 5: "<i8"}
_OLD_TYPES: Final = {0: "<f2", 1: "<f4", 2: "|u1", 3: "<i4"}
_ERRORS: Final = {error: number for number, error in enumerate(Errno)}
_FIRST_ERRORS: Final = {
    Errno.SUCCESS: 0,
    Errno.INVALID_ARGUMENT: 1,
    Errno.MISSING_MEMORY: 2,
    Errno.BUSY: 3,
}
ABIS: Final[Mapping[str, Abi]] = {
    "2024-10": Abi(_TYPES, _ERRORS),
    "crate-0.5": Abi(_OLD_TYPES, _ERRORS),
    "crate-0.1": Abi(_OLD_TYPES, _FIRST_ERRORS),
}


class Refused(Exception):
    """A call that ends with an error, which the guest gets as a number."""

    def __init__(self, error: Errno) -> None:
        super().__init__(error.value)
        self.error = error
