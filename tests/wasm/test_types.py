from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.wasm.type_texts import parse
from wasmtrim.wasm.types import (
    AnyOf,
    ExternType,
    FuncType,
    GlobalType,
    MemoryType,
    TableType,
    TagType,
    matches,
)

values = st.sampled_from(["i32", "i64", "f32", "f64", "v128", "funcref", "(ref null 3)", "(ref 0)"])
several = st.lists(values, max_size=4).map(tuple)
references = st.sampled_from(["funcref", "externref", "(ref null 3)", "(ref func)"])
sizes = st.integers(0, 2**40)
types: st.SearchStrategy[ExternType] = st.one_of(
    st.builds(FuncType, several, several),
    st.builds(
        MemoryType,
        sizes,
        st.none() | sizes,
        st.booleans(),
        st.booleans(),
        st.sampled_from([1, 65536]),
    ),
    st.builds(TableType, references, sizes, st.none() | sizes, st.booleans(), st.booleans()),
    st.builds(GlobalType, values, st.booleans(), st.booleans()),
    st.builds(TagType, several),
)


@given(types)
def test_the_text_of_every_type_is_read_as_that_type(kind: ExternType) -> None:
    assert parse(str(kind)) == kind


@given(types)
def test_every_type_matches_itself_its_kind_and_any(kind: ExternType) -> None:
    assert matches(kind, kind)
    assert matches(AnyOf(kind.kind), kind)
    assert matches(AnyOf("any"), kind)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("func()", "func()"),
        ("func( i32,i64 )->i32", "func(i32, i64) -> i32"),
        ("func() -> (i32, i64)", "func() -> (i32, i64)"),
        ("func() -> (i32)", "func() -> i32"),
        ("func() -> ((ref 3), i32)", "func() -> ((ref 3), i32)"),
        ("memory(1..16 pages)", "memory(1..16 pages)"),
        ("memory(1.. pages, shared)", "memory(1.. pages, shared)"),
        ("table(2.. funcref)", "table(2.. funcref)"),
        ("global(mut i32)", "global(mut i32)"),
        ("memory", "memory"),
        ("any", "any"),
    ],
)
def test_a_type_has_one_canonical_text(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("function()", "write for example func"),
        ("func(i33)", "'i33' are not value types; allowed are i32"),
        ("func(i32", "is not a type"),
        ("func(i32,)", "are not value types"),
        ("memory(16 pages)", r"write for example memory, memory\(1.. pages\)"),
        ("memory(1..2 pages) -> i32", "only a func has results"),
        ("global(var i32)", "is not a global"),
        ("", "is not a type"),
    ],
)
def test_a_text_that_is_no_type_is_refused_with_an_example(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(text)


@pytest.mark.parametrize(
    ("wanted", "actual", "fits"),
    [
        ("memory(1.. pages)", "memory(2.. pages)", True),
        ("memory(1..16 pages)", "memory(2..16 pages)", True),
        ("memory(1..16 pages)", "memory(2.. pages)", False),
        ("memory(1..16 pages)", "memory(2..17 pages)", False),
        ("memory(3.. pages)", "memory(2.. pages)", False),
        ("memory(1.. pages)", "memory(1.. pages, shared)", False),
        ("table(1.. funcref)", "table(1.. externref)", False),
        ("global(i32)", "global(mut i32)", False),
        ("func()", "func() -> i32", False),
        ("table", "memory(1.. pages)", False),
    ],
)
def test_matching_follows_the_specification(wanted: str, actual: str, fits: bool) -> None:
    found = parse(actual)
    assert not isinstance(found, AnyOf)
    assert matches(parse(wanted), found) is fits
