"""A core module: how it is called, and the memory that it exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wasmtrim.engine.canonical import Lowered
from wasmtrim.engine.interface import Interface, NoExport
from wasmtrim.engine.memory import PAGE_BYTES, linear
from wasmtrim.engine.preview1 import make_linker
from wasmtrim.engine.steps import Steps

if TYPE_CHECKING:
    from wasmtime import Engine, Instance, Module, Store

    from wasmtrim.engine.inference import Inference
    from wasmtrim.nn.backend import Backend

PLANTED = "wasmtrim counter "  # begins the names of the globals that count what a run did
BEGIN = "wasmtrim begin"  # names the function that takes the number of a fault, then starts
PROFILE = "wasmtrim profile"  # names the memory that a run leaves its call stacks in
_PART_BYTES = 1 << 20  # of a memory, copied at once
NODES_AT, NODE_BYTES, NODES_COUNT_AT = 64, 40, 4  # in it; two nodes are there without a count


class Core:
    """A compiled module on its way to its end; `instance` is None before it has begun.

    `doing` is the call at work that nobody asked for by name.
    """

    def __init__(
        self, engine: Engine, module: Module, task: dict[str, Any], nn: Backend | None
    ) -> None:
        self.module = module
        self.linker = make_linker(engine, task)
        self.memories, self.tables, self.added = task["memories"], task["tables"], task["added"]
        self.inference: Inference | None = None
        if nn:  # late, since a module without models need not pay for it
            from wasmtrim.engine.inference import Inference

            self.inference = Inference(nn)
            self.inference.define(self.linker)
        self.fault: int | None = task["fault"]
        self.instance: Instance | None = None
        self.doing = ""

    def instantiate(self, store: Store) -> None:
        instance = self.linker.instantiate(store, self.module)
        if self.fault is not None:
            begin: Any = instance.exports(store)[BEGIN]
            begin(store, self.fault)
        self.instance = instance

    def start(self, store: Store) -> None:
        """Run `_start`; NoExport where it isn't there."""
        import wasmtime

        start = self._exports(store).get("_start")
        if not isinstance(start, wasmtime.Func):
            raise NoExport(
                "it exports no function _start; name one under smoke.call, or its interface"
                " under smoke.interface"
            )
        start(store)

    def call(self, store: Store, steps: Steps) -> None:
        """Make the calls, after `_initialize` where there is one; NoExport where one can't be."""
        steps.find(self._exports(store), store)
        self._begin(store)
        steps.run()

    def exports_of(self, store: Store, interface: Interface) -> Lowered:
        """Find an interface's functions, then begin; NoExport where one isn't there."""
        lowered = Lowered(self._exports(store), store, interface)
        self._begin(store)
        return lowered

    def _begin(self, store: Store) -> None:
        import wasmtime

        begin = self._exports(store).get("_initialize")
        if isinstance(begin, wasmtime.Func):
            self.doing = "_initialize"
            begin(store)
            self.doing = ""

    def room(self, store: Store) -> dict[str, int]:
        """What its memories and tables take now, as fields of an answer.

        None of them ever shrinks, so that is the peak as well.
        """
        import wasmtime

        kinds = [export.type for export in self.module.exports if export.name != PROFILE]
        first = [kind.limits.min for kind in kinds if isinstance(kind, wasmtime.MemoryType)]
        assert self.instance is not None
        exports: Any = self.instance.exports(store)
        found = [linear(exports[name]) for name in self.memories if name != PROFILE]
        sizes = [memory.data_len(store) for memory in found if memory]
        return {
            "first_pages": max(first, default=0),
            "pages": max(sizes, default=0) // PAGE_BYTES,
            "memory": sum(sizes),
            "elements": sum(exports[name].size(store) for name in self.tables),
        }

    def counters(self, store: Store) -> list[int]:
        """The values of the globals that the verifier planted, in their order."""
        import wasmtime

        found = []
        for name, value in self._exports(store).items():
            if name.startswith(PLANTED) and isinstance(value, wasmtime.Global):
                found.append(int(value.value(store)))
        return found

    def moved(self, store: Store, names: Sequence[str]) -> int | None:
        """The fuel that was counted, as `wasm.bulk` says, by globals of these names; None: unknown.

        Nothing is to be counted where there are no names.
        """
        if not names or self.instance is None:
            return 0
        exports: Any = self.instance.exports(store)
        fuel, unknown = (int(exports[name].value(store)) for name in names)
        return None if unknown else fuel

    def left(self, store: Store, most: int) -> list[tuple[int, str]]:
        """The length and hash of each memory as it is now; nothing where all have over `most`."""
        import hashlib

        exports: Any = self.instance.exports(store) if self.instance else {}
        found = [memory for name in self.memories if (memory := linear(exports[name]))]
        if sum(memory.data_len(store) for memory in found) > most:
            return []
        left = []
        for memory in found:
            digest, length = hashlib.sha256(), memory.data_len(store)
            for start in range(0, length, _PART_BYTES):
                digest.update(memory.read(store, start, min(start + _PART_BYTES, length)))
            left.append((length, digest.hexdigest()))
        return left

    def profile(self, store: Store) -> bytes:
        """What was planted to keep call stacks, as far as it is used; nothing where it isn't."""
        import wasmtime

        memory = self._exports(store).get(PROFILE)
        if not isinstance(memory, wasmtime.Memory):
            return b""
        count = memory.read(store, NODES_COUNT_AT, NODES_COUNT_AT + 4)
        nodes = 2 + int.from_bytes(count, "little")
        return bytes(memory.read(store, 0, NODES_AT + NODE_BYTES * nodes))

    def _exports(self, store: Store) -> dict[str, Any]:
        """What the module itself exports."""
        assert self.instance is not None
        found = self.instance.exports(store)
        return {name: value for name, value in found.items() if name not in self.added}
