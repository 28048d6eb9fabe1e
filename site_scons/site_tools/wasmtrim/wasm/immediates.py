"""The immediates of instructions as regular expressions over bytes.

A run of instructions is then skipped by one match, in C: about a hundred times as fast as a loop
in Python. The repeats are possessive: no byte is looked at twice, whatever the bytes are.
"""

from __future__ import annotations

S32 = U32 = rb"[\x80-\xff]{0,4}+[\x00-\x7f]"
S64 = U64 = rb"[\x80-\xff]{0,9}+[\x00-\x7f]"
# A heap type may be exact (0x62) or shared (0x65) by a prefix byte.
HEAP = rb"[\x62\x65]?+" + U32
# Empty, a value type, a reference to a heap type, or the index of a function type.
BLOCK = rb"(?:[\x63\x64]" + HEAP + rb"|\x65?+" + U32 + rb")"
# A number, vector or short reference type; a reference to a heap type; a shared abstract one.
VALUE = rb"(?:[\x63\x64]" + HEAP + rb"|\x65?+[\x66-\x7f])"
# Alignment, with bit 6 set for a memory other than the first; then the offset.
MEMORY = rb"(?:[\x00-\x3f]" + U64 + rb"|[\x40-\x7f]" + U32 + U64 + rb")"


def alternatives(*patterns: bytes) -> bytes:
    return rb"(?:" + rb"|".join(patterns) + rb")"
