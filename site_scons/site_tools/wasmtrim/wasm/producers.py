"""The `producers` section: which language and programs made a module (tool conventions)."""

from __future__ import annotations

from wasmtrim.errors import ModuleError
from wasmtrim.wasm.limits import Limit
from wasmtrim.wasm.module import Module

SECTION = "producers"
_FIELDS = Limit("fields of producers", 16)
_VALUES = Limit("values of a field of producers", 1_000)


def read(module: Module) -> dict[str, dict[str, str]]:
    """By field, `language`, `processed-by` or `sdk`, the versions of what it names.

    Where the section is broken, what comes before that place.
    """
    found: dict[str, dict[str, str]] = {}
    section = module.custom(SECTION)
    if section is None:
        return found
    cursor = section.cursor(module.data)
    try:
        for _ in range(cursor.count(_FIELDS, 2)):
            values = found.setdefault(cursor.name("a field's name"), {})
            for _ in range(cursor.count(_VALUES, 2)):
                name = cursor.name("a value's name")
                values[name] = cursor.name("a value's version")
    except ModuleError:
        pass
    return found
