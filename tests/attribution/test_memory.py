"""A module full of one kind of thing takes 100 MB and 50 times its size, at most."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

MEASURE = """
import sys
from wasmtrim.cli.main import main
status = main(["sizes", sys.argv[1]])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(status, int(peak.split()[1]) * 1024, file=sys.stderr)
"""


def number(value: int) -> bytes:
    return bytes([value >> 7 * place & 0x7F | 0x80 for place in range(4)] + [value >> 28])


def sized(contents: bytes) -> bytes:
    return number(len(contents)) + contents


def many(entry: bytes, count: int) -> bytes:
    return sized(number(count) + entry * count)


def functions(count: int) -> bytes:
    return EMPTY + TYPES + b"\3" + many(b"\0", count) + b"\x0a" + many(b"\2\0\x0b", count)


def names(count: int) -> bytes:
    """As short as names can be that still have a package."""
    entries = b"".join(number(index) + b"\3a.b" for index in range(count))
    return b"\0" + sized(b"\4name\1" + sized(number(count) + entries))


def exports(count: int) -> bytes:
    entries = b"".join(b"\5%05x\0\0" % index for index in range(count))
    return EMPTY + TYPES + b"\3\2\1\0\7" + sized(number(count) + entries) + b"\x0a\4\1\2\0\x0b"


EMPTY = b"\0asm\1\0\0\0"
TYPES = b"\1\4\1\x60\0\0"
HOSTILE: dict[str, Callable[[int], bytes]] = {
    "functions": functions,
    "names": lambda count: functions(count) + names(count),
    "custom sections": lambda count: functions(count) + b"\0\1\0" * 99_000,
    "name sections": lambda count: functions(count) + b"\0\x06\4name\xff" * 99_000,
    "subsections": lambda count: EMPTY + b"\0" + sized(b"\4name" + b"\x63\0" * count),
    "types": lambda count: EMPTY + b"\1" + many(b"\x60\0\0", count),
    "globals": lambda count: EMPTY + b"\6" + many(b"\x7f\0\x41\0\x0b", count),
    "imports": lambda count: EMPTY + b"\2" + many(b"\0\0\3\x7f\0", count),
    "function imports": lambda count: EMPTY + TYPES + b"\2" + many(b"\0\0\0\0", count),
    "exports": exports,
    "elements": lambda count: EMPTY + b"\x09" + many(b"\1\0\0", count),
    "data": lambda count: EMPTY + b"\x0b" + many(b"\1\0", count // 10),
}
MILLION = 1_000_000

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def check(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    argv = [sys.executable, "-c", MEASURE, str(path)]
    done = subprocess.run(argv, check=True, capture_output=True, timeout=300)
    status, memory = map(int, done.stderr.split())
    assert status == 0
    assert memory <= 100_000_000 + 50 * len(data)


def test_a_million_empty_functions(tmp_path: Path) -> None:
    check(functions(MILLION), tmp_path / "functions.wasm")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_fifth_of_a_million(name: str, tmp_path: Path) -> None:
    check(HOSTILE[name](MILLION // 5), tmp_path / "module.wasm")


@pytest.mark.long
@pytest.mark.parametrize("name", HOSTILE)
def test_a_million(name: str, tmp_path: Path) -> None:
    check(HOSTILE[name](MILLION), tmp_path / "module.wasm")
