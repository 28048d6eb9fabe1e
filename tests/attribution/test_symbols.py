from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim.attribution.packages import GROUPS, group_of, package_of
from wasmtrim.attribution.symbols import parse

SYMBOLS = [
    # TinyGo
    ("main.main", "main.main", "main", "own"),
    ("main.main$1", "main.main.func1", "main", "own"),
    ("runtime.alloc", "runtime.alloc", "runtime", "runtime"),
    (
        "(*encoding/json.Decoder).Decode",
        "encoding/json.(*Decoder).Decode",
        "encoding/json",
        "standard library",
    ),
    ("(syscall.Errno).Error", "syscall.Errno.Error", "syscall", "standard library"),
    (
        "(*go/parser.parser).error$bound",
        "go/parser.(*parser).error (bound)",
        "go/parser",
        "standard library",
    ),
    (
        "slices.SortFunc[[]go/ast.Spec go/ast.Spec]",
        "slices.SortFunc[[]go/ast.Spec go/ast.Spec]",
        "slices",
        "standard library",
    ),
    (
        "(*sync/atomic.Pointer[example.com/a.B]).Load",
        "sync/atomic.(*Pointer[example.com/a.B]).Load",
        "sync/atomic",
        "standard library",
    ),
    (
        "byn$mgfn-shared$(*go/parser.parser).parseBody",
        "go/parser.(*parser).parseBody",
        "go/parser",
        "standard library",
    ),
    (
        "interface:{Error:func:{}{basic:string}}.Error$invoke",
        "interface{Error}.Error (call)",
        "(interface dispatch)",
        "runtime",
    ),
    (
        "interface:{End:func:{}{named:go/token.Pos},go/ast.exprNode:func:{}{}}.End$invoke",
        "interface{End, exprNode}.End (call)",
        "go/ast",
        "standard library",
    ),
    ("gopkg.in/yaml.v3.Open", "gopkg.in/yaml.v3.Open", "gopkg.in/yaml.v3", "third party"),
    ("internal/task.start", "internal/task.start", "internal/task", "runtime"),
    # standard Go
    (
        "encoding/json.(*Decoder).Decode",
        "encoding/json.(*Decoder).Decode",
        "encoding/json",
        "standard library",
    ),
    ("main.run.func1.2", "main.run.func1.2", "main", "own"),
    ("gopkg.in/yaml%2ev3.Open", "gopkg.in/yaml.v3.Open", "gopkg.in/yaml.v3", "third party"),
    ("type:.eq.go/ast.Field", "type:.eq.go/ast.Field", "go/ast", "standard library"),
    (
        "slices.pdqsort[go.shape.struct { a/b.C int }]",
        "slices.pdqsort[go.shape.struct { a/b.C int }]",
        "slices",
        "standard library",
    ),
    # Rust
    ("core::fmt::write::h0123456789abcdef", "core::fmt::write", "core", "standard library"),
    (
        "<alloc::string::String as core::fmt::Write>::write_str::h0123456789abcdef",
        "<alloc::string::String as core::fmt::Write>::write_str",
        "alloc",
        "standard library",
    ),
    (
        "<&T as core::fmt::Debug>::fmt::h0123456789abcdef",
        "<&T as core::fmt::Debug>::fmt",
        "core",
        "standard library",
    ),
    (
        "_ZN44_$LT$$RF$T$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
        "<&T as core::fmt::Display>::fmt",
        "core",
        "standard library",
    ),
    ("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar", "mycrate", "own"),
    # C++ and C
    (
        "std::__2::basic_string<char>::append(char const*)",
        "std::__2::basic_string<char>::append(char const*)",
        "std",
        "standard library",
    ),
    ("void shapes::draw<int>(int)", "void shapes::draw<int>(int)", "shapes", "own"),
    ("_ZN6shapes4drawEi", "shapes::draw", "shapes", "own"),
    ("memcpy", "memcpy", "(C and compiler runtime)", "runtime"),
    ("png_read_row", "png_read_row", "(C)", "own"),
    # AssemblyScript
    ("~lib/rt/itcms/__new", "~lib/rt/itcms/__new", "~lib/rt/itcms", "standard library"),
    ("assembly/index/add", "assembly/index/add", "assembly/index", "own"),
    # nobody's
    ("a b c", "a b c", "", "unknown"),
]


@pytest.mark.parametrize(("raw", "name", "package", "group"), SYMBOLS)
def test_symbols(raw: str, name: str, package: str, group: str) -> None:
    symbol = parse(raw)
    assert (symbol.name, package_of(symbol), group_of(symbol)) == (name, package, group)


def test_what_go_list_says_goes_before_the_path() -> None:
    known = {"tools/gif": "third party"}
    assert group_of(parse("tools/gif.Encode")) == "own"
    assert group_of(parse("tools/gif.Encode"), known) == "third party"


@given(st.text() | st.text("()[]{}<>*&.:$/_%ZNE0123 a", max_size=60))
def test_any_text_is_some_symbol(raw: str) -> None:
    assert group_of(parse(raw)) in GROUPS
