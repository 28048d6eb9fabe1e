"""Our walk over the tokens of a gzip file and the libraries agree on every file."""

from __future__ import annotations

import gzip
import random
import zlib

import deflate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim import wasm
from wasmtrim.attribution.compressed import gunzip

texts = (
    st.binary(max_size=2_000)
    | st.text("abc", max_size=2_000).map(str.encode)
    | st.lists(st.binary(max_size=30), max_size=60).map(lambda parts: b"".join(parts * 5))
)


@given(texts, st.integers(0, 9))
def test_what_zlib_compressed_comes_back(text: bytes, level: int) -> None:
    stream = gunzip(gzip.compress(text, level))
    assert stream.output == text
    assert stream.paid <= 8 * stream.size


@given(texts, st.sampled_from([zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED]))
def test_other_strategies_come_back(text: bytes, strategy: int) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31, 9, strategy)
    assert gunzip(packer.compress(text) + packer.flush()).output == text


def test_a_real_module_as_it_is_weighed(tinygo_module: wasm.Module) -> None:
    data = tinygo_module.data
    stream = gunzip(bytes(deflate.gzip_compress(data, 9)))
    assert stream.output == data
    assert stream.bits[0] == 0
    assert all(one < two for one, two in zip(stream.starts, stream.starts[1:], strict=False))


def test_a_header_with_every_field_is_passed_over() -> None:
    plain = gzip.compress(b"hello")
    header = b"\x1f\x8b\x08\x1e" + plain[4:10] + b"\x03\0abc" + b"name\0" + b"comment\0"
    checksum = (zlib.crc32(header) & 0xFFFF).to_bytes(2, "little")
    assert gunzip(header + checksum + plain[10:]).output == b"hello"


ONE = gzip.compress(b"x", mtime=0)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "does not end with"),
        (b"no gzip file", "incorrect header"),
        (ONE + b"y", "does not end with"),
        (ONE[:-1], "does not end with"),
        (ONE[:-8] + bytes(8), "incorrect data check"),
        (ONE[:11], "does not end with"),
        (ONE[:10] + b"\x07", "invalid block type"),
    ],
)
def test_a_damaged_file_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        gunzip(data)


def agree(seed: int) -> None:
    """Flips bits of a stream; both take it, or neither does: what the tokens write adds up."""
    choice = random.Random(seed)
    text = bytes(choice.choices(b"abcdefgh", k=choice.randrange(400)))
    data = bytearray(gzip.compress(text, choice.choice([0, 1, 9])))
    for _ in range(choice.randrange(1, 4)):
        data[choice.randrange(10, len(data))] ^= 1 << choice.randrange(8)
    unpacker = zlib.decompressobj(31)
    try:
        expected = unpacker.decompress(bytes(data))
        sound = unpacker.eof and not unpacker.unused_data
    except zlib.error:
        sound = False
    if sound:
        assert gunzip(bytes(data)).output == expected
    else:
        with pytest.raises(ValueError, match=r"."):
            gunzip(bytes(data))


def test_damaged_streams_are_judged_as_zlib_does() -> None:
    for seed in range(2_000):
        agree(seed)


@pytest.mark.long
def test_many_damaged_streams_are_judged_as_zlib_does() -> None:
    for seed in range(10_000, 100_000):
        agree(seed)
