"""A module that counts the imports that it calls, and keeps their order as one number."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence

from wasmtrim.engine.core import PLANTED
from wasmtrim.wasm import Module, bodies
from wasmtrim.wasm.leb128 import signed, unsigned
from wasmtrim.wasm.rewriting import rewritten

_NOTHING = re.compile(rb"(?!)")
_FACTOR = 0x100000001B3  # FNV-1a's prime for 64 bits


def traced(modules: Sequence[Module]) -> list[bytes]:
    """The modules, each with two globals: how many imports were called, and in which order.

    Imports that one of them calls through a table are left out in all: an optimizer may make such
    a call one by name. Raises ModuleError where a body is not a sequence of instructions.
    """
    indirect: set[str] = set()
    for module in modules:
        taken = {index for element in module.elements for index in element.functions}
        taken.update(index for index in module.initial)
        imported = [entry.key for entry in module.imports if entry.kind == "func"]
        indirect.update(key for index, key in enumerate(imported) if index in taken)
    return [_traced(module, indirect) for module in modules]


def _traced(module: Module, left_out: set[str]) -> bytes:
    imported = [entry.key for entry in module.imports if entry.kind == "func"]
    wanted = {index: key for index, key in enumerate(imported) if key not in left_out}
    count, order = (unsigned(len(module.globals) + number) for number in range(2))
    found: dict[int, bytes] = {}
    for index in bodies.matching(module, _calls(wanted)):
        start, end = module.body(index)
        parts: list[bytes] = []
        for site in bodies.sites(module, index):
            if site.kind == "call" and site.target in wanted:
                at = site.start - 1
                parts += (module.data[start:at], _counted(wanted[site.target], count, order))
                start = at
        if parts:
            found[index] = b"".join((*parts, module.data[start:end]))
    return rewritten(module, found, [f"{PLANTED}{number}" for number in range(2)])


def _calls(indices: Iterable[int]) -> re.Pattern[bytes]:
    """Calls of any of these functions, whose index may be written with more bytes than it takes."""
    written = []
    for index in indices:
        *first, last = unsigned(index)
        ends = re.escape(bytes([last])), re.escape(bytes([last | 0x80])) + rb"\x80*\x00"
        written.append(re.escape(bytes(first)) + b"(?:" + b"|".join(ends) + b")")
    return re.compile(rb"\x10(?:" + b"|".join(written) + b")") if written else _NOTHING


def _counted(key: str, count: bytes, order: bytes) -> bytes:
    """Instructions that leave the stack as it is: count += 1, order = order * factor + key."""
    known = zlib.crc32(key.encode(errors="surrogatepass"))
    get, put, constant, add, multiply = b"\x23", b"\x24", b"\x42", b"\x7c", b"\x7e"
    return b"".join(
        (
            *(get, count, constant, signed(1), add, put, count),
            *(get, order, constant, signed(_FACTOR), multiply),
            *(constant, signed(known), add, put, order),
        )
    )
