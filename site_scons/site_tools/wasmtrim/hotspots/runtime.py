"""The two functions that keep the stack of an instrumented module, and the memory they keep it in.

The memory holds a tree: a node is a function as it is called from its parent's. `enter` goes down
to the node of a function, which a hash table finds by parent and function, and `move` goes back.
Both give what was counted since the last move to the node that is left.

| at | what |
| --- | --- |
| 0 | node at work, number of nodes but for the first two (u32 each), count at the last move (u64) |
| 64 | nodes of 40 bytes: function, parent, depth, 0 (u32 each), calls, instructions, bytes (u64) |
| 64 + 40 * NODES | the hash table: the nodes' addresses less 64, 0 for none |

The first node is what calls the module. The second one, `CUT`, takes the place of the caller where
a stack is deeper than DEPTH, or where the tree has TREE nodes: then it grows by one node a function
at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wasmtrim.engine.core import NODE_BYTES, NODES_AT
from wasmtrim.hotspots.instructions import br, br_if, get, i32, put, tee
from wasmtrim.wasm.leb128 import unsigned
from wasmtrim.wasm.types import PAGE_BYTES

CUT: Final = NODE_BYTES
TREE: Final = 200_000
DEPTH: Final = 1_000
_CURRENT, _COUNT, _MARK = 0, 4, 8
_FUNCTION, _PARENT, _DEPTH, _CALLS, _FUEL, _BYTES = 0, 4, 8, 16, 24, 32

# Types of the two functions, as entries of the type section: (i32, i64, i64) -> i32, (i32).
ENTER_TYPE: Final = b"\x60\x03\x7f\x7e\x7e\x01\x7f"
MOVE_TYPE: Final = b"\x60\x01\x7f\x00"

# Instructions (specification 5.4).
_BLOCK, _LOOP, _IF, _END = b"\x02\x40", b"\x03\x40", b"\x04\x40", b"\x0b"
_EQZ, _EQ, _GE_U = b"\x45", b"\x46", b"\x4f"
_ADD, _MUL, _AND = b"\x6a", b"\x6c", b"\x71"
_I64_ADD, _I64_SUB = b"\x7c", b"\x7d"


@dataclass(frozen=True)
class Runtime:
    """`fuel` is the index of the global that counts, `memory` that of the memory.

    `functions` is how many functions the module has.
    """

    fuel: int
    memory: int
    functions: int

    @property
    def memory_type(self) -> bytes:
        """The memory's entry in its section: a size that never changes."""
        pages = unsigned(self.size // PAGE_BYTES)
        return b"\x01" + pages + pages

    @property
    def size(self) -> int:
        """The bytes of the memory: whole pages."""
        return -(-(self._table + 4 * self._slots) // PAGE_BYTES) * PAGE_BYTES

    @property
    def _nodes(self) -> int:
        return TREE + self.functions + 2

    @property
    def _slots(self) -> int:
        """A power of two, so that the table is half empty at least."""
        return 1 << (2 * self._nodes).bit_length()

    @property
    def _table(self) -> int:
        return NODES_AT + NODE_BYTES * self._nodes

    def enter(self) -> bytes:
        """The body of `enter`: function, calls and bytes to add; gives the node that it left."""
        function, calls, size, before, parent, slot, node = range(7)
        deep = get(before) + self._load(NODES_AT + _DEPTH) + i32(DEPTH) + _GE_U
        full = i32(0) + self._load(_COUNT) + i32(TREE) + _GE_U
        address = get(slot) + i32(4) + _MUL
        found = (
            *(get(node), self._load(NODES_AT + _FUNCTION), get(function), _EQ),
            *(get(node), self._load(NODES_AT + _PARENT), get(parent), _EQ, _AND),
        )
        code = (
            *(i32(0), self._load(_CURRENT), put(before)),
            self._charge(before),
            *(get(before), put(parent)),
            *(deep, _IF, i32(CUT), put(parent), _END),
            *(self._hash(parent, function), put(slot)),
            *(_BLOCK, _LOOP),
            *(get(slot), i32(self._slots - 1), _AND, put(slot)),
            *(address, self._load(self._table), tee(node), _EQZ, _IF),
            # An empty slot: there is no such node. It is made, or CUT is asked.
            *(full, get(parent), i32(CUT), _EQ, _EQZ, _AND, _IF),
            *(i32(CUT), put(parent), self._hash(parent, function), put(slot), br(2)),
            _END,
            *(i32(0), i32(0), self._load(_COUNT), i32(1), _ADD, self._store(_COUNT)),
            *(i32(0), self._load(_COUNT), i32(1), _ADD, i32(NODE_BYTES), _MUL, put(node)),
            *(address, get(node), self._store(self._table)),
            *(get(node), get(function), self._store(NODES_AT + _FUNCTION)),
            *(get(node), get(parent), self._store(NODES_AT + _PARENT)),
            *(get(node), get(parent), self._load(NODES_AT + _DEPTH), i32(1), _ADD),
            self._store(NODES_AT + _DEPTH),
            br(2),
            _END,
            *(*found, br_if(1)),
            *(get(slot), i32(1), _ADD, put(slot), br(0)),
            *(_END, _END),
            self._add(node, NODES_AT + _CALLS, get(calls)),
            self._add(node, NODES_AT + _BYTES, get(size)),
            *(i32(0), get(node), self._store(_CURRENT)),
            *(get(before), _END),
        )
        return b"\x01\x04\x7f" + b"".join(code)  # four locals of i32

    def move(self) -> bytes:
        """The body of `move`: the node to be at."""
        to, before = range(2)
        code = (
            *(i32(0), self._load(_CURRENT), put(before)),
            self._charge(before),
            *(i32(0), get(to), self._store(_CURRENT), _END),
        )
        return b"\x01\x01\x7f" + b"".join(code)

    def current(self) -> bytes:
        """Instructions that give the node at work."""
        return i32(0) + self._load(_CURRENT)

    def _charge(self, node: int) -> bytes:
        """Give a node what was counted since the last move."""
        counted = i32(0) + self._load64(_MARK)
        fuel = b"\x23" + unsigned(self.fuel)
        spent = fuel + counted + _I64_SUB
        mark = i32(0) + fuel + self._store64(_MARK)
        return self._add(node, NODES_AT + _FUEL, spent) + mark

    def _hash(self, parent: int, function: int) -> bytes:
        """Of parent and function, by odd factors of 32 bits; the upper bits go down."""
        first = get(parent) + i32(-1_640_531_535) + _MUL
        second = get(function) + i32(-2_048_144_789) + _MUL
        mixed = first + second + _ADD
        return mixed + tee(5) + get(5) + i32(15) + b"\x76\x73"  # shr_u, xor

    def _add(self, node: int, at: int, value: bytes) -> bytes:
        read = get(node) + self._load64(at)
        return get(node) + read + value + _I64_ADD + self._store64(at)

    def _load(self, at: int) -> bytes:
        return b"\x28" + self._place(2, at)

    def _load64(self, at: int) -> bytes:
        return b"\x29" + self._place(3, at)

    def _store(self, at: int) -> bytes:
        return b"\x36" + self._place(2, at)

    def _store64(self, at: int) -> bytes:
        return b"\x37" + self._place(3, at)

    def _place(self, align: int, at: int) -> bytes:
        """The immediates of an access: bit 6 of the alignment says that a memory is named."""
        if self.memory == 0:
            return bytes([align]) + unsigned(at)
        return bytes([align | 0x40]) + unsigned(self.memory) + unsigned(at)
