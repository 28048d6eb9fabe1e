"""What a file is that is not a WebAssembly binary, and what to do with it."""

from __future__ import annotations

import re

_SHOWN = 256  # bytes that are looked at
_KINDS = (
    (
        rb"\s*+(?:;;[^\n]*+\n\s*+|(?>\(;.*?;\))\s*+)*+\((?:module|component)\b",
        "it is WebAssembly text; make a binary of it: wasm-tools parse FILE.wat -o FILE.wasm",
    ),
    (rb"\x1f\x8b", "it is compressed by gzip; unpack it first: gzip -dk FILE"),
    (rb"\x28\xb5\x2f\xfd", "it is compressed by zstd; unpack it first: zstd -d FILE"),
    (rb"PK\x03\x04", "it is a zip archive; unpack it first"),
    (rb"!<arch>\n", "it is an archive of object files; link it first"),
    (rb"BC\xc0\xde", "it is LLVM bitcode; link it first"),
    (
        rb"\x7fELF|MZ|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe",
        "it is a program for another machine; build it for WebAssembly",
    ),
    (
        rb"\s*<(?i:!doctype|html|\?xml)",
        "it is a page of HTML or XML, such as a server sends in place of a missing file",
    ),
    (
        rb"version https://git-lfs\.github\.com/",
        "it is a pointer of Git LFS; fetch the file: git lfs pull",
    ),
)


def what(data: bytes) -> str:
    """What is found in place of a binary, for a message; by its first bytes where that is all."""
    begin = data[:_SHOWN]
    said = next((said for form, said in _KINDS if re.match(form, begin, re.DOTALL)), None)
    if said:
        return said
    found = data[:4].hex(" ") if data else "nothing, the file is empty"
    return f"it begins with {found}, not with 00 61 73 6d"
