"""Which functions are like each other: those whose code has the same windows of bytes in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

WINDOW = 6  # bytes: about two instructions
_MOST = 1_600_000  # windows that are looked at; where there are more, of each kind all or none
_CHUNK = 4 << 20  # bytes at a time, for little memory
COMMON = 32  # functions; what more of them have tells little


def windows(bodies: Sequence[bytes]) -> tuple[Numbers, Numbers]:
    """The functions and what they have: pairs of a body's place and a window's number.

    Windows that only one function has, or very many, are left out. The same on every machine.
    """
    import numpy as np

    code = b"".join(bodies)
    owners = np.repeat(np.arange(len(bodies)), [len(body) for body in bodies])
    rare = max(len(code) // _MOST, 1).bit_length() - 1  # of 2 ** rare kinds of windows, one counts
    found = [_windows(code, owners, at, rare) for at in range(0, len(code), _CHUNK)]
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    owner, mixed = (np.concatenate(part) for part in zip(*found, strict=True))
    by_window = np.argsort(mixed, kind="stable")  # and, of one window, by owner
    owner, mixed = owner[by_window], mixed[by_window]
    new = np.concatenate((np.ones(1, bool), mixed[1:] != mixed[:-1]))[: len(mixed)]
    number = np.cumsum(new) - 1
    new[1:] |= owner[1:] != owner[:-1]  # else the same function has it once more
    owner, number = owner[new], number[new]
    shared = np.bincount(number)
    kept = ((shared > 1) & (shared <= COMMON))[number]
    return owner[kept], number[kept]


def _windows(
    code: bytes, owners: Numbers, start: int, rare: int
) -> tuple[Numbers, npt.NDArray[np.uint64]]:
    """The owner and the mixed bytes of the windows that begin in one chunk of the code."""
    import numpy as np

    part = np.frombuffer(code[start : start + _CHUNK + WINDOW - 1], np.uint8).astype(np.uint64)
    count = max(len(part) - WINDOW + 1, 0)
    mixed = np.zeros(count, np.uint64)
    for at in range(WINDOW):
        mixed |= part[at : at + count] << np.uint64(8 * at)
    mixed *= np.uint64(0x9E3779B97F4A7C15)  # spreads; odd, so that different windows stay so
    mixed ^= mixed >> np.uint64(29)
    owner = owners[start : start + count]
    whole = owner == owners[start + WINDOW - 1 : start + WINDOW - 1 + count]
    kept = whole & (mixed >> np.uint64(64 - rare) == 0) if rare else whole
    return owner[kept], mixed[kept]
