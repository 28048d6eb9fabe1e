"""Which functions allocate, and where the size is that they are asked for."""

from __future__ import annotations

from wasmtrim.attribution.owners import Owners
from wasmtrim.hotspots.instructions import get
from wasmtrim.hotspots.instrumentation import Entry
from wasmtrim.wasm.leb128 import unsigned
from wasmtrim.wasm.module import Module

# The parameters, of which the product is the size in bytes, by the last part of a name.
_SIZES = {
    "malloc": (0,),
    "calloc": (0, 1),
    "realloc": (1,),
    "aligned_alloc": (1,),
    "dlmalloc": (0,),
    "cabi_realloc": (3,),  # component model, CanonicalABI.md
    "__rust_alloc": (0,),
    "__rust_alloc_zeroed": (0,),
    "__rust_realloc": (3,),
    "runtime.alloc": (0,),  # TinyGo
    "runtime.realloc": (1,),
    "~lib/rt/itcms/__new": (0,),  # AssemblyScript
    "~lib/rt/stub/__new": (0,),
}
_GO_ALLOCATORS = "runtime.mallocgc"  # and those for a size each, whose names begin alike
_GO_TYPE = (("i32",), ("i32",))
_GO_SIZE_AT = 8  # the first argument lies on Go's own stack, above the return address
_EXTENDED = {"i32": b"\xad", "i64": b""}  # i64.extend_i32_u
_MULTIPLY = b"\x7e"  # i64.mul
_BEGINS = b"\x20\x00\x45\xad"  # local.get 0, i32.eqz, i64.extend_i32_u


def entries(module: Module, owners: Owners, *, go: bool) -> dict[int, Entry]:
    """What to tell of each call, by function; of standard Go's (`go`), of every function.

    A Go function that waited is called again, by a parameter that isn't zero, to go on: this is no
    call. Its stack pointer is the first global (Go, `cmd/internal/obj/wasm/wasmobj.go`).
    """
    found = {}
    for index in range(module.imported_functions, len(module.functions)):
        kind = module.function_type(index)
        resumed = go and (kind.params, kind.results) == _GO_TYPE
        size = _size(owners, index, kind.params, go=resumed)
        if resumed:
            found[index] = Entry(_BEGINS, size + _BEGINS + _MULTIPLY if size else Entry.size)
        elif size:
            found[index] = Entry(size=size)
    return found


def are(name: str) -> bool:
    """Whether a function of this name allocates."""
    return name.startswith(_GO_ALLOCATORS) or _sizes(name) is not None


def _sizes(name: str) -> tuple[int, ...] | None:
    return _SIZES.get(name) or _SIZES.get(name.rpartition("::")[2])


def _size(owners: Owners, index: int, params: tuple[str, ...], *, go: bool) -> bytes:
    """Instructions that give the size that an allocator is asked for; none for other functions."""
    symbol = owners.symbol(index)
    name = symbol.name if symbol else ""
    if go and name.startswith(_GO_ALLOCATORS):
        first = owners.module.globals[:1]
        if first and first[0].value == "i32" and owners.module.memories:
            return b"\x23\x00\x29\x03" + unsigned(_GO_SIZE_AT)  # global.get 0, i64.load
        return b""
    places = _sizes(name) or ()
    if not places or any(at >= len(params) or params[at] not in _EXTENDED for at in places):
        return b""
    values = [get(at) + _EXTENDED[params[at]] for at in places]
    return values[0] + b"".join(value + _MULTIPLY for value in values[1:])
