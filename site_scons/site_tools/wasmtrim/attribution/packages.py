"""Functions by package: own code, the language's runtime, its standard library, third parties."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from wasmtrim.attribution.symbols import DISPATCH, Symbol
from wasmtrim.records.stage import OWN, THIRD_PARTY

UNKNOWN_PACKAGE = "(unknown)"  # of functions that nobody knows

RUNTIME, STANDARD, UNKNOWN = "runtime", "standard library", "unknown"
GROUPS = (OWN, RUNTIME, STANDARD, THIRD_PARTY, UNKNOWN)

# First elements of the import paths of Go's standard library (`go list std`).
_GO_STANDARD = re.compile(
    r"archive|bufio|bytes|cmp|compress|container|context|crypto|database|debug|embed|encoding"
    r"|errors|expvar|flag|fmt|go|hash|html|image|index|internal|io|iter|log|maps|math|mime|net|os"
    r"|path|plugin|reflect|regexp|runtime|simd|slices|sort|strconv|strings|structs|sync|syscall"
    r"|testing|text|time|unicode|unique|unsafe|vendor|weak"
)
# What a program gets by being compiled, whatever it calls; TinyGo's among them.
_GO_RUNTIME = (
    *("runtime", "internal/runtime", "internal/abi", "internal/bytealg", "internal/chacha8rand"),
    *(
        "internal/cpu",
        "internal/task",
        "internal/gclayout",
        "internal/goarch",
        "internal/stringslite",
    ),
    *("internal/profilerecord", "internal/coverage/rtcov", "machine", "device", "tinygo"),
)
_RUST_RUNTIME = frozenset(("compiler_builtins", "panic_abort", "panic_unwind", "dlmalloc"))
_RUST_STANDARD = frozenset(
    ("core", "alloc", "std", "std_detect", "proc_macro", "test", "hashbrown")
)
_CPP_STANDARD = frozenset(("std", "__cxxabiv1", "__gnu_cxx"))
# Names of libc, its insides (musl's begin with two underscores) and of LLVM's compiler-rt.
_C_STANDARD = re.compile(
    r"_.*|(?:mem|str|wcs|wmem|mbs|wc|mb)[a-z]+|(?:dl|aligned_|posix_mem|emscripten_)?(?:malloc|free"
    r"|calloc|realloc|memalign|alloc|align)|abort|exit|atexit|[a-z]*(?:printf|scanf)(?:_core)?"
    r"|(?:f|is|to)[a-z]{2,7}|(?:sin|cos|tan|exp|log|pow|sqrt|round|trunc|scalbn|fmod)[a-z0-9]*"
    r"|qsort|bsearch|write|read|open|close|lseek|sbrk|pop_arg|pad|dispose_chunk|fmt_[a-z]+"
    r"|arc4random[a-z_]*|chacha20_[a-z]+|asyncify_[a-z_]+|tinygo_[a-zA-Z_]+"
)
C_RUNTIME = "(C and compiler runtime)"
C_OTHER = "(C)"
# Folders whose name says nothing of what is in them; then the file's name does.
_PLAIN_FOLDERS = frozenset(("", ".", "..", "/", "src", "source", "sources", "lib"))
_TINYGO_LIBRARY = ("$TINYGOROOT", "lib")
_LIBC_FOLDER = re.compile(r"(?:^|/)(?:musl|libc[\w-]*|wasi-libc|compiler-rt|dlmalloc|emmalloc)/")


def family(file: str) -> str:
    """What functions of a C source are summed up under: its library, and its folder or name.

    `$TINYGOROOT/lib/wasi-libc/libc-top-half/sources/arc4random.c` is `wasi-libc/arc4random`; a
    file that isn't of TinyGo's libraries is `(C) NAME`, or one of C_RUNTIME where it is a libc's.
    """
    path = PurePosixPath(file)
    if path.parts[:2] == _TINYGO_LIBRARY and len(path.parts) > 3:
        within = PurePosixPath(*path.parts[3:])
        return path.parts[2] if len(within.parts) == 1 else f"{path.parts[2]}/{_topic(within)}"
    runtime = _LIBC_FOLDER.search(file)
    return f"{C_RUNTIME if runtime else C_OTHER} {_topic(path)}"


def _topic(path: PurePosixPath) -> str:
    return path.stem if path.parent.name in _PLAIN_FOLDERS else path.parent.name


def package_of(symbol: Symbol) -> str:
    """What a symbol is summed up under; "" where nothing is known."""
    if symbol.package:
        return symbol.package
    if symbol.language != "c":
        return ""
    return C_RUNTIME if _C_STANDARD.fullmatch(symbol.name) else C_OTHER


def group_of(symbol: Symbol, known: Mapping[str, str] | None = None) -> str:
    """One of GROUPS.

    `known` tells the group of Go packages by import path, as found by `go list -deps`; a package
    that it doesn't name is judged by its path alone: without a dot in its first element, and not
    in the standard library, it counts as own.
    """
    package = symbol.package
    if known and package in known:
        return known[package]
    if symbol.language == "c":
        if package:  # by its file
            return OWN if package.startswith(C_OTHER) else RUNTIME
        return RUNTIME if _C_STANDARD.fullmatch(symbol.name) else OWN
    if not package:
        return UNKNOWN
    if symbol.language == "go":
        return _go_group(package)
    if symbol.language == "assemblyscript":
        return STANDARD if package.startswith("~lib/") else OWN
    if package in _RUST_RUNTIME:
        return RUNTIME
    if package in (_RUST_STANDARD if symbol.language == "rust" else _CPP_STANDARD):
        return STANDARD
    return OWN


def _go_group(package: str) -> str:
    if package == DISPATCH or any(
        package == path or package.startswith(f"{path}/") for path in _GO_RUNTIME
    ):
        return RUNTIME
    first = package.partition("/")[0]
    if _GO_STANDARD.fullmatch(first):
        return STANDARD
    return THIRD_PARTY if "." in first else OWN
