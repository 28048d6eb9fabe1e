"""Numeric instructions as terms over bit-vectors (specification 3.0, section 4.3).

Each value is the bits of it: 32 for i32 and f32, 64 for i64 and f64. Integers are exact, traps with
them. Of floats, what works on bits alone is exact (constants, comparisons, abs, neg, copysign, and
what reinterprets). The rest, `OPAQUE`, is an unknown function of its operands' bits: the same bits
give the same, and no more is known, since the specification leaves the bits of a NaN open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import z3

Term: TypeAlias = Any  # z3 has no types
Operation: TypeAlias = Callable[..., Term]

WIDTHS = {"i32": 32, "i64": 64, "f32": 32, "f64": 64}


def constant(value: int, width: int) -> Term:
    """The bits of a number, which may be negative."""
    return z3.BitVecVal(value, width)


def flag(condition: Term) -> Term:
    """What a comparison leaves."""
    return z3.If(condition, constant(1, 32), constant(0, 32))


def is_zero(value: Term) -> Term:
    return value == constant(0, value.size())


def _rotated(left: bool) -> Operation:
    def rotate(value: Term, by: Term) -> Term:
        size = value.size()
        by = by & (size - 1)
        back = (size - by) & (size - 1)
        return value << (by if left else back) | z3.LShR(value, back if left else by)

    return rotate


def _leading_zeros(value: Term) -> Term:
    """Halve: where the upper half is zero, its bits count and the lower half is looked at."""
    size = value.size()
    if size == 1:
        return z3.If(value == 0, constant(1, 8), constant(0, 8))
    upper, lower = z3.Extract(size - 1, size // 2, value), z3.Extract(size // 2 - 1, 0, value)
    return z3.If(upper == 0, size // 2 + _leading_zeros(lower), _leading_zeros(upper))


def _trailing_zeros(value: Term) -> Term:
    size = value.size()
    if size == 1:
        return z3.If(value == 0, constant(1, 8), constant(0, 8))
    upper, lower = z3.Extract(size - 1, size // 2, value), z3.Extract(size // 2 - 1, 0, value)
    return z3.If(lower == 0, size // 2 + _trailing_zeros(upper), _trailing_zeros(lower))


def _ones(value: Term) -> Term:
    bits = [z3.ZeroExt(7, z3.Extract(at, at, value)) for at in range(value.size())]
    return z3.Sum(bits)


def _counted(count: Callable[[Term], Term]) -> Operation:
    return lambda value: z3.ZeroExt(value.size() - 8, count(value))


def _shifted(shift: Operation) -> Operation:
    return lambda value, by: shift(value, by & (value.size() - 1))


# In the order of the opcodes: those of i32 from 0x46 and 0x67, those of i64 from 0x51 and 0x79.
_COMPARISONS: tuple[Operation, ...] = (
    lambda a, b: a == b,
    lambda a, b: a != b,
    lambda a, b: a < b,
    z3.ULT,
    lambda a, b: a > b,
    z3.UGT,
    lambda a, b: a <= b,
    z3.ULE,
    lambda a, b: a >= b,
    z3.UGE,
)
_INTEGERS: tuple[Operation, ...] = (
    _counted(_leading_zeros),
    _counted(_trailing_zeros),
    _counted(_ones),
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    z3.UDiv,
    z3.SRem,
    z3.URem,
    lambda a, b: a & b,
    lambda a, b: a | b,
    lambda a, b: a ^ b,
    _shifted(lambda a, by: a << by),
    _shifted(lambda a, by: a >> by),
    _shifted(z3.LShR),
    _rotated(left=True),
    _rotated(left=False),
)
_UNARY = 3  # of _INTEGERS: clz, ctz, popcnt
_DIVISIONS = range(6, 10)  # div_s, div_u, rem_s, rem_u


def _sign(value: Term) -> Term:
    return constant(1 << value.size() - 1, value.size())


def _magnitude(value: Term) -> Term:
    return value & ~_sign(value)


def _is_nan(value: Term) -> Term:
    infinity = 0x7F80_0000 if value.size() == 32 else 0x7FF0_0000_0000_0000
    return z3.UGT(_magnitude(value), infinity)


def _ordered(value: Term) -> Term:
    """An integer that is in the order of the floats; -0 comes before 0."""
    return z3.If(value < 0, value ^ ~_sign(value), value)


def _equal(a: Term, b: Term) -> Term:
    zeros = _magnitude(a | b) == 0
    return z3.And(z3.Not(_is_nan(a)), z3.Not(_is_nan(b)), z3.Or(a == b, zeros))


def _less(a: Term, b: Term) -> Term:
    zeros = _magnitude(a | b) == 0
    less = _ordered(a) < _ordered(b)
    return z3.And(z3.Not(_is_nan(a)), z3.Not(_is_nan(b)), z3.Not(zeros), less)


_FLOAT_COMPARISONS: tuple[Operation, ...] = (
    _equal,
    lambda a, b: z3.Not(_equal(a, b)),
    _less,
    lambda a, b: _less(b, a),
    lambda a, b: z3.Or(_less(a, b), _equal(a, b)),
    lambda a, b: z3.Or(_less(b, a), _equal(a, b)),
)
# In the order of the opcodes from 0x8b and 0x99; None is opaque.
_FLOATS: tuple[Operation | None, ...] = (
    _magnitude,
    lambda a: a ^ _sign(a),
    *[None] * 11,
    lambda a, b: _magnitude(a) | b & _sign(b),
)


def _same(value: Term) -> Term:
    return value


def _unchecked() -> dict[int, tuple[int, Operation]]:
    """How many operands each instruction takes, and what it leaves where it does not trap."""
    found: dict[int, tuple[int, Operation]] = {0x45: (1, _test), 0x50: (1, _test)}
    for first, comparisons in (
        (0x46, _COMPARISONS),
        (0x51, _COMPARISONS),
        (0x5B, _FLOAT_COMPARISONS),
        (0x61, _FLOAT_COMPARISONS),
    ):
        for at, compare in enumerate(comparisons):
            found[first + at] = (2, _flagged(compare))
    for first in (0x67, 0x79):
        for at, operation in enumerate(_INTEGERS):
            found[first + at] = (1 if at < _UNARY else 2, operation)
    for first in (0x8B, 0x99):
        for at, exact in enumerate(_FLOATS):
            if exact is not None:
                found[first + at] = (1 if at < 2 else 2, exact)
    found[0xA7] = (1, lambda a: z3.Extract(31, 0, a))
    found[0xAC] = (1, lambda a: z3.SignExt(32, a))
    found[0xAD] = (1, lambda a: z3.ZeroExt(32, a))
    found |= dict.fromkeys(range(0xBC, 0xC0), (1, _same))
    for code, size, low in ((0xC0, 32, 8), (0xC1, 32, 16), (0xC2, 64, 8), (0xC3, 64, 16)):
        found[code] = (1, _extended(size, low))
    found[0xC4] = (1, _extended(64, 32))
    return found


def _test(value: Term) -> Term:
    return flag(is_zero(value))


def _flagged(compare: Operation) -> Operation:
    return lambda a, b: flag(compare(a, b))


def _extended(size: int, low: int) -> Operation:
    return lambda value: z3.SignExt(size - low, z3.Extract(low - 1, 0, value))


def _opaque() -> dict[int, tuple[tuple[int, ...], int]]:
    """The sizes of what each takes, and of what it leaves, in bits."""
    found: dict[int, tuple[tuple[int, ...], int]] = {}
    for first, size in ((0x8B, 32), (0x99, 64)):
        for at, exact in enumerate(_FLOATS):
            if exact is None:  # ceil, floor, trunc, nearest and sqrt take one
                found[first + at] = ((size,) if at < 7 else (size, size), size)
    for first, takes, size in (
        (0xA8, (32, 32, 64, 64), 32),  # i32.trunc
        (0xAE, (32, 32, 64, 64), 64),  # i64.trunc
        (0xB2, (32, 32, 64, 64, 64), 32),  # f32.convert, f32.demote
        (0xB7, (32, 32, 64, 64, 32), 64),  # f64.convert, f64.promote
        (0xFC00, (32, 32, 64, 64), 32),  # saturating
        (0xFC04, (32, 32, 64, 64), 64),
    ):
        for at, taken in enumerate(takes):
            found[first + at] = ((taken,), size)
    return found


EXACT = _unchecked()
OPAQUE = _opaque()
_TRAPPING_CONVERSIONS = frozenset((*range(0xA8, 0xAC), *range(0xAE, 0xB2)))


def opaque(code: int, *operands: Term) -> Term:
    """What an instruction of `OPAQUE` leaves."""
    takes, size = OPAQUE[code]
    sorts = [z3.BitVecSort(each) for each in (*takes, size)]
    return z3.Function(f"op{code:x}", *sorts)(*operands)


def trap(code: int, *operands: Term) -> Term | None:
    """When an instruction traps; None where it never does."""
    if code in _TRAPPING_CONVERSIONS:
        takes, _ = OPAQUE[code]
        sort = z3.BitVecSort(takes[0])
        return z3.Function(f"trap{code:x}", sort, z3.BoolSort())(*operands)
    for first in (0x67, 0x79):
        if code - first in _DIVISIONS:
            dividend, divisor = operands
            by_zero = is_zero(divisor)
            if code - first == _DIVISIONS[0]:  # only the signed quotient can overflow
                overflow = z3.And(dividend == _sign(dividend), divisor == -1)
                return z3.Or(by_zero, overflow)
            return by_zero
    return None
