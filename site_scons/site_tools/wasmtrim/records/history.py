"""One build in the history: a line of `config/history.jsonl`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from wasmtrim.records import layout
from wasmtrim.records.codec import Codec
from wasmtrim.records.fields import Bytes, Count, Sha256


@dataclass(frozen=True)
class Entry:
    """One profile as one commit built it. `date` is the commit's, in ISO 8601 with its zone.

    `compiler` is its name and version, `fuel` the instructions of the smoke run. `dirty`: the
    sources had changes that are not in the commit.
    """

    date: str
    commit: str
    profile: str
    compiler: str
    raw: Bytes
    gzip: Bytes
    brotli: Bytes
    fuel: Count | None
    sha256: Sha256
    note: str = ""
    dirty: bool = False

    def __post_init__(self) -> None:
        if self.when.tzinfo is None:
            raise ValueError("the date has no zone")
        if not self.compiler.strip():
            raise ValueError("no compiler")

    @property
    def built_of(self) -> str:
        """The commit in short, and whether there was more to it."""
        return f"{self.commit[:12]}{' with changes' if self.dirty else ''}"

    @property
    def when(self) -> datetime:
        """The commit's time."""
        return datetime.fromisoformat(self.date)


HISTORY: Final = Codec(Entry, "an entry of a history", "remove the line", layout.line)
