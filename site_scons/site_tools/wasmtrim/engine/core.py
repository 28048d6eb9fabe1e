"""A core module: how it is called, and the memory that it exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wasmtrim.engine.canonical import Lowered
from wasmtrim.engine.interface import Interface, NoExport
from wasmtrim.engine.preview1 import make_linker
from wasmtrim.engine.steps import Steps

if TYPE_CHECKING:
    from wasmtime import Engine, Instance, Module, Store

PLANTED = "wasmtrim counter "  # begins the names of the globals that count what a run did


class Core:
    """A compiled module on its way to its end; `instance` is None before it has begun.

    `doing` is the call at work that nobody asked for by name.
    """

    def __init__(self, engine: Engine, module: Module, task: dict[str, Any]) -> None:
        self.module = module
        self.linker = make_linker(engine, task)
        self.instance: Instance | None = None
        self.doing = ""

    def instantiate(self, store: Store) -> None:
        self.instance = self.linker.instantiate(store, self.module)

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

    def pages(self, store: Store) -> tuple[int | None, int | None]:
        """The size of the largest exported memory in pages, at first and now.

        It never shrinks, so the latter is the peak as well.
        """
        import wasmtime

        kinds = [export.type for export in self.module.exports]
        first = [kind.limits.min for kind in kinds if isinstance(kind, wasmtime.MemoryType)]
        found = [e for e in self._exports(store).values() if isinstance(e, wasmtime.Memory)]
        last = [memory.size(store) for memory in found]
        return max(first, default=None), max(last, default=None)

    def counters(self, store: Store) -> list[int]:
        """The values of the globals that the verifier planted, in their order."""
        import wasmtime

        found = []
        for name, value in self._exports(store).items():
            if name.startswith(PLANTED) and isinstance(value, wasmtime.Global):
                found.append(int(value.value(store)))
        return found

    def _exports(self, store: Store) -> Any:
        assert self.instance is not None
        return self.instance.exports(store)
