"""Which functions are like each other: those whose code has the same windows of bytes in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

WINDOW = 6  # bytes: about two instructions
_MOST = 1_600_000  # windows that are looked at; beyond that, of each kind all or none
COMMON = 32  # functions; what more of them have tells little


def windows(bodies: Sequence[bytes]) -> tuple[Numbers, Numbers]:
    """The functions and what they have: pairs of a body's place and a window's number.

    Windows that only one function has, or very many, are left out. The same on every machine.
    """
    import numpy as np

    code = np.frombuffer(b"".join(bodies), np.uint8).astype(np.uint64)
    sizes = np.fromiter(map(len, bodies), np.int64, len(bodies))
    if len(code) < WINDOW:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    count = len(code) - WINDOW + 1
    mixed = np.zeros(count, np.uint64)
    for at in range(WINDOW):
        mixed |= code[at : at + count] << np.uint64(8 * at)
    mixed *= np.uint64(0x9E3779B97F4A7C15)  # spreads; odd, so that different windows stay so
    mixed ^= mixed >> np.uint64(29)
    owner = np.repeat(np.arange(len(bodies)), sizes)
    whole = owner[:count] == owner[WINDOW - 1 :]
    owner, mixed = owner[:count][whole], mixed[whole]
    while len(mixed) > _MOST:
        kept = (mixed >> np.uint64(60)) & np.uint64(1) == 0
        owner, mixed = owner[kept], mixed[kept] << np.uint64(1)
    by_window = np.argsort(mixed, kind="stable")  # and, of one window, by owner
    owner, mixed = owner[by_window], mixed[by_window]
    new = np.concatenate((np.ones(1, bool), mixed[1:] != mixed[:-1]))[: len(mixed)]
    number = np.cumsum(new) - 1
    new[1:] |= owner[1:] != owner[:-1]  # else the same function has it once more
    owner, number = owner[new], number[new]
    shared = np.bincount(number)
    kept = ((shared > 1) & (shared <= COMMON))[number]
    return owner[kept], number[kept]
