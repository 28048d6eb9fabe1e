"""A world of WIT, resolved: its interfaces with their functions, resources and types.

Read from the JSON that `wasm-tools component wit --json` prints: flat lists of worlds, interfaces,
types and packages, which name each other by index. Nothing in it is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wasmtrim.errors import UsageError
from wasmtrim.escaping import excerpt
from wasmtrim.spelling import nearest

PRIMITIVES: Final = frozenset(
    ("bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string")
)
MOST_DEPTH: Final = 100  # of types in types; wasmparser, which reads components, allows no more
_MOST_SHOWN_CHARACTERS = 80  # of a type without a name
_ASYNC = ("error-context", "future", "stream")
_FUNCTIONS = ("freestanding", "method", "static", "constructor")


@dataclass(frozen=True, eq=False, slots=True)
class Type:
    """`kind` is a primitive, or how it is made; `text` is how WIT writes it.

    `parts` are the fields of a record, the elements of a tuple, list or map, and the payloads of a
    variant's cases, of which None has none. `count` is the number of flags or cases, or the length
    of a fixed-length list. A type that comes twice is one object, so a world is as large as its
    text.
    """

    kind: str
    text: str
    parts: tuple[Type | None, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a function."""

    name: str
    type: Type

    def __str__(self) -> str:
        return f"{self.name}: {self.type.text}"


@dataclass(frozen=True, slots=True)
class Function:
    """`name` is that in a module, `[method]blob.read`."""

    name: str
    params: tuple[Param, ...]
    result: Type | None

    def __str__(self) -> str:
        result = f" -> {self.result.text}" if self.result else ""
        return f"func({', '.join(map(str, self.params))}){result}"


@dataclass(frozen=True, slots=True)
class Interface:
    """`name` is `package/interface@version`, a name of the world, or "" for the world itself.

    `compatible` is the name with that part of the version only which tells what it is compatible
    with: `@0.2` for `@0.2.1`, `@1` for `@1.4.0` (component model, "Canonical interface name").
    """

    name: str
    compatible: str
    functions: tuple[Function, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """`name` is `package/world@version`."""

    name: str
    imports: tuple[Interface, ...]
    exports: tuple[Interface, ...]


def select(document: Any, name: str | None) -> World:
    """Return the world of that name; None is the only one of the document.

    `name` is the world's own, or with its package: `wasi:cli/command@0.2.6`, or that without the
    version. Raises UsageError where it isn't there or has what no synchronous core module can
    have, ValueError where the document is none of the known form.
    """
    try:
        return _Document(document).world(name)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"it has not the known form: {type(error).__name__} {error}") from None


