"""What a name means to `wasmtrim why`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wasmtrim import wasm
from wasmtrim.attribution import owners
from wasmtrim.attribution.reachability import targets
from wasmtrim.attribution.reachability.graph import Graph
from wasmtrim.errors import UsageError
from wasmtrim.records.locations import SourceLocation

GO = """
(module
  (func (@name "main.main"))
  (func (@name "a/text.Sum[go.shape.int]"))
  (func (@name "a/text.Sum[go.shape.float64]"))
  (func (@name "a/text.(*Stack[go.shape.int]).Push"))
  (func (@name "a/text.(*Stack[int]).Push"))
  (func (@name "a/text.(*Stack[int]).Pop"))
  (func (@name "main.Square.Area"))
  (func (@name "main.(*Round).Area"))
  (func (@name "type:.eq.a/text.Area")))
"""
RUST = """
(module
  (func (@name "shop::price::total::h0000000000000001"))
  (func (@name "shop::price::total::h0000000000000002"))
  (func (@name "alloc::raw_vec::RawVec<T,A>::grow_one::h0000000000000003"))
  (func (@name "<alloc::raw_vec::RawVec<u8>>::grow_one"))
  (func (@name "<shop::Flat<fn(u8) -> u8> as shop::Tax>::tax::h0000000000000004"))
  (func (@name "<&mut shop::Rate as shop::Tax>::tax::h0000000000000005"))
  (func (@name "<core::fmt::Formatter>::pad")))
"""
CPP = """
(module
  (func (@name "ns::inner::draw(int)"))
  (func (@name "ns::inner::draw(float)"))
  (func (@name "void ns::each<int>(ns::List<int> const&)")))
"""
ZIG = """
(module
  (func (@name "std.fmt.formatBuf__anon_2392"))
  (func (@name "std.fmt.formatBuf__anon_2417"))
  (func (@name "std.array_list.ArrayListAligned(u8,null).append")))
"""
ASSEMBLYSCRIPT = """
(module
  (func (@name "~lib/array/Array<i32>#push"))
  (func (@name "~lib/array/Array<f64>#push"))
  (func (@name "src/list/List<i32>#add")))
"""


@pytest.mark.parametrize(
    ("module", "text", "kind", "name", "functions"),
    [
        (GO, "text.Sum", "function", "a/text.Sum", (1, 2)),
        (GO, "Sum[go.shape.int]", "function", "a/text.Sum[go.shape.int]", (1,)),
        (GO, "Push", "function", "a/text.Stack.Push", (3, 4)),
        (GO, "Stack.Pop", "function", "a/text.(*Stack[int]).Pop", (5,)),
        (GO, "Round.Area", "function", "main.(*Round).Area", (7,)),
        (GO, "Stack", "prefix", "a/text.Stack", (3, 4, 5)),
        (GO, "function 7", "function", "7", (7,)),
        (GO, "text", "package", "a/text", (1, 2, 3, 4, 5, 8)),
        (RUST, "shop::price::total", "function", "shop::price::total", (0, 1)),
        (RUST, "RawVec::grow_one", "function", "alloc::raw_vec::RawVec::grow_one", (2, 3)),
        (RUST, "RawVec<T,A>::grow_one", "function", "alloc::raw_vec::RawVec<T,A>::grow_one", (2,)),
        (RUST, "Tax::tax", "function", "shop::Tax::tax", (4, 5)),
        (RUST, "Rate::tax", "function", "<&mut shop::Rate as shop::Tax>::tax", (5,)),
        (RUST, "Formatter::pad", "function", "<core::fmt::Formatter>::pad", (6,)),
        (RUST, "core::fmt", "prefix", "core::fmt", (6,)),
        (RUST, "price", "prefix", "shop::price", (0, 1)),
        (CPP, "draw", "function", "ns::inner::draw", (0, 1)),
        (CPP, "ns::each", "function", "void ns::each<int>(ns::List<int> const&)", (2,)),
        (CPP, "inner", "prefix", "ns::inner", (0, 1)),
        (ZIG, "fmt.formatBuf", "function", "std.fmt.formatBuf", (0, 1)),
        (ZIG, "append", "function", "std.array_list.ArrayListAligned(u8,null).append", (2,)),
        (ZIG, "ArrayListAligned", "prefix", "std.array_list.ArrayListAligned", (2,)),
        (ASSEMBLYSCRIPT, "Array#push", "function", "~lib/array/Array#push", (0, 1)),
        (ASSEMBLYSCRIPT, "add", "function", "src/list/List<i32>#add", (2,)),
    ],
)
def test_a_name_means(
    module: str,
    text: str,
    kind: str,
    name: str,
    functions: tuple[int, ...],
    wat: Callable[[str], wasm.Module],
) -> None:
    found = targets.find(Graph(owners(wat(module))), text)
    assert (found.kind, found.name, found.functions) == (kind, name, functions)


def test_a_package_is_not_also_told_as_what_its_functions_begin_with(
    wat: Callable[[str], wasm.Module],
) -> None:
    found = targets.find(Graph(owners(wat(GO))), "text")
    assert (found.kind, found.others) == ("package", ())


@pytest.mark.parametrize(
    ("module", "text", "meant"),
    [
        (GO, "Area", "did you mean main.Square.Area or main.(*Round).Area?"),
        (RUST, "tax", "did you mean <shop::Flat<fn(u8) -> u8> as shop::Tax>::tax or <&mut shop"),
    ],
)
def test_functions_that_differ_are_asked_about(
    module: str, text: str, meant: str, wat: Callable[[str], wasm.Module]
) -> None:
    with pytest.raises(UsageError) as raised:
        targets.find(Graph(owners(wat(module))), text)
    assert meant in str(raised.value)


def test_of_a_function_that_was_inlined_its_closures_are_no_module(
    wat: Callable[[str], wasm.Module],
) -> None:
    text = '(module (func (@name "main.main.func1")) (func (@name "runtime.run")))'
    alone = targets.find(Graph(owners(wat(text))), "main.main")
    assert (alone.kind, alone.functions) == ("prefix", (0,))
    place = {"runtime.run": SourceLocation("scheduler.go", 1, ("main.main",))}
    inlined = targets.find(Graph(owners(wat(text), locations=place)), "main.main")
    assert (inlined.kind, inlined.functions) == ("inlined", (1,))


def test_of_many_that_are_meant_the_rest_is_counted(wat: Callable[[str], wasm.Module]) -> None:
    functions = "".join(f'(func (@name "a.(*T{number}).run"))' for number in range(8))
    with pytest.raises(UsageError, match=r"\(\*T4\)\.run, or one of 3 more\?$"):
        targets.find(Graph(owners(wat(f"(module {functions})"))), "run")


@pytest.mark.parametrize(
    ("module", "text", "said"),
    [
        (GO, "", "nothing is named; name an export, a package or a function"),
        (GO, "x" * 3_000, f"'{'x' * 100}…{'x' * 99}' is in the module"),
        ("(module)", "main", "'main' is in the module; it has no functions at all"),
        (
            '(module (func) (func) (func (export "_start")))',
            "main",
            "; 2 of its 3 functions have no name, so give an index",
        ),
        ("(module)", "0", "'0' is in the module; it has no functions at all"),
    ],
)
def test_a_name_that_nothing_has(
    module: str, text: str, said: str, wat: Callable[[str], wasm.Module]
) -> None:
    with pytest.raises(UsageError) as raised:
        targets.find(Graph(owners(wat(module))), text)
    assert str(raised.value).endswith(said)
