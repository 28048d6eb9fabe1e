from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
import deflate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim import wasm
from wasmtrim.attribution import Items, owners
from wasmtrim.attribution.compressed import (
    Stream,
    brotli_shares,
    decode_brotli,
    gunzip,
    gzip_shares,
    shares,
)
from wasmtrim.attribution.rounding import largest_remainder
from wasmtrim.sizes import measure

COMPRESSORS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], Stream]]] = {
    "gzip": (lambda data: bytes(deflate.gzip_compress(data, 9)), gunzip),
    "brotli": (lambda data: brotli.compress(data, quality=11), decode_brotli),
}


def test_the_sums_are_those_of_the_size_record(tinygo_module: wasm.Module) -> None:
    data = tinygo_module.data[:50_000]
    whole = measure(data)
    for found, size in (
        (gzip_shares(data, [0, 9, 50_000]), whole.gzip),
        (brotli_shares(data, [0, 9, 50_000]), whole.brotli),
    ):
        assert sum(found.rows) + found.overhead == size


@pytest.mark.parametrize("name", COMPRESSORS)
def test_rows_of_a_real_module_add_up_to_the_compressed_file(
    name: str, tinygo_module: wasm.Module
) -> None:
    compress, decode = COMPRESSORS[name]
    data = compress(tinygo_module.data)
    items = Items(owners(tinygo_module))
    found = shares(decode(data), items.bounds)
    assert len(found.rows) == len(items)
    assert sum(found.rows) + found.overhead == len(data)
    assert 0 < found.overhead < 0.03 * len(data)


@pytest.mark.parametrize("name", COMPRESSORS)
def test_random_bytes_cost_more_than_a_repetition_of_them(name: str) -> None:
    compress, decode = COMPRESSORS[name]
    noise = bytes((i * i * 7919 >> 5) & 0xFF for i in range(2_000))
    data = compress(noise + noise)
    found = shares(decode(data), [0, 2_000, 4_000])
    assert found.rows[0] > 50 * found.rows[1]


@given(st.binary(max_size=500), st.lists(st.integers(0, 500), max_size=20))
def test_any_cut_of_any_text_adds_up(text: bytes, cuts: list[int]) -> None:
    bounds = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    for data, decode in (
        (gzip.compress(text), gunzip),
        (brotli.compress(text), decode_brotli),
    ):
        found = shares(decode(data), bounds)
        assert sum(found.rows) + found.overhead == len(data)
        assert min([*found.rows, found.overhead]) >= 0


@given(st.lists(st.floats(0, 1_000), min_size=1, max_size=30))
def test_rounding_moves_each_part_by_less_than_one(parts: list[float]) -> None:
    total = round(sum(parts))
    rounded = largest_remainder(parts, total)
    assert sum(rounded) == total
    assert all(abs(whole - part) <= 1 for whole, part in zip(rounded, parts, strict=True))


def test_bounds_that_leave_something_out_are_refused() -> None:
    stream = gunzip(gzip.compress(b"hello"))
    for bounds in ([], [0, 4], [1, 5]):
        with pytest.raises(ValueError, match="do not cover the output"):
            shares(stream, bounds)
