"""How an assessment is told: a file a format, each a function that gives a text."""

from __future__ import annotations

from importlib import import_module
from typing import Final, Protocol, cast

from wasmtrim.assess.assessment import Assessment

FORMATS: Final = {"text": "text", "md": "markdown", "json": "as_json", "sarif": "sarif"}


class Format(Protocol):
    """A module of this folder."""

    def text(self, assessment: Assessment) -> str:
        """The assessment in this format, with a line's end at the end."""


def render(assessment: Assessment, name: str) -> str:
    """The assessment in the format of that name, a key of FORMATS."""
    chosen = cast(Format, import_module(f"{__name__}.{FORMATS[name]}"))
    return chosen.text(assessment)
