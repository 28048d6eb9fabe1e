"""Which hosts take a ready module: judged by whose imports it has (data/assess/interfaces.yaml)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal

from wasmtrim import wasm
from wasmtrim.assess import rules
from wasmtrim.escaping import printable
from wasmtrim.wasm import Component
from wasmtrim.wording import listed

PREVIEW1: Final = "WASI preview 1"
_MOST = 1_000  # imports that are listed


@dataclass(frozen=True)
class Interface:
    """Whose functions they are: import modules, or `module.name`; `*` ends a prefix."""

    name: str
    hosts: str
    modules: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()

    def has(self, module: str, key: str) -> bool:
        return any(fnmatchcase(module, _literal(pattern)) for pattern in self.modules) or any(
            fnmatchcase(key, _literal(pattern)) for pattern in self.imports
        )


@dataclass(frozen=True)
class World:
    """What a component exports that is made for such a host."""

    name: str
    hosts: str
    exports: tuple[str, ...]


@dataclass(frozen=True)
class Used:
    """An interface that the module uses, and its imports of it."""

    name: str
    hosts: str
    imports: tuple[str, ...]


@dataclass(frozen=True)
class Needs:
    """What a module needs of its host. `kind` says it in a word, `verdict` in a sentence."""

    schema: Literal[1]
    kind: Literal["preview1", "preview1-and-host", "component", "host", "none"]
    verdict: str
    interfaces: tuple[Used, ...]
    exports: tuple[str, ...]
    hosts: tuple[str, ...]


def assess(data: bytes) -> Needs:
    """Judge a module or a component. Raises ModuleError where it is none."""
    binary = wasm.read_binary(data)
    exports = tuple(printable(export.name) for export in binary.exports[:_MOST])
    if isinstance(binary, Component):
        return _component([entry.name for entry in binary.imports], exports)
    used = _used((entry.module, entry.key) for entry in binary.imports)
    names = [interface.name for interface in used]
    others = [name for name in names if name != PREVIEW1]
    if not names:
        kind: Literal["none", "preview1", "preview1-and-host", "host"] = "none"
        verdict = "imports nothing: any host takes it, and calls its exports"
    elif not others:
        kind, verdict = "preview1", "imports WASI preview 1 only: every WASI host takes it"
    elif PREVIEW1 in names:
        kind = "preview1-and-host"
        verdict = f"imports WASI preview 1 and {', '.join(others)}: a host must have both"
    else:
        kind = "host"
        verdict = f"is made for one kind of host: {', '.join(others)}"
    return Needs(1, kind, verdict, used, exports, tuple(i.hosts for i in used))


def _component(imports: Sequence[str], exports: tuple[str, ...]) -> Needs:
    worlds = [
        world
        for world in _worlds()
        if any(fnmatchcase(name, pattern) for name in exports for pattern in world.exports)
    ]
    packages: dict[str, list[str]] = {}
    for name in map(printable, imports[:_MOST]):
        packages.setdefault(name.partition("/")[0], []).append(name)
    foreign = [package for package in packages if not package.startswith("wasi:")]
    used = tuple(
        Used(
            package,
            "hosts of the component model" if package.startswith("wasi:") else "a host with it",
            tuple(names),
        )
        for package, names in packages.items()
    )
    known = ", ".join(world.name for world in worlds)
    world = f"of the world {known}" if known else f"with a world of its own: {_exported(exports)}"
    needs = f", and imports {', '.join(foreign)} of the host's own" if foreign else ""
    verdict = f"is a component {world}{needs}"
    hosts = tuple(world.hosts for world in worlds) or ("a host that knows its world",)
    return Needs(1, "component", verdict, used, exports, hosts)


def _exported(exports: tuple[str, ...]) -> str:
    return f"it exports {listed(exports, 3)}" if exports else "it exports nothing"


def _used(imports: Iterable[tuple[str, str]]) -> tuple[Used, ...]:
    found: dict[str, tuple[str, list[str]]] = {}
    known = _interfaces()
    for module, key in imports:
        interface = next((i for i in known if i.has(module, key)), None)
        name = interface.name if interface else f"host functions {printable(module)}.*"
        hosts = interface.hosts if interface else "a host with these functions"
        _, keys = found.setdefault(name, (hosts, []))
        if len(keys) < _MOST:
            keys.append(printable(key))
    return tuple(Used(name, hosts, tuple(keys)) for name, (hosts, keys) in found.items())


def _literal(pattern: str) -> str:
    """A pattern in which only * means something."""
    return pattern.replace("[", "[[]")


def _interfaces() -> tuple[Interface, ...]:
    from pydantic import TypeAdapter

    listed = rules.read("interfaces.yaml")["interfaces"]
    return TypeAdapter(tuple[Interface, ...]).validate_python(listed)


def _worlds() -> tuple[World, ...]:
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[World, ...]).validate_python(rules.read("interfaces.yaml")["worlds"])


def as_text(needs: Needs, label: str) -> str:
    """The answer for the terminal."""
    lines = [f"{printable(label)}: {needs.verdict}"]
    for used in needs.interfaces:
        lines += ["", f"{used.name} ({len(used.imports)})", f"  hosts: {used.hosts}"]
        lines += [f"  {name}" for name in used.imports]
    if needs.kind == "component":
        lines += ["", f"hosts: {'; '.join(needs.hosts)}"]
    return "\n".join(lines) + "\n"


def as_markdown(needs: Needs, label: str) -> str:
    """The answer as Markdown."""
    from wasmtrim.assess.formats.markdown import plain

    lines = [f"# {plain(printable(label))}", "", f"{plain(needs.verdict)}.", ""]
    lines += [
        f"- {plain(used.name)} ({len(used.imports)} imports): {plain(used.hosts)}"
        for used in needs.interfaces
    ]
    return "\n".join(lines) + "\n"


def as_json(needs: Needs, label: str) -> str:  # noqa: ARG001
    """The answer as JSON, the same for every path."""
    from pydantic import TypeAdapter

    return TypeAdapter(Needs).dump_json(needs, indent=2).decode() + "\n"


FORMATS: Final = {"text": as_text, "md": as_markdown, "json": as_json}
