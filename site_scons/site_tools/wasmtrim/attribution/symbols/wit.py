"""Names that bindings of WIT give to what a component exports (component model, canonical ABI).

`example:shop/cart@1.2.0#add` is the function `add` of an interface; what frees its results has
`cabi_post_` before the same name.
"""

from __future__ import annotations

import re

from wasmtrim.attribution.symbols.symbol import Symbol

WIT = "wit"
_WORD = r"[a-zA-Z][\w-]*"
_NAME = re.compile(
    rf"(?P<prefix>(?:cabi_post_|\[[a-z-]+\])*)"
    rf"(?P<interface>{_WORD}(?::{_WORD})+(?:/{_WORD})*(?:@[\w.+-]+)?)#(?P<function>.+)"
)
STANDARD = "wasi:"  # interfaces of WASI


def parse(text: str) -> Symbol | None:
    """The interface that a name is of; None where it is of another form."""
    found = _NAME.fullmatch(text)
    return Symbol(text, found["interface"], WIT) if found else None
