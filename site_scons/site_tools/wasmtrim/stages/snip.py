"""Snip: put a trap in place of functions that the profile names, so that their code can go.

An assumption, not an identity: the profile says that they are never reached. The bodies keep their
length, so that no offset moves; the stages that follow drop them and what only they reached.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtrim import OWN
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.stages import job as jobs
from wasmtrim.stages.job import IN, OUT, Job
from wasmtrim.wasm import Module, bodies
from wasmtrim.wasm import names as name_section
from wasmtrim.wasm.golang import pclntab

if TYPE_CHECKING:
    from wasmtrim.profile import Profile

NAME = "snip"
PROGRAM: str = OWN
SHOWN_NAMES = 20  # of the functions that leave

_NO_LOCALS, _UNREACHABLE, _NOP, _END = b"\x00", b"\x00", b"\x01", b"\x0b"
_SHORTEST = 3  # bytes of a body that traps


@dataclass(frozen=True)
class Settings(jobs.Settings):
    """`functions`: their names, in which `*` stands for any text."""

    functions: tuple[str, ...] = ()


def wanted(profile: Profile) -> bool:
    """Return whether the profile names functions to snip."""
    return bool(profile.snip)


def settings(profile: Profile) -> Settings:
    """Read the profile's part of this stage."""
    return Settings(functions=profile.snip)


def job(settings: Settings, before: Module, features: tuple[str, ...]) -> Job:  # noqa: ARG001
    """Return our own arguments."""
    return Job((NAME, IN, f"--out={OUT}", "--", *settings.functions))


def check(settings: Settings, before: Module, after: Module) -> tuple[str, ...]:
    """Refuse a module in which anything else changed."""
    snipped = snip(before, settings.functions)
    if snipped.data != after.data:
        raise ToolError("more than the bodies of the named functions changed")
    return notes(snipped)


@dataclass(frozen=True, slots=True)
class Function:
    """`bytes` are those of its body."""

    name: str
    bytes: int


@dataclass(frozen=True)
class Snipped:
    """`functions` trap now; `left` are those that nothing else reaches."""

    data: bytes
    functions: tuple[Function, ...]
    left: tuple[Function, ...]
    unmatched: tuple[str, ...]


def snip(module: Module, patterns: Sequence[str]) -> Snipped:
    """Make the functions trap whose names match a pattern; `*` in it stands for any text.

    Raises UsageError where the module has no names, ModuleError where a body can't be read.
    """
    known = names(module)
    if not known:
        raise UsageError(
            f"{NAME}: the module has no function names, in a name section or in Go's pclntab;"
            f" build it with names, or take {NAME} out of the profile"
        )
    chosen: dict[int, str] = {}
    unmatched = []
    for pattern in patterns:
        parts = pattern.split("*")
        found = {i: n for i, n in known.items() if _matches(n, parts) and _has_code(module, i)}
        chosen |= found
        if not found:
            unmatched.append(pattern)
    data = bytearray(module.data)
    for index in chosen:
        start, end = module.body(index)
        filler = _NOP * (end - start - _SHORTEST)
        data[start:end] = _NO_LOCALS + _UNREACHABLE + filler + _END
    left = _reached(module, ()) - _reached(module, chosen) - chosen.keys()
    return Snipped(
        bytes(data),
        tuple(_function(module, known, index) for index in sorted(chosen)),
        tuple(_function(module, known, index) for index in sorted(left)),
        tuple(unmatched),
    )


def notes(snipped: Snipped) -> tuple[str, ...]:
    """Tell the reader each function that traps, and what leaves with them."""
    texts = [f"assumes that {f.name} ({f.bytes:,} bytes) is never reached; reaching it traps"
             for f in snipped.functions]  # fmt: skip
    if snipped.left:
        shown = [f.name for f in snipped.left[:SHOWN_NAMES]]
        more = ["..."] if len(snipped.left) > SHOWN_NAMES else []
        size = sum(function.bytes for function in snipped.left)
        count = len(snipped.left)
        texts.append(f"only they reach {count} functions of {size:,} bytes: "
                     + ", ".join([*shown, *more]))  # fmt: skip
    texts += [f"no function is named {pattern}" for pattern in snipped.unmatched]
    return tuple(texts)


def names(module: Module) -> dict[int, str]:
    """Function names by index: the name section's, else those of Go's pclntab."""
    found = name_section.read(module).functions
    if found:
        return {index: name for index, name in found.items() if index < len(module.functions)}
    slots = module.slots()
    named = ((slots.get(entry.slot, -1), entry.name) for entry in pclntab.read(module))
    return {index: name for index, name in named if index >= 0}


def _matches(name: str, parts: Sequence[str]) -> bool:
    """Whether a name is the parts of a pattern in their order, with any text between them."""
    first, *middle = parts
    if not middle:
        return name == first
    if not name.startswith(first):
        return False
    at, last = len(first), middle.pop()
    for part in middle:
        found = name.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return name.endswith(last, at)


def _has_code(module: Module, index: int) -> bool:
    """Whether a function is defined here, by more than an empty body."""
    if index < module.imported_functions:
        return False
    start, end = module.body(index)
    return end - start >= _SHORTEST


def _function(module: Module, known: Mapping[int, str], index: int) -> Function:
    start, end = module.body(index)
    return Function(known.get(index, f"function {index}"), end - start)


def _reached(module: Module, trapping: Collection[int]) -> set[int]:
    """The defined functions that exports, the start function, tables and globals lead to."""
    waiting = [export.index for export in module.exports if export.kind == "func"]
    waiting += [] if module.start is None else [module.start]
    waiting += module.initial
    for segment in module.elements:
        waiting.extend(index for index in segment.functions if index >= 0)
    reached: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index in reached or index < module.imported_functions:
            continue
        reached.add(index)
        if index not in trapping:
            called, taken = bodies.references(module, index)
            waiting.extend(called | taken)
    return reached
