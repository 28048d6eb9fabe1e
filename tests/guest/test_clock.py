"""Delays that follow the host's clock."""

from __future__ import annotations

from collections.abc import Callable

from tests.guest.decoders import agreed
from tests.guest.programs import Build, message, run_wasm


def test_frames_are_stamped_by_the_host_function(build: Callable[..., Build]) -> None:
    header: dict[str, object] = {"width": 1, "height": 1, "frames": 4, "delay": 70, "clock": True}
    frames = b"".join(bytes([n, 0, 0, 255]) for n in range(4))
    # The clock is asked twice when it is made, and once at each frame.
    times = [1000, 1000, 1000, 1104, 1208, 1000]
    run = run_wasm(build("gif", "hostclock").path, message(header, frames), times)
    assert run.status == 0, run.message
    _, delays = agreed(run.output)
    assert delays == [100, 110, 0, 70]


def test_without_the_key_the_clock_is_not_asked(build: Callable[..., Build]) -> None:
    header: dict[str, object] = {"width": 1, "height": 1, "frames": 1}
    run = run_wasm(build("gif", "hostclock").path, message(header, b"\1\2\3\xff"), [])
    assert run.status == 0, run.message
