"""The rows of the table of stages, in words: the same in every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wasmtrim.escaping import printable
from wasmtrim.records import Release
from wasmtrim.report import formatting


@dataclass(frozen=True)
class Row:
    """A stage; delta and per cent are against the stage before."""

    name: str
    bytes: str
    delta: str
    per_cent: str
    gzip: str
    brotli: str
    fuel: str
    seconds: str


SIZES: Final = {"bytes": "raw", "gzip": "gzip", "brotli": "brotli"}  # heading to metric
FIGURES: Final = SIZES | {"fuel": "fuel"}

# Heading to field of a row.
_COLUMNS: Final = {
    "bytes": "bytes",
    "delta": "delta",
    "%": "per_cent",
    "gzip": "gzip",
    "brotli": "brotli",
    "fuel": "fuel",
    "seconds": "seconds",
}


def leading(release: Release) -> str:
    """Return the heading of the size that counts by the profile's metric; "" where none does."""
    return next((heading for heading, metric in SIZES.items() if metric == release.metric), "")


def counting_first(headings: Mapping[str, str], first: str) -> dict[str, str]:
    """Return SIZES or FIGURES in another order: `first` is the heading of the one that counts."""
    return dict(sorted(headings.items(), key=lambda each: each[0] != first))


def columns(release: Release) -> dict[str, str]:
    """Return each heading with its field of a row: the size that counts is the first one."""
    return counting_first(_COLUMNS, leading(release))


def rows(release: Release) -> list[Row]:
    """Return a row for each stage, in the order run."""
    found = []
    before = None
    for stage in release.stages:
        raw = stage.size.raw
        found.append(
            Row(
                name=printable(stage.name),
                bytes=formatting.count(raw),
                delta="" if before is None else formatting.signed(raw - before),
                per_cent="" if before is None else formatting.per_cent(raw, before),
                gzip=formatting.count(stage.size.gzip),
                brotli=formatting.brotli(stage.size),
                fuel="" if stage.fuel is None else formatting.count(stage.fuel),
                seconds=f"{stage.seconds:.1f}" if stage.seconds else "",
            )
        )
        before = raw
    return found
