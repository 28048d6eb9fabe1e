"""A position in a module that only moves forward, and never past the end of its section."""

from __future__ import annotations

from wasmtrim.errors import ModuleError
from wasmtrim.wasm.limits import Limit


class Cursor:
    """Reads the bytes `data[pos:end]`; whatever does not fit is a ModuleError of that section.

    Numbers are LEB128 (WebAssembly core specification 3.0, section 5.2.2): at most ceil(bits / 7)
    bytes, the unused bits of the last one zero, or for signed numbers a copy of the sign.
    """

    __slots__ = ("data", "end", "pos", "section")

    def __init__(self, data: bytes, pos: int, end: int, section: str) -> None:
        self.data = data
        self.pos = pos
        self.end = end
        self.section = section

    def error(self, message: str, at: int | None = None) -> ModuleError:
        """The error to raise: `message`, in this section, at byte `at` (default: here)."""
        offset = self.pos if at is None else at
        return ModuleError(message, section=self.section, offset=offset)

    def check(self, count: int, limit: Limit, at: int) -> None:
        """Refuse a count over its limit; it stands at byte `at`."""
        if count > limit.most:
            raise self.error(f"{count} {limit.what}; at most {limit.most} are allowed", at)

    def byte(self, what: str) -> int:
        pos = self.pos
        if pos >= self.end:
            raise self.error(f"{what} is missing, the section ends")
        self.pos = pos + 1
        return self.data[pos]

    def skip(self, size: int, what: str) -> None:
        left = self.end - self.pos
        if size > left:
            raise self.error(f"{what} has {size} bytes, but only {left} are left")
        self.pos += size

    def u32(self, what: str) -> int:
        pos = self.pos
        if pos < self.end:
            first = self.data[pos]
            if first < 0x80:  # nine of ten numbers are one byte long
                self.pos = pos + 1
                return first
        return self._unsigned(32, what)

    def u64(self, what: str) -> int:
        return self._unsigned(64, what)

    def s33(self, what: str) -> int:
        """A heap type: an index when it is not negative, else a one-byte type code minus 128."""
        return self.signed(33, what)

    def _unsigned(self, bits: int, what: str) -> int:
        start = self.pos
        value, _ = self._leb128(bits, what)
        if value >> bits:
            raise self.error(f"{what} is longer than {bits} bits", start)
        return value

    def signed(self, bits: int, what: str) -> int:
        start = self.pos
        value, read_bits = self._leb128(bits, what)
        if value >> read_bits - 1:
            value -= 1 << read_bits
        if not -(1 << bits - 1) <= value < 1 << bits - 1:
            raise self.error(f"{what} is longer than {bits} bits", start)
        return value

    def _leb128(self, bits: int, what: str) -> tuple[int, int]:
        """The number as it is written, and how many bits were: both counted from the first."""
        data, pos, end = self.data, self.pos, self.end
        value = shift = 0
        while pos < end:
            byte = data[pos]
            pos += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                self.pos = pos
                return value, shift
            if shift >= bits:
                raise self.error(f"{what} is longer than {bits} bits")
        self.pos = end
        raise self.error(f"{what} is missing, the section ends")

    def count(self, limit: Limit, smallest: int = 1) -> int:
        """The length of a vector whose entries take at least `smallest` bytes each.

        Checked before anything is allocated: against the limit, and against the bytes left.
        """
        start = self.pos
        count = self.u32(f"the number of {limit.what}")
        self.check(count, limit, start)
        left = self.end - self.pos
        if count * smallest > left:
            raise self.error(f"{count} {limit.what} do not fit into {left} bytes", start)
        return count

    def index(self, bound: int, what: str) -> int:
        """An index below `bound`; `what` names the space that it points into."""
        start = self.pos
        index = self.u32(f"a {what} index")
        if index >= bound:
            raise self.error(f"{what} {index} does not exist, there are {bound}", start)
        return index

    def name(self, what: str) -> str:
        """A vector of bytes that is UTF-8 (section 5.2.4)."""
        start = self.pos
        size = self.u32(f"the length of {what}")
        begin = self.pos
        self.skip(size, what)
        try:
            return self.data[begin : self.pos].decode()
        except UnicodeDecodeError as error:
            raise self.error(f"{what} is not UTF-8: {error.reason}", start) from None

    def done(self, what: str) -> None:
        if self.pos != self.end:
            raise self.error(f"{self.end - self.pos} bytes are left over after {what}")
