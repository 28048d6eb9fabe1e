"""The release that a module is of: its size record, which lies beside it in dist/."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasmtrim.records import Release


def release_of(path: Path, data: bytes) -> Release | None:
    """What a release recorded of the module `data` in the file `path`.

    None where there is no record, or where it is of another module.
    """
    record = path.with_suffix(".sizes.json")
    if not record.is_file():  # as beside most modules, for which nothing more is imported
        return None
    from wasmtrim import records, sizes

    release = records.SIZES.find(record)
    return release if release and release.shipped.sha256 == sizes.sha256(data) else None
