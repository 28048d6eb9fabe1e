"""Which functions are like each other: those whose code has the same windows of bytes in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]
    Keys = npt.NDArray[np.uint64]

WINDOW = 6  # bytes: about two instructions
_MOST = 1_600_000  # windows that are looked at; where there are more, of each kind all or none
_CHUNK = 4 << 20  # bytes at a time, for little memory
COMMON = 32  # functions; what more of them have tells little


def windows(bodies: Sequence[bytes]) -> tuple[Numbers, Numbers]:
    """The functions and what they have: pairs of a body's place and a window's number.

    Ordered by window, and of one window by place. Windows that only one function has, or very
    many, are left out. The same on every machine.
    """
    import numpy as np

    code = b"".join(bodies)
    owners = np.repeat(np.arange(len(bodies)), [len(body) for body in bodies])
    rare = max(len(code) // _MOST, 1).bit_length() - 1  # of 2 ** rare kinds of windows, one counts
    low = np.uint64(len(bodies).bit_length())  # bits of a key that tell the owner, not the window
    found = [_keys(code, owners, at, rare, low) for at in range(0, len(code), _CHUNK)]
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    keys = np.concatenate(found)
    keys.sort()
    keys = keys[_first(keys)]  # else the same function has it once more
    number = np.cumsum(_first(keys >> low)) - 1
    owner = (keys & (np.uint64(1) << low) - np.uint64(1)).astype(np.int64)
    shared = np.bincount(number)
    kept = ((shared > 1) & (shared <= COMMON))[number]
    return owner[kept], number[kept]


def _first(keys: Keys) -> npt.NDArray[np.bool_]:
    """Where in an order a key is another than the one before it."""
    import numpy as np

    return np.concatenate((np.ones(1, bool), keys[1:] != keys[:-1]))[: len(keys)]


def _keys(code: bytes, owners: Numbers, start: int, rare: int, low: np.uint64) -> Keys:
    """Of each window that begins in one chunk of the code, the mixed bytes and the owner.

    The owner stands in the `low` bits; the others tell windows apart. With up to 65,535 functions
    these are 48, as many as a window has.
    """
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
    keys: Keys = mixed[kept] >> low << low | owner[kept].astype(np.uint64)
    return keys
