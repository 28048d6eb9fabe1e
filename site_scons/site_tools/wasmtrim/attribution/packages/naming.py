"""The package that a function is summed up under; C's functions have none, but their files do."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from wasmtrim.attribution.symbols import Symbol

UNKNOWN_PACKAGE = "(unknown)"  # of functions that nobody knows

# Names of libc, its insides (musl's begin with two underscores) and of LLVM's compiler-rt.
C_STANDARD = re.compile(
    r"_.*|(?:mem|str|wcs|wmem|mbs|wc|mb)[a-z]+|(?:dl|aligned_|posix_mem|emscripten_)?(?:malloc|free"
    r"|calloc|realloc|memalign|alloc|align)|abort|exit|atexit|[a-z]*(?:printf|scanf)(?:_core)?"
    r"|(?:f|is|to)[a-z]{2,7}|(?:sin|cos|tan|exp|log|pow|sqrt|round|trunc|scalbn|fmod)[a-z0-9]*"
    r"|qsort|bsearch|write|read|open|close|lseek|sbrk|pop_arg|pad|dispose_chunk|fmt_[a-z]+"
    r"|arc4random[a-z_]*|chacha20_[a-z]+|asyncify_[a-z_]+|tinygo_[a-zA-Z_]+"
)
C_RUNTIME = "(C and compiler runtime)"
C_OTHER = "(C)"
CPP_OTHER = "(C++)"
RUST_OTHER = "(Rust)"  # what has no crate in its name: `#[no_mangle]`
# Folders whose name says nothing of what is in them; then the file's name does.
_PLAIN_FOLDERS = frozenset(("", ".", "..", "/", "src", "source", "sources", "lib"))
_TINYGO_LIBRARY = ("$TINYGOROOT", "lib")
_LIBC_FOLDER = re.compile(
    r"(?:^|/)(?:musl|libc[\w-]*|wasi-libc|compiler-rt|dlmalloc|emmalloc|emscripten/system/lib)/"
)
_CPP_SUFFIXES = frozenset((".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".ipp", ".tcc"))


def family(file: str) -> str:
    """What functions of a C or C++ source are summed up under: its library, and its folder or name.

    `$TINYGOROOT/lib/wasi-libc/libc-top-half/sources/arc4random.c` is `wasi-libc/arc4random`; a
    file that isn't of TinyGo's libraries is `(C) NAME` or `(C++) NAME`, or one of C_RUNTIME where
    it is a libc's.
    """
    path = PurePosixPath(file)
    if path.parts[:2] == _TINYGO_LIBRARY and len(path.parts) > 3:
        within = PurePosixPath(*path.parts[3:])
        return path.parts[2] if len(within.parts) == 1 else f"{path.parts[2]}/{_topic(within)}"
    other = CPP_OTHER if path.suffix in _CPP_SUFFIXES else C_OTHER
    return f"{C_RUNTIME if _LIBC_FOLDER.search(file) else other} {_topic(path)}"


def _topic(path: PurePosixPath) -> str:
    return path.stem if path.parent.name in _PLAIN_FOLDERS else path.parent.name


def package_of(symbol: Symbol) -> str:
    """What a symbol is summed up under; "" where nothing is known."""
    if symbol.package:
        return symbol.package
    if symbol.language == "c++":
        return CPP_OTHER
    if symbol.language == "rust":
        return RUST_OTHER
    if symbol.language != "c":
        return ""
    return C_RUNTIME if C_STANDARD.fullmatch(symbol.name) else C_OTHER
