"""What is measured: a profile's module by its cases, or a module alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wasmtrim import profile, reading, records, wasm
from wasmtrim.attribution.names import sources
from wasmtrim.attribution.owners import Owners
from wasmtrim.engine.interfaces import INTERFACES, exported
from wasmtrim.errors import UsageError
from wasmtrim.profile import Loaded
from wasmtrim.verify import MOST_MODULE_BYTES, smoke
from wasmtrim.verify.conditions import Conditions, conditions
from wasmtrim.verify.sandbox import Given, RunLimits
from wasmtrim.wasm import Module


@dataclass(frozen=True)
class Subject:
    """`shipped` is what ships, and `measured` the same code with its names.

    Of a component that is the program in it. `cases` are what it is given, each with its name.
    """

    label: str
    shipped: bytes
    measured: Module
    owners: Owners
    cases: tuple[tuple[str, Given], ...]
    conditions: Conditions
    component: bool

    @property
    def named(self) -> bool:
        """Whether the code that is measured is of another file than the one that ships."""
        return self.measured.data != self.shipped

    def titled(self, case: str) -> str:
        """What a message begins with that tells of a case."""
        return f"{self.label}: case {case}" if case else self.label


def of_module(file: Path, given: Path | None, args: Sequence[str], folder: Path) -> Subject:
    """Take a module by itself: it reads the file `given`, as a command or by an interface.

    Raises UsageError where it is not to be called so, and ModuleError where it is none.
    """
    shipped = reading.whole(file, "a module to measure", MOST_MODULE_BYTES)
    measured, owners, component = _named(shipped, file)
    interface = None
    if "_start" not in {entry.name for entry in measured.exports}:
        interface = exported(entry.name for entry in measured.exports)
        if interface is None:
            raise UsageError(
                f"{file}: it exports no _start and no interface that is known"
                f" ({', '.join(INTERFACES)}); say in a profile how it is called, and name that"
            )
        if given is None:
            raise UsageError(f"{file}: name the file that {interface} is given, by --input")
    if given is not None:
        given = _input(given, interface)
    into = folder / "case"
    case = Given(into, given, (file.stem, *args), interface=interface)
    known = Conditions(RunLimits(), 0, 1, now_ms=True)
    cases = (("", case),)
    return Subject(file.name, shipped, measured, owners, cases, known, component)


def of_profile(name: str, root: Path, folder: Path) -> Subject:
    """Take what a profile of the project ships, on all its cases.

    Raises UsageError where it isn't there, or has no case.
    """
    loaded = profile.load(name, root)
    settings = loaded.profile
    if not settings.smoke:
        raise UsageError(
            f"profile {loaded.name}: it has no smoke run (smoke: null), so that there is nothing to"
            " run; give its module, and an input by --input"
        )
    file = root / "dist" / f"{loaded.name}.wasm"
    if not file.is_file():
        raise UsageError(f"{file}: no such file; make it with scons release profile={name}")
    release = records.SIZES.find(file.with_suffix(".sizes.json"))
    compiler = release.compiler.name if release and release.compiler else None
    shipped = reading.whole(file, "a module to measure", MOST_MODULE_BYTES)
    return of_build(loaded, root, shipped, file, compiler, folder)


def of_build(
    loaded: Loaded, root: Path, shipped: bytes, file: Path, compiler: str | None, folder: Path
) -> Subject:
    """Take a module that a profile ships, or will as `file`, beside which its names are."""
    settings = loaded.profile
    measured, owners, component = _named(shipped, file)
    cases = tuple(
        (case.name or "", smoke.given(case, settings, root, folder / f"case-{number}"))
        for number, case in enumerate(settings.smoke)
    )
    known = conditions(settings, compiler, root)
    return Subject(loaded.name, shipped, measured, owners, cases, known, component)


def _named(shipped: bytes, file: Path) -> tuple[Module, Owners, bool]:
    """Find the names of a module; where they are only likely, measure the build that has them.

    Also tells whether it is a component.
    """
    known = sources.beside(file, shipped)
    owners = known.owners(shipped)
    if owners.approximate and known.named:
        owners = dataclasses.replace(known, named=None).owners(known.named)
    return owners.module, owners, not isinstance(wasm.read_binary(shipped), Module)


def _input(file: Path, interface: str | None) -> Path:
    if not file.is_file():
        raise UsageError(f"{file}: no such file; --input names it")
    if interface:
        try:
            INTERFACES[interface].read(file.read_bytes())
        except ValueError as error:
            raise UsageError(f"{file}: {error}; --input names it") from None
    return file
