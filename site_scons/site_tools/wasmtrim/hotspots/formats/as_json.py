"""The record itself, which `wasmtrim hotspots --diff` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmtrim import records

if TYPE_CHECKING:
    from wasmtrim.hotspots.formats import View


def made(view: View) -> bytes:
    """Return the JSON; it has no place for a comparison."""
    return records.HOTSPOTS.text(view.record).encode()
