"""Whose a package is: own code, the language's runtime or standard library, or a third party's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from wasmtrim.attribution.packages.naming import C_OTHER, C_STANDARD
from wasmtrim.attribution.symbols import DISPATCH, TYPES, Symbol, assemblyscript, wit, zig
from wasmtrim.attribution.symbols.languages import C
from wasmtrim.records.fields import OWN, THIRD_PARTY

RUNTIME, STANDARD, UNKNOWN = "runtime", "standard library", "unknown"
GROUPS = (OWN, RUNTIME, STANDARD, THIRD_PARTY, UNKNOWN)

# First elements of the import paths of Go's standard library (`go list std`).
_GO_STANDARD = frozenset(
    [
        "archive",
        "bufio",
        "bytes",
        "cmp",
        "compress",
        "container",
        "context",
        "crypto",
        "database",
        "debug",
        "embed",
        "encoding",
        "errors",
        "expvar",
        "flag",
        "fmt",
        "go",
        "hash",
        "html",
        "image",
        "index",
        "internal",
        "io",
        "iter",
        "log",
        "maps",
        "math",
        "mime",
        "net",
        "os",
        "path",
        "plugin",
        "reflect",
        "regexp",
        "runtime",
        "simd",
        "slices",
        "sort",
        "strconv",
        "strings",
        "structs",
        "sync",
        "syscall",
        "testing",
        "text",
        "time",
        "unicode",
        "unique",
        "unsafe",
        "vendor",
        "weak",
    ]
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
_BELOW_GO_RUNTIME = tuple(f"{path}/" for path in _GO_RUNTIME)
_RUST_RUNTIME = frozenset(
    ("__rustc", "compiler_builtins", "panic_abort", "panic_unwind", "dlmalloc")
)
_RUST_STANDARD = frozenset(
    ("core", "core_arch", "alloc", "std", "std_detect", "proc_macro", "test", "hashbrown")
)
CPP_STANDARD = frozenset(("std", "__cxxabiv1", "__gnu_cxx"))


class Group(NamedTuple):
    """`name` is one of GROUPS; `is_guess` where only the form of a name speaks for it."""

    name: str
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of whose packages are: OWN or THIRD_PARTY.

    `packages` is by Go's import paths, from `go list`; `modules` by the paths of Go modules, whose
    packages begin with them; `crates` by the names of Rust's. `sources` says where it is from.
    """

    packages: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    crates: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()

    def of_go(self, package: str) -> str | None:
        if package in self.packages:
            return self.packages[package]
        path = package
        while path:
            if path in self.modules:
                return self.modules[path]
            path = path.rpartition("/")[0]
        return None


_NOTHING = Proof()


def group_of(symbol: Symbol, proof: Proof = _NOTHING) -> Group:
    """The group of the package that a symbol is of, by `proof` or else by its name.

    A Go package that nothing is known of is judged by its path: without a dot in its first
    element, and not in the standard library, it counts as own.
    """
    package = symbol.package
    if symbol.language == C:
        return _c_group(symbol)
    if not package:
        return Group(UNKNOWN)
    match symbol.language:
        case "go":
            return _go_group(package, proof)
        case "rust":
            return Group(_rust_group(package, proof))
        case "c++":
            return Group(STANDARD if package in CPP_STANDARD else UNKNOWN)
        case "zig":
            return _zig_group(package)
        case "assemblyscript":
            return Group(_assemblyscript_group(package))
        case wit.WIT:
            is_standard = package.startswith(wit.STANDARD)
            return Group(STANDARD) if is_standard else Group(OWN, is_guess=True)
    return Group(UNKNOWN)


def _c_group(symbol: Symbol) -> Group:
    if symbol.package:  # by its file
        is_own = symbol.package.startswith(C_OTHER)
        return Group(OWN, is_guess=True) if is_own else Group(RUNTIME)
    return Group(RUNTIME if C_STANDARD.fullmatch(symbol.name) else UNKNOWN)


def _go_group(package: str, proof: Proof) -> Group:
    known = proof.of_go(package)
    if known or package == "main":
        return Group(known or OWN)
    if package in (DISPATCH, TYPES, *_GO_RUNTIME) or package.startswith(_BELOW_GO_RUNTIME):
        return Group(RUNTIME)
    first = package.partition("/")[0]
    if first in _GO_STANDARD:
        return Group(STANDARD)
    return Group(THIRD_PARTY if "." in first else OWN, is_guess=True)


def _rust_group(crate: str, proof: Proof) -> str:
    if crate in _RUST_RUNTIME:
        return RUNTIME
    return STANDARD if crate in _RUST_STANDARD else proof.crates.get(crate, UNKNOWN)


def _zig_group(package: str) -> Group:
    if package in zig.RUNTIME:
        return Group(RUNTIME)
    is_standard = package.partition(".")[0] == zig.STANDARD
    return Group(STANDARD) if is_standard else Group(OWN, is_guess=True)


def _assemblyscript_group(file: str) -> str:
    """Files of the project are called by their path in it, others by that below `~lib/`."""
    if not file.startswith("~"):
        return OWN
    folder = file.removeprefix("~lib").lstrip("/").partition("/")[0]
    return STANDARD if not folder or folder in assemblyscript.STANDARD else THIRD_PARTY
