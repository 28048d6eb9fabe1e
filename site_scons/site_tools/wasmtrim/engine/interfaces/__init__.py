"""The interfaces that a reactor or a component can be driven by: a file each, and its line here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from wasmtrim.engine.interface import Driver
from wasmtrim.engine.interfaces import frame_stream

DRIVERS: Final[tuple[Driver, ...]] = (frame_stream,)
INTERFACES: Final[Mapping[str, Driver]] = {driver.INTERFACE.name: driver for driver in DRIVERS}


def exported(names: Iterable[str]) -> str | None:
    """Which interface these exports of a core module or component are of; None: of none."""
    found = {name.partition("#")[0] for name in names}
    return next((name for name in INTERFACES if name in found), None)
