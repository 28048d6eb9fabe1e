"""Our walk over the tokens of a brotli file and the library agree on every file."""

from __future__ import annotations

import random
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.attribution.compressed import dictionary_streams

from wasmtrim import wasm
from wasmtrim.attribution.compressed import decode_brotli, dictionary
from wasmtrim.attribution.compressed.codes import literal_contexts

WORDS = ["the time of applications ", "Download ", ", and this", "\xe9\u0434\u6587 ", '="', "\0"]
texts = (
    st.binary(max_size=2_000)
    | st.text("abc", max_size=2_000).map(str.encode)
    | st.lists(st.sampled_from(WORDS), max_size=80).map(lambda words: "".join(words).encode())
    | st.lists(st.binary(max_size=30), max_size=60).map(lambda parts: b"".join(parts * 5))
)


@given(texts, st.integers(0, 11), st.integers(10, 24), st.integers(0, 2))
def test_what_the_library_compressed_comes_back(
    text: bytes, quality: int, window: int, mode: int
) -> None:
    data = brotli.compress(text, quality=quality, lgwin=window, mode=mode)
    stream = decode_brotli(data)
    assert stream.output == text
    assert stream.paid <= 8 * stream.size


def test_a_real_module_as_it_is_weighed(tinygo_module: wasm.Module) -> None:
    data = tinygo_module.data
    stream = decode_brotli(brotli.compress(data, quality=11))
    assert stream.output == data
    assert stream.bits[0] == 0
    assert all(one < two for one, two in zip(stream.starts, stream.starts[1:], strict=False))


def test_every_transform_of_words_of_every_length_is_as_long_as_the_library_s() -> None:
    choice = random.Random(7)
    for number in range(121):
        references, starts, size = [], [], 0
        for length in range(4, 25):
            bits = dictionary.SIZE_BITS[length]
            for place in choice.sample(range(1 << bits), 5):
                named = (number << bits) + place
                references.append((length, size + 1 + named))
                starts.append(size)
                size += dictionary.written(length, named)
        stream = decode_brotli(dictionary_streams.of(references, size))
        assert list(stream.starts) == starts


def test_the_context_tables_are_the_rfc_s() -> None:
    """RFC 7932, section 7.1 gives their CRC-32."""
    last, before = literal_contexts(2)
    _, signed = literal_contexts(3)
    assert [zlib.crc32(t) for t in (last, before, signed)] == [0x8E91EFB7, 0xD01A32F4, 0x0DD7A0D6]


def test_metadata_and_a_flush_are_passed_over() -> None:
    packer = brotli.Compressor(quality=5)
    data = packer.process(b"one ") + packer.flush() + packer.process(b"two") + packer.finish()
    assert decode_brotli(data).output == b"one two"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x11",
        brotli.compress(b"hello hello") + b"x",
        brotli.compress(b"hello hello")[:-2],
    ],
)
def test_a_damaged_file_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no brotli file, or a damaged one"):
        decode_brotli(data)


def agree(seed: int) -> None:
    """Flips bits of a stream; both take it, or neither does: what the tokens write adds up."""
    choice = random.Random(seed)
    text = "".join(choice.choices([*WORDS, "abc", "b"], k=choice.randrange(90))).encode()
    data = bytearray(brotli.compress(text, quality=choice.choice([1, 5, 9, 11])))
    for _ in range(choice.randrange(1, 4)):
        data[choice.randrange(len(data))] ^= 1 << choice.randrange(8)
    try:
        expected = brotli.decompress(bytes(data))
    except brotli.error:
        with pytest.raises(ValueError, match=r"."):
            decode_brotli(bytes(data))
    else:
        assert decode_brotli(bytes(data)).output == expected


def test_damaged_streams_are_judged_as_the_library_does() -> None:
    for seed in range(2_000):
        agree(seed)


@pytest.mark.long
def test_many_damaged_streams_are_judged_as_the_library_does() -> None:
    for seed in range(10_000, 60_000):
        agree(seed)
