"""A snapshot of whatever is named: a module, a size record, or a baseline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from wasmtrim import reading, records, strict_json
from wasmtrim.errors import CheckError, ModuleError, UsageError
from wasmtrim.records import FileSize, Release
from wasmtrim.regression import baseline, inventory, work
from wasmtrim.regression.inventory import Inventory
from wasmtrim.regression.snapshot import Snapshot
from wasmtrim.sizes import gzip, measure, sha256
from wasmtrim.wasm import foreign, sections
from wasmtrim.wasm.limits import MODULE_BYTES

_RECORD: Final = ".sizes.json"


def of_bytes(data: bytes, label: str, path: Path | None, *, brotli: bool = True) -> Snapshot:
    """Take the snapshot of a module, a size record or a baseline: the file `path`, if it is one.

    A record and its module find each other where they lie side by side, as in dist/. Without
    `brotli` a module isn't compressed by it, which takes longer than all the rest. Raises
    UsageError when it is none of the three, CheckError for a broken module.
    """
    if data.startswith(sections.MAGIC):
        return _of_module(data, label, path, brotli=brotli)
    try:
        content = strict_json.loads(data)
    except ValueError:
        raise UsageError(
            f"{label}: neither a WebAssembly module nor a size record nor a baseline:"
            f" {foreign.what(data)}"
        ) from None
    if isinstance(content, dict) and "functions" in content:
        return baseline.of_record(records.BASELINE.parse(data, label), label)
    release = records.SIZES.parse(data, label)
    if path is None:
        return Snapshot(label, release.shipped.size, release)
    return of_release(release, label, path, _delivered(path))


def of_release(
    release: Release,
    label: str,
    record: Path,
    module: Path | None,
    take_apart: Callable[[Path, bytes], Inventory] = inventory.of_file,
) -> Snapshot:
    """Take the snapshot of a release, whose size record is the file `record`.

    `module` may be another one than the record tells of, or missing: its content isn't known then.
    `take_apart` tells what a module holds that is delivered under a path.
    """
    shipped = release.shipped.size
    found = None
    if module and module.is_file():
        data = reading.whole(module, "a module", MODULE_BYTES)
        if sha256(data) == shipped.sha256:
            found = take_apart(_delivered(record), data)
    return Snapshot(label, shipped, release, found, work=work.beside(record, shipped.sha256))


def _delivered(record: Path) -> Path:
    return record.with_name(record.name.removesuffix(_RECORD) + ".wasm")


def _of_module(data: bytes, label: str, path: Path | None, *, brotli: bool) -> Snapshot:
    try:
        found = inventory.of_file(path, data) if path else inventory.of_module(data)
    except ModuleError as error:
        raise CheckError(f"{label}: {error}") from None
    beside = path.with_name(path.name.removesuffix(".wasm") + _RECORD) if path else None
    if beside and beside.is_file():
        release = records.SIZES.read(beside)
        if release.shipped.size.sha256 == sha256(data):
            return Snapshot(label, release.shipped.size, release, found)
    if not brotli:
        size = FileSize(len(data), len(gzip(data)), 0, sha256(data))
        return Snapshot(label, size, None, found, unweighed=("brotli",))
    return Snapshot(label, measure(data), None, found)
