"""From a module's bytes to a guest in one of the modes."""

from __future__ import annotations

import json
import resource
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wasmtrim.engine import private_api
from wasmtrim.engine.component import PREAMBLE
from wasmtrim.engine.inference import Inference
from wasmtrim.engine.interface import NoExport
from wasmtrim.engine.interfaces import INTERFACES, exported
from wasmtrim.engine.rlimits import lower
from wasmtrim.nn.settings import Settings
from wasmtrim.serve import compiled
from wasmtrim.serve.bounds import Bounds
from wasmtrim.serve.guest import Guest
from wasmtrim.serve.stdio import Stdio
from wasmtrim.serve.ticker import Ticker

if TYPE_CHECKING:
    from wasmtime import Config, Engine, Store


COMPILE_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Plan:
    """What a worker is to do. `cache` is the folder for compiled modules."""

    mode: str
    call: str
    bounds: Bounds
    cache: str
    nn: Settings | None = None

    @property
    def seconds(self) -> float:
        """How long a worker may be at work on a request: where it compiles, that is not counted."""
        return self.bounds.seconds + (COMPILE_SECONDS if self.mode == "compile" else 0)

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Plan:
        """Read what `to_json` gave."""
        content = json.loads(text)
        bounds, nn = Bounds(**content["bounds"]), Settings.of(content["nn"])
        return cls(**{**content, "bounds": bounds, "nn": nn})


def load(
    plan: Plan,
    data: bytes,
    control: socket.socket,
    *,
    note: Callable[[str], None],
    gone: Callable[[], None],
) -> Guest:
    """Compile or find the module, and make one instance as a trial.

    `note` is told what is done in another way than asked for; `gone` is called when the other side
    of `control` is gone, in a thread of its own. Raises NoExport, what wasmtime does about a module
    that it does not take, and ValueError where nothing here runs the models.
    """
    import wasmtime

    component = data.startswith(PREAMBLE)
    engine = wasmtime.Engine(_config(plan, note))
    ticker = Ticker(engine, control, plan.bounds.seconds, gone)
    stdio = Stdio(plan.bounds.output)
    inference = _inference(plan.nn, note)
    form: _Component | _Core = _Component(engine) if component else _Core(engine, stdio, inference)
    code, file = _code(plan, data, form, note)
    ready = form.prepare(code)

    def prepare() -> Callable[[Store], Any]:
        match plan.mode:
            case "compile":
                return form.prepare(form.compile(data))
            case "deserialize":
                return form.prepare(form.restore(str(file)))
            case _:
                return ready

    guest = Guest(
        engine,
        prepare,
        plan.call or _call(form.names(code)),
        plan.bounds,
        ticker,
        stdio,
        component=component,
        reused=plan.mode == "reused",
        inference=inference,
    )
    if plan.nn:
        _bound_data(plan.bounds.memory + plan.nn.host_bytes)
    guest.begin().store.close()
    return guest


def _bound_data(more: int) -> None:
    """Let the process have no more data than it has now, and `more` bytes: a model takes its own.

    The pool has already reserved gigabytes for stacks, which nobody uses.
    """
    if sys.platform == "linux":  # macOS takes the limit and does not hold it
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
        lower(resource.RLIMIT_DATA, pages * resource.getpagesize() + more)


def _inference(settings: Settings | None, note: Callable[[str], None]) -> Inference | None:
    """What runs the models of a module that may have some."""
    if settings is None:
        return None
    from wasmtrim.nn.backend import Backend

    backend = Backend(settings)
    dispatch = backend.dispatch
    if refusal := dispatch.refusal(settings.require):
        raise ValueError(refusal)
    if dispatch.missing:
        note(f"nn: {dispatch.told}")
    return Inference(backend)


def _config(plan: Plan, note: Callable[[str], None]) -> Config:
    import wasmtime

    config = wasmtime.Config()
    config.epoch_interruption = True
    config.consume_fuel = plan.bounds.fuel is not None
    if plan.mode in ("pooled", "reused"):
        missing = private_api.missing()
        if missing:
            note(f"no pool: {missing}; each instance gets memory of its own")
        else:
            bounds = plan.bounds
            private_api.use_pool(config, memory=bounds.memory, elements=bounds.elements)
    return config


def _call(exports: list[str]) -> str:
    if interface := exported(exports):
        return f"interface {interface}"
    if "_start" in exports:
        return "command"
    raise NoExport(
        f"it exports neither _start nor {' nor '.join(INTERFACES)}; name its function of"
        " list<u8> -> list<u8> under serve.export in a profile"
    )


def _code(
    plan: Plan, data: bytes, form: _Core | _Component, note: Callable[[str], None]
) -> tuple[Any, Path | None]:
    """The compiled module, and its file in the cache; the mode `compile` leaves that alone."""
    if plan.mode == "compile":
        return form.compile(data), None
    settings = f"epochs, fuel {plan.bounds.fuel is not None}"
    key = compiled.key(data, version("wasmtime"), settings)
    folder = Path(plan.cache)
    file = compiled.find(folder, key)
    if file:
        return form.restore(str(file)), file
    code = form.compile(data)
    try:
        file = compiled.write(folder, key, code.serialize())
    except OSError as error:
        if plan.mode == "deserialize":
            raise
        note(f"{folder}: {error.strerror}; each worker compiles the module at its start")
    return code, file


class _Core:
    """How a core module is compiled and linked."""

    def __init__(self, engine: Engine, stdio: Stdio, inference: Inference | None) -> None:
        import wasmtime

        self.engine = engine
        self.linker = wasmtime.Linker(engine)
        self.linker.define_wasi()
        self.linker.allow_shadowing = True
        stdio.define(self.linker)
        if inference:
            inference.define(self.linker)

    def names(self, module: Any) -> list[str]:
        return [export.name for export in module.exports]

    def compile(self, data: bytes) -> Any:
        import wasmtime

        return wasmtime.Module(self.engine, data)

    def restore(self, file: str) -> Any:
        import wasmtime

        return wasmtime.Module.deserialize_file(self.engine, file)

    def prepare(self, module: Any) -> Callable[[Store], Any]:
        return self.linker.instantiate_pre(module).instantiate


class _Component:
    """The same for a component; its WASI preview 2 has streams that are empty."""

    def __init__(self, engine: Engine) -> None:
        from wasmtime import component

        self.engine = engine
        self.linker = component.Linker(engine)
        self.linker.add_wasip2()

    def names(self, made: Any) -> list[str]:
        return list(made.type.exports(self.engine))

    def compile(self, data: bytes) -> Any:
        from wasmtime import component

        return component.Component(self.engine, data)

    def restore(self, file: str) -> Any:
        from wasmtime import component

        return component.Component.deserialize_file(self.engine, file)

    def prepare(self, made: Any) -> Callable[[Store], Any]:
        return lambda store: self.linker.instantiate(store, made)
