"""A module before and after an optimizer: which functions changed, and which are proven equal."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from wasmtrim.records import Differing, NotTried, ProofRecord
from wasmtrim.symbolic.body import GLOBAL_SET, Body, Named
from wasmtrim.wasm import Module, encodings, read, sections
from wasmtrim.wasm.types import PAGE_BYTES, MemoryType

if TYPE_CHECKING:
    from wasmtrim.symbolic.comparison import Verdict

_MOST_SHOWN = 10
_NEW = "a new function, or a new name"
_NO_Z3 = "z3 is not installed; fix: pip install 'wasmtrim[proof]'"
_NO_TIME = "no time left"


def prove(before: bytes, after: bytes, seconds: float) -> ProofRecord:
    """Compare the functions of two modules, with the same names for the same, for so long.

    Raises ModuleError where a body is not a sequence of instructions.
    """
    end = time.monotonic() + seconds
    old, new = Named.of(read(before)), Named.of(read(after))
    earlier = old.bodies
    changed = {
        name: (earlier.get(name), body)
        for name, body in new.bodies.items()
        if earlier.get(name) != body
    }
    try:
        decide = _deciding(old, new)
    except ModuleNotFoundError:
        return ProofRecord(len(changed), not_tried=(NotTried(_NO_Z3, len(changed)),))
    found: dict[str, Verdict] = {}
    missing: Counter[str] = Counter()
    for name, (was, now) in sorted(changed.items(), key=_length):
        if was is None:
            missing[_NEW] += 1
        elif time.monotonic() > end:
            missing[_NO_TIME] += 1
        else:
            found[name] = decide(was, now)
    missing.update(each.detail for each in found.values() if each.kind == "not tried")
    kinds = Counter(each.kind for each in found.values())
    differing = [Differing(name, v.detail) for name, v in found.items() if v.kind == "differs"]
    return ProofRecord(
        changed=len(changed),
        proven=kinds["proven"],
        undecided=kinds["undecided"],
        differs=kinds["differs"],
        differing=tuple(differing[:_MOST_SHOWN]),
        not_tried=tuple(NotTried(why, count) for why, count in missing.most_common()),
    )


def _length(entry: tuple[str, tuple[Body | None, Body]]) -> tuple[int, str]:
    """The shortest first: they are the most likely to be proven."""
    name, (_, body) = entry
    return len(body.code), name


def _deciding(old: Named, new: Named) -> Callable[[Body, Body], Verdict]:
    """Return what compares two bodies. Raises ModuleNotFoundError where z3 is missing."""
    from wasmtrim.symbolic.comparison import Surroundings, compare

    earlier, later = _types(old), _types(new)
    around = Surroundings(
        earlier | later, earlier.keys() & later.keys(), _constants(old, new), _memory(old, new)
    )
    return lambda was, now: compare(was, now, around)


def _types(named: Named) -> dict[str, str]:
    return dict(zip(named.globals, [each.value for each in named.module.globals], strict=True))


def _memory(old: Named, new: Named) -> MemoryType | None:
    """The one memory that both have; None where it is none that we know."""
    some, others = old.module.memories, new.module.memories
    if len(some) != 1 or some != others:
        return None
    (only,) = some
    known = only.page_bytes == PAGE_BYTES and not only.shared and not only.is64
    return only if known else None


def _constants(old: Named, new: Named) -> Mapping[str, int]:
    """The globals that nothing sets, and that begin with a number: as its bits."""
    earlier, later = _fixed(old), _fixed(new)
    return {
        name: bits
        for name, bits in (earlier | later).items()
        if earlier.get(name, bits) == later.get(name, bits)
    }


def _fixed(named: Named) -> dict[str, int]:
    module = named.module
    outside = {each.index for each in module.exports if each.kind == "global"}
    written = {
        each.given[0]
        for body in named.bodies.values()
        for each in body.code
        if each.code == GLOBAL_SET
    }
    found = {}
    for index, name in enumerate(named.globals):
        kind = module.globals[index]
        if not kind.mutable or (name not in written and index not in outside):
            bits = _initial(module, index)
            if bits is not None:
                found[name] = bits
    return found


def _initial(module: Module, index: int) -> int | None:
    """The bits of the number that a global begins with; None where it is imported or computed."""
    first = sum(entry.kind == "global" for entry in module.imports)
    section = module.section(sections.GLOBAL)
    if index < first or section is None:
        return None
    cursor = section.cursor(module.data)
    cursor.pos = module.starts[sections.GLOBAL][index - first]
    encodings.global_type(cursor)
    match cursor.byte("an instruction"):
        case 0x41:
            bits = cursor.signed(32, "a constant") % (1 << 32)
        case 0x42:
            bits = cursor.signed(64, "a constant") % (1 << 64)
        case 0x43 | 0x44 as code:
            start = cursor.pos
            cursor.skip(4 if code == 0x43 else 8, "a constant")
            bits = int.from_bytes(module.data[start : cursor.pos], "little")
        case _:
            return None
    return bits if cursor.byte("an instruction") == 0x0B else None
