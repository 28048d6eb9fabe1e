"""A module with other function bodies, and with things planted in it: bytes -> bytes.

Nothing gets another index: what is planted comes after what is there. Custom sections but the
names are left out, since some hold places in the code that moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wasmtrim.wasm import names, sections
from wasmtrim.wasm.leb128 import unsigned
from wasmtrim.wasm.module import Module

# Specification 5.5.10, "exportdesc".
FUNCTION_EXPORT, TABLE_EXPORT, MEMORY_EXPORT, GLOBAL_EXPORT = range(4)
_MUTABLE_I64 = b"\x7e\x01\x42\x00\x0b"  # type, var, i64.const 0, end


@dataclass(frozen=True)
class Planted:
    """What is added to a module, each as an entry of its section.

    `functions` are pairs of a type index and a body; `memory` is the export name and the type of a
    memory; `begin` is the export name of the last of the functions, which replaces the start
    function; `exports` export things that the module has.
    """

    types: Sequence[bytes] = ()
    functions: Sequence[tuple[int, bytes]] = ()
    memory: tuple[str, bytes] | None = None
    begin: str = ""
    exports: Sequence[bytes] = ()


def rewritten(
    module: Module,
    bodies: Mapping[int, bytes],
    counters: Sequence[str] = (),
    planted: Planted = Planted(),
) -> bytes:
    """The module with other bodies, by function index, and with mutable i64 globals.

    `counters` are the names that those are exported by; the first of them has the index that is
    the number of the module's globals. In the same way the first of the planted types, functions
    and memories has the index that is the number of the module's own.
    """
    contents = {
        section.id: module.data[section.start : section.end]
        for section in module.sections
        if section.id != sections.CUSTOM
    }
    exports = [*planted.exports]
    exports += [
        export_of(name, GLOBAL_EXPORT, len(module.globals) + number)
        for number, name in enumerate(counters)
    ]
    if planted.memory:
        name, memory = planted.memory
        contents[sections.MEMORY] = longer(module, sections.MEMORY, [memory])
        exports.append(export_of(name, MEMORY_EXPORT, len(module.memories)))
    if planted.begin:
        contents.pop(sections.START, None)
        last = len(module.functions) + len(planted.functions) - 1
        exports.append(export_of(planted.begin, FUNCTION_EXPORT, last))
    if planted.types:
        contents[sections.TYPE] = longer(module, sections.TYPE, planted.types)
    if planted.functions:
        kinds = [unsigned(kind) for kind, _ in planted.functions]
        contents[sections.FUNCTION] = longer(module, sections.FUNCTION, kinds)
    if bodies or planted.functions:
        contents[sections.CODE] = code_of(module, bodies, [body for _, body in planted.functions])
    if counters:
        globals_ = [_MUTABLE_I64] * len(counters)
        contents[sections.GLOBAL] = longer(module, sections.GLOBAL, globals_)
    if exports:
        contents[sections.EXPORT] = longer(module, sections.EXPORT, exports)
    order = [identifier for identifier in sections.NAMES if identifier in contents]
    parts = [module.data[: sections.HEADER_BYTES]]
    parts += [section_of(identifier, contents[identifier]) for identifier in order]
    named = module.custom(names.SECTION)
    if named:
        parts.append(module.data[named.offset : named.end])
    return b"".join(parts)


def with_bodies(module: Module, bodies: Mapping[int, bytes]) -> bytes:
    """The module with other bodies, by function index, and all else as it is."""
    code = module.section(sections.CODE)
    if code is None or not bodies:
        return module.data
    changed = section_of(sections.CODE, code_of(module, bodies))
    return module.data[: code.offset] + changed + module.data[code.end :]


def with_names(module: Module, named: Mapping[str, Sequence[str]]) -> bytes:
    """The module with these names in place of its own: by kind ("function"), one for each index."""
    content = _text(names.SECTION)
    for identifier, kind in names.SUBSECTIONS.items():
        if kind in named:
            entries = [unsigned(index) + _text(name) for index, name in enumerate(named[kind])]
            content += section_of(identifier, unsigned(len(entries)) + b"".join(entries))
    return names.without(module.data) + section_of(sections.CUSTOM, content)


def section_of(identifier: int, content: bytes) -> bytes:
    """A section, or subsection, as it is written (specification 3.0, section 5.5.2)."""
    return bytes([identifier]) + unsigned(len(content)) + content


def export_of(name: str, kind: int, index: int) -> bytes:
    """An entry of the export section."""
    return _text(name) + bytes([kind]) + unsigned(index)


def _text(name: str) -> bytes:
    data = name.encode()
    return unsigned(len(data)) + data


def longer(module: Module, identifier: int, entries: Sequence[bytes]) -> bytes:
    """A section's content with entries added at its end."""
    section = module.section(identifier)
    if section is None:
        return unsigned(len(entries)) + b"".join(entries)
    cursor = section.cursor(module.data)
    count = cursor.u32("its count")
    content = module.data[cursor.pos : section.end]
    return unsigned(count + len(entries)) + content + b"".join(entries)


def code_of(module: Module, bodies: Mapping[int, bytes], planted: Sequence[bytes] = ()) -> bytes:
    """The content of the code section with other bodies, by function index, and some more."""
    first = module.imported_functions
    parts = [unsigned(len(module.functions) - first + len(planted))]
    for index in range(first, len(module.functions)):
        if index in bodies:
            parts += (unsigned(len(bodies[index])), bodies[index])
        else:
            start, end = module.body(index)
            parts += (unsigned(end - start), module.data[start:end])
    for body in planted:
        parts += (unsigned(len(body)), body)
    return b"".join(parts)
