"""A core module: how it is called, and the memory that it exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wasmtrim.engine.canonical import Lowered
from wasmtrim.engine.interface import Interface, NoExport
from wasmtrim.engine.preview1 import make_linker

if TYPE_CHECKING:
    from wasmtime import Engine, Instance, Store


class Core:
    """A module on its way from compiling to its end; `instance` is None before it has begun."""

    def __init__(self, engine: Engine, data: bytes, task: dict[str, Any]) -> None:
        import wasmtime

        self.module = wasmtime.Module(engine, data)
        self.linker = make_linker(engine, task)
        self.instance: Instance | None = None

    def instantiate(self, store: Store) -> None:
        self.instance = self.linker.instantiate(store, self.module)

    def call(self, store: Store, wanted: dict[str, Any] | None) -> list[int | float | str] | None:
        """Run `_start`, or the export that is wanted, after `_initialize` where there is one.

        Gives what the wanted export returns. NoExport where it isn't there, or takes other
        arguments.
        """
        import wasmtime

        exports = self._exports(store)
        if wanted is None:
            start = exports.get("_start")
            if not isinstance(start, wasmtime.Func):
                raise NoExport(
                    "it exports no function _start; name one under smoke.call, or its interface"
                    " under smoke.interface"
                )
            start(store)
            return None
        name, args = wanted["export"], wanted["args"]
        function = exports.get(name)
        if not isinstance(function, wasmtime.Func):
            raise NoExport(f"it exports no function {name}")
        params = [str(kind) for kind in function.type(store).params]
        if len(params) != len(args):
            raise NoExport(f"{name} takes ({', '.join(params)}), smoke.call.args has {len(args)}")
        self._begin(store)
        taken = [value_of(kind, arg) for kind, arg in zip(params, args, strict=True)]
        returned = function(store, *taken)
        values = returned if isinstance(returned, list) else [] if returned is None else [returned]
        return [value if isinstance(value, int | float) else str(value) for value in values]

    def exports_of(self, store: Store, interface: Interface) -> Lowered:
        """Find an interface's functions, then begin; NoExport where one isn't there."""
        lowered = Lowered(self._exports(store), store, interface)
        self._begin(store)
        return lowered

    def _begin(self, store: Store) -> None:
        import wasmtime

        begin = self._exports(store).get("_initialize")
        if isinstance(begin, wasmtime.Func):
            begin(store)

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

    def _exports(self, store: Store) -> Any:
        assert self.instance is not None
        return self.instance.exports(store)


def value_of(kind: str, value: float) -> int | float:
    """An argument as wasmtime takes it: integers are signed there."""
    if kind in ("f32", "f64"):
        return float(value)
    half = 1 << (31 if kind == "i32" else 63)
    return (int(value) + half) % (2 * half) - half
