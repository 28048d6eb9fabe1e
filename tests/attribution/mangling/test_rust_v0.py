"""Rust's v0 mangling, with c++filt as witness: it prints the hashes of crates and the types of
constants as well, which are taken out here."""

from __future__ import annotations

import re
import shutil
import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.attribution.mangling import rust_v0

SYMBOLS = {
    # of the issue, and of RFC 2603
    "_RNvMs8_Cs1wwIxjb0Jwr_6pluginNtB5_5State11descriptors": "<plugin::State>::descriptors",
    "_RNvMs1_Cs1wwIxjb0Jwr_6pluginNtB5_9BumpAlloc5alloc": "<plugin::BumpAlloc>::alloc",
    "_RINvNtCskGMzdWn1DGZ_4core3ptr9drop_glueNtNtCs1wwIxjb0Jwr_6plugin11descriptors10DescriptorEBF_":
        "core::ptr::drop_glue::<plugin::descriptors::Descriptor>",
    "_RNvXs5_NtCs3TOEBgxxx_5alloc6stringNtB5_6StringNtNtCs6HEMAEjrz_4core3fmt5Write9write_str":
        "<alloc::string::String as core::fmt::Write>::write_str",
    "_RNvNtCs1wwIxjb0Jwr_6plugin6macros5print": "plugin::macros::print",
    "_RNCNvC7mycrate3runs_0": "mycrate::run::{closure#1}",
    "_RNvC7mycrateu8gdel_5qa": "mycrate::gödel",
    "_RNvYFUKCmEuNtC3dep5Trait3run": "<unsafe extern \"C\" fn(u32) as dep::Trait>::run",
    "_RNvYDNtC3dep5TraitEL_NtC3dep5Other3run": "<dyn dep::Trait as dep::Other>::run",
    "_RNvYDINtC3dep5TraitlEp4ItemmEL_NtC3dep5Other3run":
        "<dyn dep::Trait<i32, Item = u32> as dep::Other>::run",
    "_RNvYFG_RL0_hEQL0_tNtC3dep1T1f": "<for<'a> fn(&'a u8) -> &'a mut u16 as dep::T>::f",
    "_RINvC3dep1fAhj8_E": "dep::f::<[u8; 8]>",
    "_RINvC3dep1fTlEPmOmSbE": "dep::f::<(i32,), *const u32, *mut u32, [bool]>",
    "_RINvC3dep1fKin5_Kb1_Kc41_Kj0_E": "dep::f::<-5, true, 'A', 0>",
    "_RNvC3dep1f.llvm.123": "dep::f",
    "_RNSC3dep4drop0": "",
    "_RNvC3dep9x": "",
    "_RNvB_1x": "",
    "_R0NvC3dep1f": "",
    "_RINvC3dep1fLs0_E": "",
}  # fmt: skip


@pytest.mark.parametrize(("symbol", "name"), SYMBOLS.items())
def test_names(symbol: str, name: str) -> None:
    assert rust_v0.demangle(symbol) == name


@pytest.mark.skipif(shutil.which("c++filt") is None, reason="no c++filt")
def test_a_witness_says_the_same() -> None:
    known = {symbol: name for symbol, name in SYMBOLS.items() if name and "." not in symbol}
    argv, text = ["c++filt"], "\n".join(known)
    done = subprocess.run(argv, input=text, capture_output=True, check=True, text=True)
    said = re.sub(r"(?<=\w)\[[0-9a-f]+\]", "", done.stdout)
    said = re.sub(r"(?<=[\w'\"]): (?:[iu](?:\d+|size)|bool|char)\b", "", said)
    assert dict(zip(known, said.splitlines(), strict=True)) == known


@pytest.mark.parametrize(
    ("symbol", "crate"),
    [
        ("_RNvXs4_Cs1wwIxjb0Jwr_6plugin1NtNtCs9YX7DM3Gg5f_6wasip113lib", "plugin"),
        ("_RINvNtCskGMzdWn1DGZ_4core3ptr9drop_gl", "core"),
        ("_RNvC3dep", "dep"),
        ("_Rx", ""),
    ],
)
def test_the_crate_of_a_name_that_is_cut_off(symbol: str, crate: str) -> None:
    assert rust_v0.crate(symbol) == crate


@given(st.text("_RNvCMXYIBEsKLFGDTASPOQtlhj0123456789abcxyz", max_size=80))
def test_any_text_is_a_name_or_none(text: str) -> None:
    rust_v0.demangle(f"_R{text}")
    rust_v0.crate(f"_R{text}")


def test_references_back_that_double_a_name_again_and_again_end() -> None:
    symbol = "_RINvC1a1fThhE"
    for _ in range(60):
        at = len(symbol) - 2 - len("TB_B_E")
        symbol += f"TB{base62(at)}B{base62(at)}E"
    start = time.process_time()
    assert rust_v0.demangle(symbol + "E") == ""
    assert rust_v0.demangle("_RINvC1a1f" + "T" * 5_000) == ""
    assert time.process_time() - start < 5


def base62(value: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    if value == 0:
        return "_"
    value -= 1
    text = digits[value % 62]
    while value := value // 62:
        text = digits[value % 62] + text
    return f"{text}_"
