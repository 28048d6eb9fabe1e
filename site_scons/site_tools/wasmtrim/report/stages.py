"""The rows of the table of stages, in words: the same in every format."""

from __future__ import annotations

from dataclasses import dataclass

from wasmtrim.regression.record import Release
from wasmtrim.report import words


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


def rows(release: Release) -> list[Row]:
    """Give a row for each stage, in the order run."""
    found = []
    before = None
    for stage in release.stages:
        raw = stage.weight.raw
        found.append(
            Row(
                name=words.printable(stage.name),
                bytes=words.count(raw),
                delta="" if before is None else words.signed(raw - before),
                per_cent="" if before is None else words.per_cent(raw, before),
                gzip=words.count(stage.weight.gzip),
                brotli=words.count(stage.weight.brotli),
                fuel="" if stage.fuel is None else words.count(stage.fuel),
                seconds=f"{stage.seconds:.1f}" if stage.seconds else "",
            )
        )
        before = raw
    return found
