"""The package that a source file is of, as far as its path tells."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from wasmtrim.attribution.packages.naming import family

# Where compilers and package managers have the sources of a crate.
_CRATE = re.compile(
    r"(?:^|/)library/(?:stdarch/crates/)?(?P<standard>[a-z_]+)/src/"
    r"|/registry/src/[^/]+/(?P<registry>[\w-]+?)-\d[^/]*/"
    r"|/git/checkouts/(?P<git>[\w-]+)-[0-9a-f]+/"
)
# What rustc names a unit by: the file of a crate's root, and the crate with its hash.
_CODEGEN_UNIT = re.compile(r"\.rs/@/(?P<crate>\w+)\.[0-9a-f]+-cgu\.\d+$")
_ZIG = re.compile(r"(?:^|/)lib/(?:(?P<std>std)/(?P<namespace>\w+)|(?P<runtime>compiler_rt|c)\b)")
_CPP_STANDARD = re.compile(r"/c\+\+/(?:v\d+|\d+)/|(?:^|/)libcxx/(?:src|include)/")
_CPP_RUNTIME = re.compile(r"(?:^|/)libcxxabi/(?:src|include)/")


# What stands before a file's module, crate or library: folders of one machine.
_MACHINE = re.compile(
    r"^(?:.*/pkg/mod/|.*/registry/src/[^/]+/|.*/git/checkouts/|/rustc/[0-9a-f]+/(?:library/)?"
    r"|.*/(?=emscripten/system/)|/rust/deps/)"
)


def folder_before(file: str, package: str) -> str:
    """The folder that a package of Go lies in by its path, such as GOROOT/src/; "" for none."""
    folder = file.rpartition("/")[0]
    return folder.removesuffix(package) if folder.endswith(f"/{package}") else ""


def shown(file: str, folder: str) -> str:
    """A path without the folders of the machine that it was on; `folder` is one of them or ""."""
    return _MACHINE.sub("", file.removeprefix(folder))


def is_made_up(file: str) -> bool:
    """Whether it is not a file, but TinyGo's name for code and data it makes: `<Go type>`."""
    return file.rpartition("/")[2][:1] in ("", "<")


def package_of(file: str) -> str:
    """The crate, namespace or family of a file by Rust, Zig, C or C++, or of a unit by rustc; ""
    where it doesn't tell."""
    if is_made_up(file):
        return ""
    if unit := _CODEGEN_UNIT.search(file):
        return unit["crate"]
    match PurePosixPath(file).suffix:
        case ".rs":
            found = _CRATE.search(file)
            name = found and (found["standard"] or found["registry"] or found["git"])
            return str(name).replace("-", "_") if name else ""
        case ".zig":
            found = _ZIG.search(file)
            if found is None:
                return PurePosixPath(file).stem
            return f"std.{found['namespace']}" if found["std"] else found["runtime"]
        case ".go" | ".ts":
            return ""
    if _CPP_RUNTIME.search(file):
        return "__cxxabiv1"
    return "std" if _CPP_STANDARD.search(file) else family(file)
