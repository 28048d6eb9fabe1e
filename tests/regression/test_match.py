from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.regression.conftest import function

from wasmtrim.regression import match
from wasmtrim.regression.inventory import FunctionSize


def paired(old: list[FunctionSize], new: list[FunctionSize]) -> list[tuple[str, str]]:
    """The names of each pair; "" where one side is missing."""
    return [
        (pair.old.name if pair.old else "", pair.new.name if pair.new else "")
        for pair in match.pairs(old, new, match.moves(old, new))
    ]


def test_a_function_is_found_by_its_name_whatever_its_size() -> None:
    assert paired([function("main.run", 10)], [function("main.run", 900)]) == [
        ("main.run", "main.run")
    ]


def test_another_hash_of_rust_is_the_same_function() -> None:
    old, new = "core::fmt::write::h0123456789abcdef", "core::fmt::write::hfedcba9876543210"

    assert paired([function(old, 10)], [function(new, 12)]) == [(old, new)]


def test_closures_with_other_numbers_are_told_by_their_size() -> None:
    old = [function("main.f.func1", 100), function("main.f.func2", 20)]
    new = [function("main.f.func1", 7), function("main.f.func2", 100), function("main.f.func3", 20)]

    assert paired(old, new) == [
        ("", "main.f.func1"),
        ("main.f.func1", "main.f.func2"),
        ("main.f.func2", "main.f.func3"),
    ]


def test_a_renamed_function_is_told_by_its_body() -> None:
    old, new = function("main.old", 50, body="x"), function("main.new", 50, body="x")

    assert paired([old], [new]) == [("main.old", "main.new")]


def test_a_renamed_function_that_calls_by_other_indices_is_told_by_its_shape() -> None:
    old, new = function("main.old", 50, body="x"), function("main.new", 50, body="y")

    assert paired([old], [new]) == [("main.old", "main.new")]


def test_what_is_alike_in_nothing_came_and_went() -> None:
    old, new = function("main.old", 50), function("other.new", 60, "other")

    assert paired([old], [new]) == [("", "other.new"), ("main.old", "")]


def of_baseline(name: str, size: int, package: str = "main") -> FunctionSize:
    """As a committed baseline knows it: without its type and body."""
    return FunctionSize(name, package, "own", size)


def test_a_renamed_function_of_a_baseline_is_told_by_its_length() -> None:
    old = [of_baseline("main.old", 50), of_baseline("main.run", 9)]
    new = [function("main.new", 50), function("main.run", 12)]

    assert paired(old, new) == [("main.old", "main.new"), ("main.run", "main.run")]


def test_functions_of_a_baseline_that_are_alike_in_length_are_not_guessed() -> None:
    old = [of_baseline("main.a", 50), of_baseline("main.b", 50)]

    assert paired(old, [function("main.c", 50)]) == [("", "main.c"), ("main.a", ""), ("main.b", "")]


def test_a_function_that_went_to_another_package_is_told_by_its_name_there() -> None:
    old = [of_baseline("a.Encode", 50, "a"), of_baseline("a.x", 1, "a"), of_baseline("b.y", 2, "b")]
    new = [function("b.Encode", 50, "b"), function("a.x", 1, "a"), function("b.y", 2, "b")]

    assert paired(old, new)[0] == ("a.Encode", "b.Encode")


def test_a_package_that_was_moved_is_told_by_the_names_in_it() -> None:
    old = [of_baseline(f"a/gif.{n}", 50, "a/gif") for n in "xyz"] + [of_baseline("c.x", 1, "c")]
    new = [function(f"lib/gif.{n}", 60, "lib/gif") for n in "xyw"] + [function("c.x", 1, "c")]

    assert match.moves(old, new) == {"a/gif": "lib/gif"}
    assert paired(old, new) == [
        ("a/gif.x", "lib/gif.x"),
        ("a/gif.y", "lib/gif.y"),
        ("", "lib/gif.w"),
        ("c.x", "c.x"),
        ("a/gif.z", ""),
    ]


functions = st.lists(
    st.builds(
        FunctionSize,
        name=st.sampled_from(["", "a.f", "a.f.func1", "a.f.func2", "b.g::h0123456789abcdef"]),
        package=st.sampled_from(["a", "b"]),
        group=st.just("own"),
        bytes=st.integers(1, 4),
        type=st.sampled_from(["func()", "func(i32)"]),
        digest=st.sampled_from(["", "x", "y"]),
    ),
    max_size=12,
)


@given(functions, functions)
def test_each_function_is_in_one_pair(old: list[FunctionSize], new: list[FunctionSize]) -> None:
    pairs = match.pairs(old, new, match.moves(old, new))

    assert [pair.new for pair in pairs if pair.new] == new
    assert sorted(map(repr, (p.old for p in pairs if p.old))) == sorted(map(repr, old))


@given(functions)
def test_a_module_is_alike_to_itself(same: list[FunctionSize]) -> None:
    for pair in match.pairs(same, same, {}):
        assert pair.old is not None
        assert pair.new is not None
        assert pair.old.bytes == pair.new.bytes
