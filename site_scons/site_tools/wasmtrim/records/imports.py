"""Which packages the packages of a Go program import: `NAME.imports.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from wasmtrim.records import layout
from wasmtrim.records.codec import AGAIN, Codec
from wasmtrim.records.fields import Sha256


@dataclass(frozen=True)
class ImportsRecord:
    """`compiled` is the sha256 of the module that the compiler left; `packages` has what each
    package imports, by import path. The program's own is `main`."""

    schema: Literal[1] = field(default=1, kw_only=True)
    compiled: Sha256
    packages: Mapping[str, tuple[str, ...]]


IMPORTS: Final = Codec(ImportsRecord, "a record of imports", AGAIN, layout.rows)
