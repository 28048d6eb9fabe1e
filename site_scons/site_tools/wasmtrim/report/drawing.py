"""The library that lays out the page's treemap: fetched once, pinned by its hash, then inlined."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wasmtrim.errors import ToolError

NAME: Final = "d3-hierarchy 3.1.2"
_SHA512: Final = (
    "157ffd7eb72e6f9e1b78176e8078c309d8a4c53844aa39d1f7742decfbd04ce1"
    "f1ca2342025bccac785c964ddc0f955e01aabd7f199f469f829d6c3dac4301b8"
)


@dataclass(frozen=True)
class Drawing:
    """The library's source and licence; without them, `missing` says why."""

    name: str
    source: str = ""
    licence: str = ""
    missing: str = ""


def library(root: Path) -> Drawing:
    """Take the library from the user's cache, or fetch it by npm into it.

    `root` is the project's folder, whose npm settings hold. A page without the treemap is better
    than no page, so that the library can't be had is no error.
    """
    from wasmtrim import toolchain
    from wasmtrim.toolchain.pins import Npm

    name, version = NAME.split()
    package = Npm(name=name, version=version, sha512=_SHA512, folder="package")
    try:
        locator = toolchain.Locator(toolchain.load(root), root, say=_say)
        folder = locator.store.files(package, npm=locator.npm) / package.folder
        return Drawing(
            NAME,
            source=(folder / "dist" / f"{name}.min.js").read_text(encoding="utf-8"),
            licence=(folder / "LICENSE").read_text(encoding="utf-8"),
        )
    except ToolError as error:
        return Drawing(NAME, missing=str(error))
    except OSError as error:
        return Drawing(NAME, missing=f"{error.filename}: {error.strerror}")


def _say(line: str) -> None:
    print(line, file=sys.stderr)
