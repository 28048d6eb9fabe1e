"""A builder's construction variables: its name in capitals, then the setting's: `WASMOPT_LEVEL`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SCons.Node import Node
from SCons.Script import File, Split

from wasmtrim.errors import UsageError


def name_of(builder: str, setting: str) -> str:
    """Name the variable of a setting."""
    return f"{builder.upper()}_{setting.upper()}"


def message_of(builder: str) -> str:
    """Name the variable of what a builder prints."""
    return f"{builder.upper()}COMSTR"


def read(env: Any, builder: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Read the settings that an environment gives; words are a list's entries."""
    given: dict[str, Any] = {}
    for setting, default in defaults.items():
        value = env.get(name_of(builder, setting))
        if value is not None:
            given[setting] = tuple(Split(value)) if isinstance(default, tuple) else value
    return given


def timeout(env: Any, builder: str, stage: str) -> float:
    """Read a builder's time limit, in seconds; raises UsageError where it is not a number."""
    from wasmtrim.profile import Timeouts

    name = name_of(builder, "timeout")
    given = env.get(name) or getattr(Timeouts(), stage)
    try:
        return float(given)
    except ValueError:
        raise UsageError(f"{name}={given!r}: must be a number of seconds") from None


def files(env: Any, name: str) -> list[Node]:
    """Read a variable that names files, or has their nodes; none where it is not set."""
    given: list[Node] = env.arg2nodes(env.get(name) or [], File)
    return given
