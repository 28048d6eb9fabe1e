"""A component: its WASI preview 2 by wasmtime, with clock and chance driven by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from wasmtrim.engine.host import MOST_RANDOM_BYTES, RESOLUTION_NS, Host
from wasmtrim.engine.interface import Function, Interface, NoExport, Value

if TYPE_CHECKING:
    from wasmtime import Engine, Store
    from wasmtime.component import Component as Made
    from wasmtime.component import ExportIndex, Func, FuncType, Instance, ValType

Bind: TypeAlias = "Callable[[Func, Store], Callable[..., Any]]"
PREAMBLE = b"\0asm\x0d\0\x01\0"  # component model, Binary.md


def compiled(engine: Engine, data: bytes) -> Made:
    """Compile a component. Raises what wasmtime does about one that it does not take."""
    from wasmtime.component import Component as Made

    return Made(engine, data)


class Component:
    """A compiled component on its way to its end; `instance` is None before it has begun."""

    doing = ""  # all its calls are named ones

    def __init__(self, engine: Engine, made: Made, task: dict[str, Any]) -> None:
        from wasmtime import component

        self.component = made
        self.linker = component.Linker(engine)
        self.linker.add_wasip2()
        self.linker.allow_shadowing = True
        by_hand = _by_hand(Host(**task["clock"]))
        for name in self.component.type.imports(engine):
            functions = by_hand.get(name.partition("@")[0], {})
            if functions and _is_provided(engine, name, next(iter(functions))):
                with self.linker.root() as root, root.add_instance(name) as instance:
                    for function, answer in functions.items():
                        instance.add_func(function, _answering(answer))
        self.instance: Instance | None = None

    def instantiate(self, store: Store) -> None:
        self.instance = self.linker.instantiate(store, self.component)

    def start(self, store: Store) -> None:  # noqa: ARG002
        """Refuse: what a component's functions take and give are values of its interface."""
        raise NoExport("a component is called by its interface; name it under smoke.interface")

    def call(self, store: Store, steps: object) -> None:  # noqa: ARG002
        """Refuse: what a profile could name is numbers and bytes."""
        self.start(store)

    def exports_of(self, store: Store, interface: Interface) -> Lifted:
        """Find an interface's functions; NoExport where one isn't there."""
        assert self.instance is not None
        return Lifted(self.instance, store, interface)

    def counters(self, store: Store) -> list[int]:  # noqa: ARG002
        """Nothing is planted in a component."""
        return []

    def left(self, store: Store, most: int) -> list[tuple[int, str]]:  # noqa: ARG002
        """Nobody outside of a component sees its memory."""
        return []

    def profile(self, store: Store) -> bytes:  # noqa: ARG002
        """Nothing is planted in a component."""
        return b""

    def room(self, store: Store) -> dict[str, int]:  # noqa: ARG002
        """Nobody outside of a component sees its memory."""
        return {}


def _by_hand(host: Host) -> dict[str, dict[str, Callable[..., Any]]]:
    """The functions of WASI preview 2 that would differ from run to run, by their interfaces.

    Waiting isn't among them: what is waited for is a thing of the engine's own.
    """
    from wasmtime import WasmtimeError
    from wasmtime.component import Record

    def random_bytes(size: int) -> bytes:
        if size > MOST_RANDOM_BYTES:
            raise WasmtimeError(f"it asks for {size} random bytes")
        return host.random(size)

    def random_number() -> int:
        return int.from_bytes(host.random(8), "little")

    def datetime(nanoseconds: int) -> Record:
        made = Record()
        vars(made).update(zip(("seconds", "nanoseconds"), divmod(nanoseconds, 10**9), strict=True))
        return made

    return {
        "wasi:clocks/monotonic-clock": {
            "now": lambda: host.read_clock(),
            "resolution": lambda: RESOLUTION_NS,
        },
        "wasi:clocks/wall-clock": {
            "now": lambda: datetime(host.read_clock()),
            "resolution": lambda: datetime(RESOLUTION_NS),
        },
        "wasi:random/random": {
            "get-random-bytes": random_bytes,
            "get-random-u64": random_number,
        },
        "wasi:random/insecure": {
            "get-insecure-random-bytes": random_bytes,
            "get-insecure-random-u64": random_number,
        },
        "wasi:random/insecure-seed": {"insecure-seed": lambda: (random_number(), random_number())},
    }


def _answering(answer: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _store, *args: answer(*args)


def _is_provided(engine: Engine, interface: str, function: str) -> bool:
    """Whether the engine has the interface in just this version.

    Of another version it links its own one, as compatible; ours would then hide it whole.
    """
    from wasmtime import WasmtimeError
    from wasmtime.component import Linker

    linker = Linker(engine)
    linker.add_wasip2()
    try:
        with linker.root() as root, root.add_instance(interface) as instance:
            instance.add_func(function, _answering(int))
    except WasmtimeError:  # it is there already
        return True
    return False


class Lifted:
    """The functions of an interface, as a component's instance exports them.

    `bind` makes of a function what is called in its place, with a store first.
    """

    def __init__(
        self,
        instance: Instance,
        store: Store,
        interface: Interface,
        bind: Bind = lambda func, _: func,
    ) -> None:
        self.store = store
        self.interface = interface
        within = instance.get_export_index(store, interface.name) if interface.name else None
        if interface.name and within is None:
            raise NoExport(f"it exports no instance {interface.name}")
        self.functions = {
            name: self._function(instance, within, name, function)
            for name, function in interface.functions.items()
        }
        self.calls = {name: bind(function, store) for name, function in self.functions.items()}

    def _function(
        self, instance: Instance, within: ExportIndex | None, name: str, wanted: Function
    ) -> Func:
        index = instance.get_export_index(self.store, name, within)
        found = None if index is None else instance.get_func(self.store, index)
        if found is None:
            raise NoExport(f"{self.interface.name or 'it'} has no function {name}")
        if not self._fits(found.type(self.store), wanted):
            raise NoExport(
                f"{name} has not the type that {self.interface.name or 'the profile'} gives it"
            )
        return found

    def _fits(self, found: FuncType, wanted: Function) -> bool:
        from wasmtime.component import EnumType, ResultType

        if [_text(kind) for _, kind in found.params] != list(wanted.params):
            return False
        result = found.result
        if wanted.result == "list<u8>":
            return _text(result) == wanted.result
        return (
            isinstance(result, ResultType)
            and result.ok is None
            and isinstance(result.err, EnumType)
            and tuple(result.err.names) == self.interface.faults
        )

    def call(self, name: str, *args: Value) -> str | bytes | None:
        """Call a function, as `interface.Exports` says; the engine checks what comes back."""
        value: str | bytes | None = self.calls[name](self.store, *args)
        self.functions[name].post_return(self.store)
        return value


def _text(kind: ValType | None) -> str:
    from wasmtime.component import U8, U32, U64, ListType, String

    if isinstance(kind, ListType):
        return f"list<{_text(kind.element)}>"
    plain = {U8: "u8", U32: "u32", U64: "u64", String: "string"}
    return plain.get(type(kind), "") if kind else ""