class _Document:
    def __init__(self, document: dict[str, Any]) -> None:
        self.worlds = document["worlds"]
        self.interfaces = document["interfaces"]
        self.types = document["types"]
        self.packages = [str(package["name"]) for package in document["packages"]]
        self.made: dict[int, Type] = {}

    def world(self, wanted: str | None) -> World:
        found = self._selected(wanted)
        name = self._qualified(found["package"], found["name"])
        sides = found["imports"], found["exports"]
        imports, exports = (tuple(self._interfaces(side)) for side in sides)
        return World(name, imports, exports)

    def _selected(self, wanted: str | None) -> dict[str, Any]:
        named = [(self._qualified(w["package"], w["name"]), w) for w in self.worlds]
        fits = [
            (name, world)
            for name, world in named
            if wanted in (None, name, name.partition("@")[0], world["name"])
        ]
        if len(fits) == 1:
            return dict(fits[0][1])
        known = ", ".join(excerpt(name) for name, _ in (fits or named)[:10]) or "none"
        if fits:
            raise UsageError(f"it has {len(fits)} such worlds: {known}; name one, with its package")
        near = nearest(wanted or "", [*(w["name"] for w in self.worlds), *(n for n, _ in named)])
        raise UsageError(f"it has no world {excerpt(wanted or '')!r}; {near}it has {known}")

    def _qualified(self, package: int, name: str) -> str:
        pure, at, version = self.packages[_index(package)].partition("@")
        return f"{pure}/{name}{at}{version}"

    def _interfaces(self, items: dict[str, Any]) -> Iterator[Interface]:
        """The interfaces of one side; what stands in the world by itself is the first of them."""
        functions: list[Function] = []
        resources: list[str] = []
        others: list[Interface] = []
        for key, item in items.items():
            if "function" in item:
                functions.append(self._function(item["function"]))
            elif "type" in item:
                resources += self._resource(key, item["type"])
            else:
                others.append(self._interface(key, item["interface"]["id"]))
        if functions or resources:
            yield Interface("", "", tuple(functions), tuple(resources))
        yield from others

    def _interface(self, key: str, index: int) -> Interface:
        found = self.interfaces[_index(index)]
        if key == f"interface-{index}" and found["name"] is not None:
            name = self._qualified(found["package"], found["name"])
        else:
            name = key
        resources = [r for n, t in found["types"].items() for r in self._resource(n, t)]
        functions = tuple(map(self._function, found["functions"].values()))
        return Interface(name, compatible(name), functions, tuple(resources))

    def _resource(self, name: str, index: int) -> Iterator[str]:
        if self.types[_index(index)]["kind"] == "resource":
            yield name

    def _function(self, found: dict[str, Any]) -> Function:
        name, kind = str(found["name"]), found["kind"]
        if (kind if isinstance(kind, str) else next(iter(kind))) not in _FUNCTIONS:
            raise UsageError(f"the function {excerpt(name)} is async; {_ONLY_SYNCHRONOUS}")
        try:
            params = tuple(Param(p["name"], self._type(p["type"])) for p in found["params"])
            result = found.get("result")
            return Function(name, params, None if result is None else self._type(result))
        except _Refused as refused:
            raise UsageError(f"the function {excerpt(name)} {refused}") from None

    def _type(self, given: str | int, depth: int = 0) -> Type:
        if isinstance(given, str):
            if given not in PRIMITIVES:
                raise _Refused(f"has a type {excerpt(given)}; {_ONLY_SYNCHRONOUS}")
            return Type(given, given)
        made = self.made.get(_index(given))
        if made is None:
            if depth > MOST_DEPTH:
                raise _Refused(f"has types that are nested more than {MOST_DEPTH} deep")
            made = self.made[given] = self._made(self.types[given], depth + 1)
        return made

    def _made(self, found: dict[str, Any], depth: int) -> Type:
        kind: str | dict[str, Any] = found["kind"]
        of: Any = None
        if not isinstance(kind, str):
            kind, of = next(iter(kind.items()))
        parts: Sequence[str | int | None] = ()
        count = 0
        match kind:
            case "type":
                target = self._type(of, depth)
                return Type(target.kind, found["name"], target.parts, target.count)
            case "handle":
                owned, index = next(iter(of.items()))
                resource = excerpt(str(self.types[_index(index)]["name"]))
                text = resource if owned == "own" else f"{owned}<{resource}>"
                return Type("handle", found["name"] or text)
            case "record":
                parts = [field["type"] for field in of["fields"]]
            case "tuple":
                parts = of["types"]
            case "variant":
                parts = [case["type"] for case in of["cases"]]
            case "result":
                parts = [of["ok"], of["err"]]
            case "option":
                parts = [None, of]
            case "list":
                parts = [of]
            case "map":
                parts = of
            case "fixed-length-list":
                parts, count = [of[0]], int(of[1])
            case "flags":
                count = len(of["flags"])
            case "enum":
                count = len(of["cases"])
            case _:
                only = (
                    _ONLY_SYNCHRONOUS if kind in _ASYNC else "only types of values can be lowered"
                )
                raise _Refused(f"has a type {excerpt(str(kind))}; {only}")
        made = tuple(None if part is None else self._type(part, depth) for part in parts)
        return Type(kind, found["name"] or _text(kind, made, count), made, count)


_ONLY_SYNCHRONOUS = "a contract of a core module knows synchronous functions and their types only"


class _Refused(Exception):
    """What a function has that can't be lowered."""


def _index(value: int) -> int:
    """Refuse what would count from the end of a list."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{value!r} is not an index")
    return value


def compatible(name: str) -> str:
    """Cut the version in `package/interface@version` to the part that tells its compatibility."""
    pure, at, version = name.partition("@")
    version = version.partition("+")[0]
    parts = version.split(".")
    if not at or "-" in version or len(parts) != 3:
        return f"{pure}{at}{version}"
    significant = next((n for n, part in enumerate(parts, 1) if part != "0"), len(parts))
    return f"{pure}@{'.'.join(parts[:significant])}"


def _text(kind: str, parts: tuple[Type | None, ...], count: int) -> str:
    """Write a type without a name as WIT does."""
    inner = ["_" if part is None else part.text for part in parts]
    if kind == "option":
        inner = inner[1:]
    elif kind == "result":
        inner = [] if parts == (None, None) else inner[:1] if parts[1] is None else inner
    elif kind == "fixed-length-list":
        kind, inner = "list", [*inner, str(count)]
    shown = f"{kind}<{', '.join(inner)}>" if inner else kind
    return excerpt(shown, _MOST_SHOWN_CHARACTERS)
