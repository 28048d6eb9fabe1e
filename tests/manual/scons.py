"""The manual's part about scons: targets, options, builders and their construction variables."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

from tests.manual.markdown import table

from wasmtrim import OWN
from wasmtrim.compilers import compilation, go, tinygo
from wasmtrim.profile import Compiler, Timeouts, schema
from wasmtrim.scons import builder_names, options, variables
from wasmtrim.scons.builders import BUILDERS
from wasmtrim.stages import prune
from wasmtrim.stages.registry import STAGES, Stage
from wasmtrim.toolchain import locate, pins

# What no key of a profile says under the same name.
_OWN = {
    "exports": ("a list of names", "Exports that stay, beside `memory`, `_start`, `_initialize`."),
    "keep_names": ("true or false", "The name section stays."),
    "names": ("one of keep, drop", "Function names that Go's runtime doesn't read itself."),
    "metric": ("one of raw, gzip, brotli", "The size to minimize."),
    "nameless": ("true or false", "Measure without the name section, which stays."),
    "options": ("a list of wasm-opt's options", "All options, in place of level and passes."),
    "as_it_is": ("true or false", "The module stays as it is."),
    "found_with": (
        "a version",
        "The wasm-opt that the options were found with; a note says if it changed.",
    ),
    "functions": ("a list of names", "Functions that trap when they are reached; `*` is any text."),
}
_PYTHON = {"null": "None", "true": "True", "false": "False"}


def parts() -> dict[str, str]:
    """The generated parts of docs/commands.md that are about scons, by their names."""
    return {
        "targets": _two_columns("target", options.TARGETS),
        "options": _two_columns("option", options.OPTIONS),
        "stages": stages(),
        "builders": builders(),
        "messages": messages(),
        "programs": programs(),
    }


def stages() -> str:
    """Markdown: the builder of each stage, its program, and what it does."""
    rows = (
        (
            f"`{builder_names.STAGES[stage.NAME]}`",
            f"`{stage.NAME}`",
            _program(stage),
            _summary(stage),
        )
        for stage in STAGES.values()
    )
    return table(("builder", "stage", "program", "what it does"), rows)


def _program(stage: Stage) -> str:
    return "wasmtrim itself" if stage.PROGRAM == OWN else f"`{stage.PROGRAM}`"


def _summary(stage: Stage) -> str:
    """The first line of a stage's documentation, without its name and program."""
    text = (stage.__doc__ or "").partition("\n")[0].partition(": ")[2]
    text = re.sub(r" By (wasm-\S+|this package)\.$", "", text).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def builders() -> str:
    """Markdown: the construction variables of each builder that runs a compiler or a stage."""
    heeded = {tinygo.NAME: tinygo.FIELDS, go.NAME: go.FIELDS}
    rows: list[tuple[str, str, str, str]] = []
    for compiler, builder in builder_names.COMPILERS.items():
        rows += _rows(builder, _compiler_fields(heeded[compiler]), compilation.NAME)
    for stage in STAGES.values():
        rows += _rows(builder_names.STAGES[stage.NAME], _stage_fields(stage), stage.NAME)
    return table(("variable", "allowed", "default", "meaning"), rows)


def messages() -> str:
    """Markdown: the construction variables of what builders print."""
    rows = [(f"`{variables.message_of(each.name)}`", f"`{each.shown!r}`") for each in BUILDERS]
    return table(("variable", "default"), rows)


def programs() -> str:
    """Markdown: the environment variables that name programs."""
    return _two_columns(
        "variable",
        {
            locate.variable_of(program): f"the `{program}` to use, whatever its version"
            for program in pins.PROGRAMS
        },
    )


def _rows(
    builder: str, fields: Iterator[tuple[str, str, object, str]], stage: str
) -> Iterator[tuple[str, str, str, str]]:
    for name, allowed, default, meaning in fields:
        shown = list(default) if isinstance(default, tuple) else default
        variable = f"`{variables.name_of(builder, name)}`"
        yield variable, _python(allowed), f"`{shown!r}`", _python(meaning)
    seconds = f"`{getattr(Timeouts(), stage)}`"
    limit = f"`{variables.name_of(builder, 'timeout')}`"
    yield limit, "a number", seconds, f"Seconds until {stage} is given up."


def _compiler_fields(names: tuple[str, ...]) -> Iterator[tuple[str, str, object, str]]:
    for name in names:
        part = _key("compiler", name)
        yield name, schema.allowed(part), Compiler.model_fields[name].default, part["description"]


def _stage_fields(stage: Stage) -> Iterator[tuple[str, str, object, str]]:
    for field in dataclasses.fields(stage.Settings):
        # The stages of a component share keys, and prune reads the contract.
        maps = ("contract",) if stage.NAME == prune.NAME else (stage.NAME, "component", "strip")
        part = next((found for name in maps if (found := _key(name, field.name))), {})
        own = _OWN.get(field.name)
        allowed, meaning = own or (schema.allowed(part), part["description"])
        yield field.name, allowed, field.default, meaning


def _key(map_: str, name: str) -> dict[str, Any]:
    """The schema of a profile's key; empty where a profile has none of that name."""
    return schema.step(schema.step(schema.schema(), map_), name)


def _python(text: str) -> str:
    """A text about YAML's values, for those who write Python."""
    return re.sub(r"\b(null|true|false)\b", lambda word: _PYTHON[word[0]], text)


def _two_columns(head: str, meanings: dict[str, str]) -> str:
    return table((head, "meaning"), [(f"`{name}`", text) for name, text in meanings.items()])
