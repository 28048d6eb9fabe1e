"""Other layouts of a module, and what wasm-tools prints of them."""

from __future__ import annotations

import random
import re
import subprocess

from tests.conftest import WASM_TOOLS

from wasmtrim import wasm
from wasmtrim.stages.layout import segments
from wasmtrim.stages.layout.program import Arrangement, Program
from wasmtrim.wasm import leb128


def shuffled(taken: Program, seed: int = 1) -> Arrangement:
    """Functions anyhow, and data in the fewest bytes."""
    functions = list(taken.found.order)
    random.Random(seed).shuffle(functions)
    if taken.data is None:
        return Arrangement(functions, None)
    passive = range(len(taken.data.passive))
    return Arrangement(functions, [*passive, *segments.cheapest(taken.data.memories)])


def stripped(data: bytes) -> bytes:
    """Without its custom sections."""
    argv = [WASM_TOOLS, "strip", "--all", "-"]
    return subprocess.run(argv, input=data, check=True, capture_output=True).stdout


def named(data: bytes) -> bytes:
    """With a name section in which each function is called by its number."""
    count = len(wasm.read(data).functions)
    entries = [
        leb128.unsigned(at) + bytes([len(f"f{at}")]) + f"f{at}".encode() for at in range(count)
    ]
    function_names = leb128.unsigned(count) + b"".join(entries)
    content = b"\x04name\x01" + leb128.unsigned(len(function_names)) + function_names
    return data + b"\0" + leb128.unsigned(len(content)) + content


def printed(data: bytes) -> tuple[dict[str, str], list[str]]:
    """The text of each function by its name, and of all else, in which functions have names."""
    argv = [WASM_TOOLS, "print", "--indent-text=", "-"]
    text = subprocess.run(argv, input=data, check=True, capture_output=True).stdout.decode()
    text = re.sub(r" ?\(;\d+;\)", "", text.rstrip().removesuffix(")"))  # numbers, as comments
    functions: dict[str, str] = {}
    others = []
    for part in re.split(
        r"\n(?=\((?:type|rec|import|func|table|memory|tag|global|export|start|elem|data)\b)", text
    ):
        found = re.match(r"\(func \$(\S+)", part)
        if found:
            functions[found[1]] = part.rstrip()
        else:
            others.append(part)
    return functions, others
