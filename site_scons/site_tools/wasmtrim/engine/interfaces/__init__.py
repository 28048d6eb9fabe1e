"""The interfaces that a reactor or a component can be driven by: a file each, and its line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wasmtrim.engine.interface import Driver
from wasmtrim.engine.interfaces import frame_stream

DRIVERS: Final[tuple[Driver, ...]] = (frame_stream,)
INTERFACES: Final[Mapping[str, Driver]] = {driver.INTERFACE.name: driver for driver in DRIVERS}
