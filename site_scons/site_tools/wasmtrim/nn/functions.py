"""The six functions of `wasi_ephemeral_nn`, over the memory of a guest that is not trusted.

Handles count from 0. The interface has no function that ends one, so they are bounded in number,
and end with the instance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wasmtrim.nn.abi import (
    ABIS,
    AUTODETECT,
    BUILDER,
    CPU,
    ENCODINGS,
    ONNX,
    TARGETS,
    TENSOR,
    U32,
    Errno,
    Refused,
)
from wasmtrim.nn.models import MOST_NAME
from wasmtrim.nn.settings import Dispatch

if TYPE_CHECKING:
    from wasmtrim.nn.backend import Backend, Graph

MOST_DIMENSIONS: Final = 64  # numpy has no more
T = TypeVar("T")


@dataclass
class Context:
    """A graph with the tensors that it was given and gave; `outputs` is empty before."""

    graph: Graph
    inputs: list[Any] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The bytes of its tensors."""
        return sum(tensor.nbytes for tensor in (*self.inputs, *self.outputs) if _is_plain(tensor))


class Functions:
    """What one instance has loaded. Each function takes the memory and unsigned numbers."""

    def __init__(self, backend: Backend) -> None:
        self.settings = backend.settings
        self.backend = backend
        self.abi = ABIS[self.settings.abi]
        self.begin()

    def begin(self) -> None:
        """Begin with another instance, which has nothing of the one before."""
        self.graphs: list[Graph] = []
        self.contexts: list[Context] = []
        self.targets: set[str] = set()
        self.backend.begin()

    @property
    def dispatch(self) -> Dispatch:
        """On what the models of the instance run."""
        return replace(self.backend.dispatch, targets=tuple(sorted(self.targets)))

    def call(self, name: str, memory: memoryview | None, *values: int) -> int:
        """Call a function by its name; gives the error's number, 0 for none, and never raises.

        `memory` is None where the guest exports none.
        """
        if memory is None:
            return self.abi.number(Errno.MISSING_MEMORY)
        function: Callable[..., None] = getattr(self, f"_{name}")
        try:
            function(memory, *[value & 0xFFFF_FFFF for value in values])
        except Refused as refused:
            return self.abi.number(refused.error)
        except MemoryError:
            return self.abi.number(Errno.TOO_LARGE)
        except Exception:
            return self.abi.number(Errno.RUNTIME_ERROR)
        return 0

    def _load(
        self, memory: memoryview, builders: int, count: int, encoding: int, target: int, out: int
    ) -> None:
        _at(memory, out, U32.size)
        if encoding >= ENCODINGS or target >= len(TARGETS) or count != 1:  # ONNX has one part
            raise Refused(Errno.INVALID_ARGUMENT)
        if encoding not in (ONNX, AUTODETECT):
            raise Refused(Errno.INVALID_ENCODING)
        address, length = BUILDER.unpack(_at(memory, builders, BUILDER.size))
        data = _at(memory, address, length)
        self._has_room(length)
        if target != CPU:
            self.targets.add(TARGETS[target])
        self._add_graph(memory, out, lambda: self.backend.load(bytes(data), cpu=target == CPU))

    def _load_by_name(self, memory: memoryview, address: int, length: int, out: int) -> None:
        _at(memory, out, U32.size)
        name = _at(memory, address, length)
        if length > MOST_NAME:
            raise Refused(Errno.NOT_FOUND)
        text = bytes(name).decode(errors="replace")
        self._add_graph(memory, out, lambda: self.backend.load_named(text))

    def _add_graph(self, memory: memoryview, out: int, load: Callable[[], Graph]) -> None:
        if len(self.graphs) >= self.settings.graphs:
            raise Refused(Errno.BUSY)
        graph = load()
        self._has_room(graph.size)
        self.graphs.append(graph)
        U32.pack_into(memory, out, len(self.graphs) - 1)

    def _init_execution_context(self, memory: memoryview, graph: int, out: int) -> None:
        _at(memory, out, U32.size)
        context = Context(_of(self.graphs, graph))
        if len(self.contexts) >= self.settings.contexts:
            raise Refused(Errno.BUSY)
        context.inputs = [None] * len(context.graph.inputs)
        self.contexts.append(context)
        U32.pack_into(memory, out, len(self.contexts) - 1)

    def _set_input(self, memory: memoryview, context: int, index: int, tensor: int) -> None:
        import numpy as np

        of = _of(self.contexts, context)
        wanted = _of(of.graph.inputs, index)
        at, count, kind, address, length = TENSOR.unpack(_at(memory, tensor, TENSOR.size))
        if count > MOST_DIMENSIONS:
            raise Refused(Errno.INVALID_ARGUMENT)
        shape = [size for (size,) in U32.iter_unpack(_at(memory, at, count * U32.size))]
        data = _at(memory, address, length)
        name = self.abi.types.get(kind)
        if name is None or name != wanted.type or not _fits(shape, wanted.shape):
            raise Refused(Errno.INVALID_ARGUMENT)
        if prod(shape) * np.dtype(name).itemsize != length:
            raise Refused(Errno.INVALID_ARGUMENT)
        try:
            given = np.frombuffer(data, name).reshape(shape)
        except ValueError:  # of no elements, but with dimensions that are too large together
            raise Refused(Errno.INVALID_ARGUMENT) from None
        before, of.inputs[index] = of.inputs[index], None
        of.outputs = []  # they are of other inputs
        self._has_room(length)
        # A copy, as the memory is the guest's again when this returns; where it can be, into the
        # array that is there, since another one costs more than the bytes.
        if before is None or before.shape != given.shape:
            before = np.empty_like(given)
        np.copyto(before, given)
        of.inputs[index] = before

    def _compute(self, memory: memoryview, context: int) -> None:  # noqa: ARG002
        of = _of(self.contexts, context)
        if any(tensor is None for tensor in of.inputs):
            raise Refused(Errno.RUNTIME_ERROR)
        of.outputs = []
        outputs = self.backend.compute(of.graph, of.inputs)
        self._has_room(sum(each.nbytes for each in outputs if _is_plain(each)))
        of.outputs = outputs

    def _get_output(
        self, memory: memoryview, context: int, index: int, address: int, most: int, out: int
    ) -> None:
        import numpy as np

        _at(memory, out, U32.size)
        of = _of(self.contexts, context)
        if index >= of.graph.outputs:
            raise Refused(Errno.INVALID_ARGUMENT)
        room = _at(memory, address, most)
        if not of.outputs:
            raise Refused(Errno.RUNTIME_ERROR)  # nothing is computed yet
        tensor = of.outputs[index]
        if not _is_plain(tensor):
            raise Refused(Errno.UNSUPPORTED_OPERATION)
        if tensor.nbytes > most:
            raise Refused(Errno.TOO_LARGE)
        room[: tensor.nbytes] = np.ascontiguousarray(tensor).reshape(-1).view(np.uint8).data
        U32.pack_into(memory, out, tensor.nbytes)

    def _has_room(self, size: int) -> None:
        """Refuse where the guest's models and tensors would be more than it may have."""
        held = sum(graph.size for graph in self.graphs) + sum(c.size for c in self.contexts)
        if held + size > self.settings.memory:
            raise Refused(Errno.TOO_LARGE)


def _at(memory: memoryview, address: int, size: int) -> memoryview:
    """The bytes there, as they lie in the memory; Refused where they go beyond it."""
    if address + size > len(memory):
        raise Refused(Errno.INVALID_ARGUMENT)
    return memory[address : address + size]


def _of(handles: list[T] | tuple[T, ...], number: int) -> T:
    if number >= len(handles):
        raise Refused(Errno.INVALID_ARGUMENT)
    return handles[number]


def _fits(shape: list[int], wanted: tuple[int | None, ...] | None) -> bool:
    if wanted is None:
        return True
    pairs = zip(shape, wanted, strict=False)
    return len(shape) == len(wanted) and all(w in (None, size) for size, w in pairs)


def _is_plain(tensor: Any) -> bool:
    """Whether it is an array of numbers: there are outputs of texts, sequences and maps, too."""
    import numpy as np

    return isinstance(tensor, np.ndarray) and not tensor.dtype.hasobject
