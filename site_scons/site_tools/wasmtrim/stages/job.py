"""What a stage asks for: a run of its program, or that the module stays unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wasmtrim.wasm import Module
from wasmtrim.wasm.sections import CUSTOM

# The names by which argv speaks of the stage's files; the executor gives them their folder.
IN = "in.wasm"
OUT = "out.wasm"
FOLDER = "wit"
RESOURCE = "adapter.wasm"


@dataclass(frozen=True)
class Settings:
    """What a stage is asked to do, in plain values: each stage adds its own."""

    @property
    def folder(self) -> str | None:
        """The project's folder that the program reads beside the module, as FOLDER."""
        return None

    @property
    def contract(self) -> tuple[str, str | None] | None:
        """The project's WIT package and the world of it whose names the stage must know."""
        return None

    def with_names(self, names: tuple[str, ...]) -> Settings:  # noqa: ARG002
        """Return settings with the names of the exports by which a module is part of that world."""
        return self

    def without_names(self) -> Settings:
        """Return the settings for a module with its function names, which the shipped one lacks."""
        return self

    @property
    def program_version(self) -> str | None:
        """The version of the program with which a search found these settings; None without one."""
        return None

    @property
    def resource(self) -> str | None:
        """The file of the toolchain that the program reads beside the module, as RESOURCE."""
        return None


@dataclass(frozen=True)
class Job:
    """Arguments for the stage's program, and further files (name to text) that it reads.

    `by_wasm_tools`: they are for wasm-tools, in place of a program that cannot read the module.
    """

    arguments: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    by_wasm_tools: bool = False


@dataclass(frozen=True)
class Unchanged:
    """The stage has nothing to do, for the reason given: the module stays unchanged."""

    reason: str


def without_customs(names: Iterable[str]) -> tuple[str, ...]:
    """Return wasm-tools' arguments to cut the custom sections of these names, at every depth."""
    # Its dialect of regular expressions is not Python's, so what isn't plain is any character.
    plain = ["".join(c if c.isalnum() or c in "_-" else "." for c in name) for name in names]
    return ("strip", f"--delete=^({'|'.join(plain)})$", IN, f"--output={OUT}")


def changed_sections(before: Module, after: Module) -> str:
    """Name the first section, other than custom ones, that differs; "" where none does."""
    was, now = (
        [(s.title, m.data[s.start : s.end]) for s in m.sections if s.id != CUSTOM]
        for m in (before, after)
    )
    if len(was) != len(now):
        return "number of sections"
    return next((one[0] for one, other in zip(was, now, strict=True) if one != other), "")
