"""What a module weighs, the same on every machine."""

from __future__ import annotations

import gzip
import hashlib

import brotli
import deflate
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim import sizes
from wasmtrim.records import FileSize


def test_a_weight_is_that_of_the_bytes() -> None:
    module = b"\0asm\1\0\0\0" * 100
    size = sizes.measure(module)
    assert size.raw == 800
    assert size.brotli == len(brotli.compress(module, quality=11))
    assert size.sha256 == hashlib.sha256(module).hexdigest()
    assert size.gzip == len(deflate.gzip_compress(module, 9))
    assert gzip.decompress(deflate.gzip_compress(module, 9)) == module


def test_figures_move_only_with_the_libraries() -> None:
    """Where one moves, the compressor's version moved: say so in the change log."""
    module = bytes(range(256)) * 64
    assert sizes.measure(module) == FileSize(
        raw=16384,
        gzip=397,
        brotli=217,
        sha256="a1f259d4365ed4320c377ce26f5c8c56dcdc9a89e7b641bfd8eabfbbeac86654",
    )


@given(st.binary(max_size=2000))
def test_any_bytes_have_a_weight(data: bytes) -> None:
    """The same each time; and none is lighter than its container."""
    size = sizes.measure(data)
    assert size == sizes.measure(data)
    assert size.gzip >= 18
    assert size.brotli >= 1


def test_an_estimate_differs_in_brotli_alone() -> None:
    data = bytes(range(256)) * 40
    exact, rough = sizes.measure(data), sizes.estimate(data)
    assert (rough.raw, rough.gzip, rough.sha256) == (exact.raw, exact.gzip, exact.sha256)
    assert rough.brotli == sizes.quick(data) >= exact.brotli
    assert not rough.brotli_exact
