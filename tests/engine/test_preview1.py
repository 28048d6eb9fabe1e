"""What a guest sees of clock, chance and waiting is the same in every run."""

from __future__ import annotations

from typing import Any

import pytest
import wasmtime

from wasmtrim.engine.preview1 import BADF, FAULT, INVAL, NO_ERROR, Preview1
from wasmtrim.engine.steps import value_of


class Guest:
    """A memory of one page, and the calls that a guest would make on it."""

    def __init__(self) -> None:
        self.store = wasmtime.Store()
        kind = wasmtime.MemoryType(wasmtime.Limits(1, 1))
        self.memory: Any = wasmtime.Memory(self.store, kind)

    def get(self, name: str) -> Any:
        return self.memory if name == "memory" else None

    def _context(self) -> Any:
        return self.store._context()

    def read(self, start: int, size: int) -> bytes:
        return bytes(self.memory.read(self.store, start, start + size))

    def write(self, start: int, data: bytes) -> None:
        self.memory.write(self.store, data, start)

    def number(self, start: int, size: int = 8) -> int:
        return int.from_bytes(self.read(start, size), "little")


@pytest.fixture
def guest() -> Any:
    return Guest()


def clock(userdata: int, timeout: int, *, absolute: bool = False) -> bytes:
    head = userdata.to_bytes(8, "little") + bytes(8) + bytes(8)
    return head + timeout.to_bytes(8, "little") + bytes(8) + bytes([absolute]) + bytes(7)


def descriptor(userdata: int, number: int, tag: int = 1) -> bytes:
    head = userdata.to_bytes(8, "little") + bytes([tag]) + bytes(7)
    return (head + number.to_bytes(4, "little")).ljust(48, b"\0")


def poll(host: Preview1, guest: Any, *subscriptions: bytes) -> list[tuple[int, int, int]]:
    """The events that are given: userdata, errno and type."""
    guest.write(0, b"".join(subscriptions))
    assert host.poll_oneoff(guest, 0, 4096, len(subscriptions), 8192) == NO_ERROR
    events = [4096 + 32 * index for index in range(guest.number(8192, 4))]
    return [(guest.number(e), guest.number(e + 8, 2), guest.number(e + 10, 1)) for e in events]


def test_the_clock_goes_on_by_a_step_at_each_reading(guest: Any) -> None:
    host = Preview1(start_ms=1000, step_ms=5)
    for wanted in (1_000_000_000, 1_005_000_000, 1_010_000_000):
        assert host.clock_time_get(guest, 1, 0, 16) == NO_ERROR
        assert guest.number(16) == wanted
    assert host.now_ms() == 1015


def test_a_clock_that_does_not_exist(guest: Any) -> None:
    assert Preview1(0, 1).clock_time_get(guest, 4, 0, 16) == INVAL
    assert Preview1(0, 1).clock_res_get(guest, -1, 16) == INVAL


def test_random_bytes_are_the_same_in_every_run_and_not_in_every_call(guest: Any) -> None:
    host = Preview1(0, 1)
    host.random_get(guest, 0, 32)
    host.random_get(guest, 32, 32)
    first, second = guest.read(0, 32), guest.read(32, 32)
    assert first != second
    Preview1(0, 1).random_get(guest, 64, 32)
    assert guest.read(64, 32) == first


@pytest.mark.parametrize(("pointer", "size"), [(65_536, 1), (0, 65_537), (-1, 2), (5, -1)])
def test_a_buffer_beyond_the_memory_is_a_fault(guest: Any, pointer: int, size: int) -> None:
    assert Preview1(0, 1).random_get(guest, pointer, size) == FAULT


def test_waiting_takes_no_time_and_moves_the_clock(guest: Any) -> None:
    host = Preview1(start_ms=1000, step_ms=1)
    assert poll(host, guest, clock(7, 3_600_000_000_000)) == [(7, NO_ERROR, 0)]
    assert host.now_ms() == 3_601_000


def test_of_two_timers_the_first_one_rings(guest: Any) -> None:
    host = Preview1(0, 1)
    assert poll(host, guest, clock(1, 500), clock(2, 400), clock(3, 400)) == [
        (2, NO_ERROR, 0),
        (3, NO_ERROR, 0),
    ]
    assert host.now == 400


def test_a_deadline_in_the_past_rings_at_once_and_turns_no_clock_back(guest: Any) -> None:
    host = Preview1(start_ms=9, step_ms=1)
    assert poll(host, guest, clock(1, 5, absolute=True)) == [(1, NO_ERROR, 0)]
    assert host.now == 9_000_000


def test_a_descriptor_is_ready_before_a_timer(guest: Any) -> None:
    host = Preview1(0, 1)
    assert poll(host, guest, clock(1, 500), descriptor(2, 0)) == [(2, NO_ERROR, 1)]
    assert host.now == 0
    assert poll(host, guest, descriptor(3, 9, tag=2)) == [(3, BADF, 2)]


def test_polling_for_nothing_or_from_nowhere(guest: Any) -> None:
    assert Preview1(0, 1).poll_oneoff(guest, 0, 4096, 0, 8192) == INVAL
    assert Preview1(0, 1).poll_oneoff(guest, 65_530, 4096, 1, 8192) == FAULT
    assert Preview1(0, 1).poll_oneoff(guest, 0, 4096, -1, 8192) == FAULT
    assert Preview1(0, 1).poll_oneoff(guest, 0, 65_530, 1, 8192) == FAULT


@pytest.mark.parametrize(
    ("kind", "given", "taken"),
    [("i32", 4294967295, -1), ("i32", -1, -1), ("i64", 1 << 63, -(1 << 63)), ("f32", 2, 2.0)],
)
def test_integers_are_signed_for_wasmtime(kind: str, given: float, taken: float) -> None:
    assert value_of(kind, given) == taken
