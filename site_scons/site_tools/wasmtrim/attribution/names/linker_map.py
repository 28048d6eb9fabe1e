"""The map that wasm-ld writes with `-Map`: what it put where, functions and data by their symbols.

A line has an address in memory, an offset in the file and a size, in hex, and then by its
indentation a section of the module, an input's part of it, or a symbol (lld/wasm/MapFile.cpp).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from wasmtrim import reading
from wasmtrim.attribution.packages.naming import C_RUNTIME
from wasmtrim.errors import UsageError
from wasmtrim.wasm import image, sections
from wasmtrim.wasm.module import Module

_MOST_BYTES = 64 << 20
_HEADER = re.compile(r"\s*Addr\s+Off\s+Size\s+Out\s+In\s+Symbol\s*$")
_ROW = re.compile(r"\s*(-|[0-9a-f]+)\s+([0-9a-f]+)\s+([0-9a-f]+) ( *)(\S.*)$")
_INPUT, _SYMBOL = 8, 16  # columns of indentation
_ARCHIVE = re.compile(r"(?:^|/)(?P<name>[\w+.-]+)\.a\(.*\):\(")
_CRATE = re.compile(r"(?P<crate>\w+)\.[0-9a-f]+-cgu\.\d+\.rcgu\.o\)?:\(")
_PARTS = re.compile(r"\.(?:rodata|data|tdata|bss)[\w.]*\.|\.(?:rodata|data)")
_INTERNAL = "<internal>"
_ARCHIVES = {"libc++": "std", "libc++abi": "__cxxabiv1"}
_RUNTIME = re.compile(
    r"libc[\w-]*|libm|libwasi-emulated-\w+|libclang_rt\..*|libdlmalloc|libemmalloc"
)


class Placed(NamedTuple):
    """A symbol at the addresses `start..end` of memory; `package` is that of its archive or crate,
    or ""."""

    start: int
    end: int
    name: str
    package: str


@dataclass(frozen=True)
class LinkerMap:
    """`code` is the offset and size of the code section, `functions` are by their offset within it.

    `data` are by address, those that the file has no bytes of (.bss) not among them.
    """

    code: tuple[int, int]
    functions: dict[int, str]
    data: tuple[Placed, ...]

    def has_code_of(self, module: Module) -> bool:
        """Whether the linker left this very code, as far as place and size tell."""
        code = module.section(sections.CODE)
        return code is not None and self.code == (code.offset, code.end - code.offset)

    def has_data_of(self, module: Module) -> bool:
        """Whether all of the module's data lies where the map has some: tools that work on code
        move none."""
        low, high = image.extent(module)
        return bool(self.data) and self.data[0].start <= low < high <= self._end

    @property
    def _end(self) -> int:
        return max(placed.end for placed in self.data)

    def names(self, module: Module) -> Iterator[tuple[int, str]]:
        """The functions of a module that the linker left so, by index."""
        code = module.section(sections.CODE)
        if code is None or not self.has_code_of(module):
            return
        for place, start in enumerate(module.starts.get(sections.CODE, ())):
            name = self.functions.get(start - code.start)
            if name:
                yield module.imported_functions + place, name


def read(path: Path) -> LinkerMap:
    """Read a file. UsageError where it is not a map of wasm-ld."""
    found = parse(reading.whole(path, "a linker map", _MOST_BYTES).decode(errors="replace"))
    if found is None:
        raise UsageError(f"{path}: not a map that wasm-ld wrote (wasm-ld -Map={path.name})")
    return found


def parse(text: str) -> LinkerMap | None:
    """Read the text of a map; None where it is none."""
    lines = iter(text.splitlines())
    if not _HEADER.match(next(lines, "")):
        return None
    code, functions, data = (0, 0), dict[int, str](), list[Placed]()
    section, origin, known = "", "", False
    for line in lines:
        row = _ROW.match(line)
        if row is None:
            continue
        address, offset, size = row[1], int(row[2], 16), int(row[3], 16)
        depth, name = len(row[4]), row[5]
        if depth < _INPUT:
            section = name
            code = (offset, size) if name == "CODE" else code
        elif depth < _SYMBOL:
            origin, known = name, False
        if depth < _INPUT or not size:
            continue
        if section == "CODE" and depth >= _SYMBOL:
            functions.setdefault(offset - code[0], name)
        elif section.startswith(".") and address != "-" and not section.startswith(".bss"):
            start = int(address, 16)
            if known and depth >= _SYMBOL:
                continue  # another name of the same
            placed = Placed(start, start + size, _name(name, depth), _package(origin))
            if depth >= _SYMBOL:
                data[-1:] = [placed]
                known = True
            elif placed.name:
                data.append(placed)
    return LinkerMap(code, functions, tuple(sorted(data)))


def _name(written: str, depth: int) -> str:
    """A symbol, or what an input calls its part: `lib.a(f.o):(.rodata.states)` is `states`."""
    if depth >= _SYMBOL:
        return written
    origin, _, part = written.rpartition(":(")
    if origin == _INTERNAL:  # strings that it merged, of everybody
        return ""
    return _PARTS.sub("", part.removesuffix(")"), count=1)


def _package(origin: str) -> str:
    if crate := _CRATE.search(origin):
        return crate["crate"]
    found = _ARCHIVE.search(origin)
    if not found:
        return ""
    if found["name"] in _ARCHIVES:
        return _ARCHIVES[found["name"]]
    return C_RUNTIME if _RUNTIME.fullmatch(found["name"]) else ""
