"""The formats of a profile, by the name that `wasmtrim hotspots --format` knows.

Each is a module here with `made`, which gives the file's content.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Final, Protocol, cast

from wasmtrim.records.hotspots import HotspotsRecord

FORMATS: Final = {
    "text": "text",
    "json": "as_json",
    "pprof": "pprof",
    "firefox": "firefox",
    "html": "page",
}
TEXT: Final = "text"


@dataclass(frozen=True)
class View:
    """A profile to show, the one to compare it with, and whether it is for a terminal."""

    record: HotspotsRecord
    old: HotspotsRecord | None = None
    terminal: bool = False


class _Format(Protocol):
    def made(self, view: View, /) -> bytes:
        """Return the file."""


def made(name: str, view: View) -> bytes:
    """Return a profile in the format of this name."""
    module = importlib.import_module(f"{__name__}.{FORMATS[name]}")
    return cast(_Format, module).made(view)
