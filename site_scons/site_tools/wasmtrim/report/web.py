"""What all our pages are made of: templates, style and script that they share, and packed data.

A page needs nothing beside it: no network, no other file.
"""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wasmtrim import sizes

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_STYLE: Final = Path(__file__).with_name("style.css")
_SCRIPT: Final = Path(__file__).with_name("script.js")


@cache
def templates(folder: Path) -> Environment:
    """Return the templates of a folder: values are escaped, and a missing one is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )


def style(*files: Path) -> Markup:
    """Return the style that all pages share, then these files of the page's own."""
    return _own(_STYLE, *files)


def script(*files: Path) -> Markup:
    """Return the script that all pages share, then these files of the page's own."""
    return _own(_SCRIPT, *files)


def _own(*files: Path) -> Markup:
    """Return files of ours, which are not escaped: styles or scripts."""
    from markupsafe import Markup

    return Markup("".join(file.read_text(encoding="utf-8") for file in files))


def packed(data: dict[str, Any]) -> Markup:
    """Compress data for a script, which are more than all the rest: gzip in base64, no markup."""
    from markupsafe import Markup

    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()
    return Markup(base64.b64encode(sizes.gzip(text)).decode())
