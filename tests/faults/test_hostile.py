"""Whatever the bytes are, the answer is a verdict in printable words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wasmtrim.verify import Verification

Judge = Callable[[bytes, str], Verification]
HEAD = b"\0asm\x01\0\0\0"
SOUND = (Path(__file__).parent / "sound" / "echo.wat").read_text()


def section(identifier: int, content: bytes) -> bytes:
    return bytes([identifier]) + leb(len(content)) + content


def leb(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low]) if not rest else bytes([low | 0x80]) + leb(rest)


def functions(number: int) -> bytes:
    types = section(1, b"\x01\x60\0\0")
    return (
        HEAD
        + types
        + section(3, leb(number) + bytes(number))
        + section(10, leb(number) + (b"\x02\0\x0b" * number))
    )


HOSTILE = {
    "nothing": b"",
    "a header alone": HEAD,
    "text": b"(module)",
    "a number without end": HEAD + b"\x01" + b"\x80" * 40,
    "a section of 4 GiB": HEAD + b"\x01\xff\xff\xff\xff\x0f",
    "four billion types": HEAD + section(1, b"\xff\xff\xff\xff\x0f"),
    "a name that is no UTF-8": HEAD + section(1, b"\x01\x60\0\0")
    + section(2, b"\x01\x02\xff\xfe\x01x\0\0"),
    "a million empty functions": functions(1_000_000),
    "a body without end": HEAD + section(1, b"\x01\x60\0\0") + section(3, b"\x01\0")
    + section(10, b"\x01\x04\0\x03\x40\x0c"),
    "blocks 100,000 deep": bytes(wasmtime.wat2wasm(
        f'(module (memory (export "memory") 1)(func (export "_start") {"block " * 100_000}'
        f'{"end " * 100_000}))'
    )),
    "64 KiB of locals": bytes(wasmtime.wat2wasm(
        f'(module (memory (export "memory") 1)(func (export "_start") (local {"i64 " * 40_000})))'
    )),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_bytes_get_a_verdict(kind: str, judge: Judge, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    verdict = judge(HOSTILE[kind], "")
    assert all(check.detail.isprintable() for check in verdict.checks)
    made = {path.name for path in tmp_path.iterdir()} - {path.name for path in before}
    assert made <= {"build", "config", "expected.png", "input.txt", "module.wasm", "upper.txt"}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_damaged_module_gets_a_verdict(data: st.DataObject, judge: Judge) -> None:
    module = bytearray(wasmtime.wat2wasm(SOUND))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(8, len(module) - 1))
        module[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(8, len(module)))
    verdict = judge(bytes(module[:cut]), "limits: {seconds: 1, fuel: 1 M}")
    assert verdict.checks
    assert all(check.detail.isprintable() for check in verdict.checks)
