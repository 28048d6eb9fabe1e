"""Clock and chance, driven by hand: they differ from run to run on a real host, here never."""

from __future__ import annotations

LAST_U64 = (1 << 64) - 1
RESOLUTION_NS = 1_000_000
MOST_RANDOM_BYTES = 16 << 20  # at once


class Host:
    """`now` is in nanoseconds, as WASI counts, and goes on by a step at each reading.

    Another `seed` gives other random numbers.
    """

    def __init__(self, start_ms: int, step_ms: int, seed: int = 0) -> None:
        self.now = start_ms * 1_000_000
        self.step = step_ms * 1_000_000
        self.drawn = 0
        self.seed = seed

    def read_clock(self) -> int:
        now = self.now
        self.now += self.step
        return min(now, LAST_U64)

    def random(self, size: int) -> bytes:
        import hashlib  # late: few modules ask for random numbers

        self.drawn += 1
        key = b"%d %d" % (self.drawn, self.seed) if self.seed else b"%d" % self.drawn
        return hashlib.shake_128(key).digest(size)
