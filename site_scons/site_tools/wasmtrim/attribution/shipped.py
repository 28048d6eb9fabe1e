"""The release that a module is of: its size record, which lies beside it in dist/."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasmtrim.records import Release


def release_of(path: Path, data: bytes) -> Release | None:
    """Return the size record beside the file `path`, if it is of the module `data` in it.

    None where there is no record, or where it is of another module.
    """
    record = path.with_suffix(".sizes.json")
    if not record.is_file():  # as beside most modules, for which nothing more is imported
        return None
    from wasmtrim import records, sizes

    release = records.SIZES.find(record)
    return release if release and release.shipped.sha256 == sizes.sha256(data) else None
