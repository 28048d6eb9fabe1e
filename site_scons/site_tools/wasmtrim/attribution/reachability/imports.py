"""How a Go package came into a program: which package imports it, from `main` on."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wasmtrim import records
from wasmtrim.attribution import shipped

_MAIN = "main"
_COMPILED = "compile"  # the stage whose module the record is of


@dataclass(frozen=True)
class Imports:
    """`packages` has what each package of a program imports."""

    packages: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __contains__(self, package: str) -> bool:
        return package in self.packages

    def chain(self, package: str) -> list[str]:
        """The shortest chain of imports from `main`; [] where none leads to the package."""
        came_from = {_MAIN: ""}
        waiting = deque(came_from)
        while waiting and package not in came_from:
            name = waiting.popleft()
            for imported in self.packages.get(name, ()):
                if imported not in came_from:
                    came_from[imported] = name
                    waiting.append(imported)
        found, name = [], package
        while name in came_from:
            found.append(name)
            name = came_from[name]
        return found[::-1]

    def of(self, package: str) -> list[str]:
        """The packages that import it."""
        return sorted(name for name, imported in self.packages.items() if package in imported)


def write(path: Path, module: bytes, packages: Mapping[str, Sequence[str]]) -> None:
    """Write the record of a module as its compiler left it, a line a package."""
    from wasmtrim import sizes

    ordered = {name: tuple(sorted(found)) for name, found in sorted(packages.items())}
    records.IMPORTS.write(path, records.ImportsRecord(sizes.sha256(module), ordered))


def beside(path: Path, data: bytes) -> Imports | None:
    """What a release wrote beside the module `data` in the file `path`.

    None where there is nothing, or where it is of another module.
    """
    release = shipped.release_of(path, data)
    compiled = release.stage(_COMPILED) if release else None
    if compiled is None:
        return None
    found = records.IMPORTS.find(path.with_suffix(".imports.json"))
    return Imports(found.packages) if found and found.compiled == compiled.sha256 else None
