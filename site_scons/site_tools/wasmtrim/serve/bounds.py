"""What a request may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """Bytes, seconds, table elements, instructions (`fuel`; None: they are not counted).

    `queue` is how many requests may wait.
    """

    body: int
    output: int
    memory: int
    elements: int
    seconds: float
    fuel: int | None
    queue: int

    @property
    def bodies(self) -> int:
        """Bytes of all bodies that are held at once, those of waiting requests included."""
        return 8 * self.body

    @property
    def fence(self) -> int:
        """From this size of its memory on, an instance that was reused is replaced.

        Half of what it may have, so that no request runs short by what others left.
        """
        return self.memory // 2
