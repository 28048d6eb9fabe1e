"""Equal work is done once, however many ask for it at a time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from wasmtrim.single_flight import SingleFlight


def test_each_key_s_work_is_done_once() -> None:
    done: list[str] = []
    once: SingleFlight[str] = SingleFlight()

    def work(key: str) -> str:
        done.append(key)
        return key.upper()

    assert [once.get(key, lambda key=key: work(key)) for key in "aba"] == ["A", "B", "A"]  # type: ignore[misc]
    assert done == ["a", "b"]


def test_many_threads_get_one_result() -> None:
    once: SingleFlight[object] = SingleFlight()
    starts = threading.Barrier(8)

    def ask(_: int) -> object:
        starts.wait()

        def work() -> object:
            time.sleep(0.05)
            return object()

        return once.get("key", work)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_a_failure_is_shared_too() -> None:
    once: SingleFlight[None] = SingleFlight()
    tries = []

    def work() -> None:
        tries.append(1)
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            once.get("key", work)
    assert len(tries) == 1


def test_only_the_last_results_are_kept_where_that_is_asked_for() -> None:
    done: list[str] = []
    once: SingleFlight[None] = SingleFlight(most=2)
    for key in "abacab":
        once.get(key, lambda key=key: done.append(key))  # type: ignore[misc]
    assert "".join(done) == "abcab"
