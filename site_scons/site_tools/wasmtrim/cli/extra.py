"""Subcommands that need more packages than the core: what to do where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wasmtrim.errors import ToolError


@contextmanager
def needed(name: str) -> Iterator[None]:
    """Import in this block what the extra `name` brings. Raises ToolError where it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ToolError(
            f"{error.name} is not installed; fix: pip install 'wasmtrim[{name}]'"
        ) from None
