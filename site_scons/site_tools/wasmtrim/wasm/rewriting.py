"""A module with other function bodies, and with globals planted: bytes -> bytes.

Nothing gets another index. Custom sections but the names are left out, since some hold places in
the code that moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wasmtrim.wasm import sections
from wasmtrim.wasm.leb128 import unsigned
from wasmtrim.wasm.module import Module

_GLOBAL_EXPORT = 3  # specification 5.5.10, "exportdesc"
_MUTABLE_I64 = b"\x7e\x01\x42\x00\x0b"  # type, var, i64.const 0, end


def rewritten(module: Module, bodies: Mapping[int, bytes], planted: Sequence[str] = ()) -> bytes:
    """The module with other bodies, by function index, and with mutable i64 globals.

    `planted` are the names that those are exported by; the first of them has the index that is the
    number of the module's globals.
    """
    contents = {
        section.id: module.data[section.start : section.end]
        for section in module.sections
        if section.id != sections.CUSTOM
    }
    if bodies:
        contents[sections.CODE] = _code(module, bodies)
    if planted:
        first = len(module.globals)
        contents[sections.GLOBAL] = _longer(module, sections.GLOBAL, [_MUTABLE_I64] * len(planted))
        entries = [
            unsigned(len(name.encode()))
            + name.encode()
            + bytes([_GLOBAL_EXPORT])
            + unsigned(first + number)
            for number, name in enumerate(planted)
        ]
        contents[sections.EXPORT] = _longer(module, sections.EXPORT, entries)
    order = [identifier for identifier in sections.NAMES if identifier in contents]
    parts = [module.data[: sections.HEADER_BYTES]]
    parts += [_section(identifier, contents[identifier]) for identifier in order]
    names = module.custom("name")
    if names:
        parts.append(module.data[names.offset : names.end])
    return b"".join(parts)


def with_bodies(module: Module, bodies: Mapping[int, bytes]) -> bytes:
    """The module with other bodies, by function index, and all else as it is."""
    code = module.section(sections.CODE)
    if code is None or not bodies:
        return module.data
    changed = _section(sections.CODE, _code(module, bodies))
    return module.data[: code.offset] + changed + module.data[code.end :]


def _section(identifier: int, content: bytes) -> bytes:
    return bytes([identifier]) + unsigned(len(content)) + content


def _longer(module: Module, identifier: int, entries: Sequence[bytes]) -> bytes:
    """A section's content with entries added at its end."""
    section = module.section(identifier)
    if section is None:
        return unsigned(len(entries)) + b"".join(entries)
    cursor = section.cursor(module.data)
    count = cursor.u32("its count")
    content = module.data[cursor.pos : section.end]
    return unsigned(count + len(entries)) + content + b"".join(entries)


def _code(module: Module, bodies: Mapping[int, bytes]) -> bytes:
    first = module.imported_functions
    parts = [unsigned(len(module.functions) - first)]
    for index in range(first, len(module.functions)):
        if index in bodies:
            parts += (unsigned(len(bodies[index])), bodies[index])
        else:
            start, end = module.body(index)
            parts += (unsigned(end - start), module.data[start:end])
    return b"".join(parts)
