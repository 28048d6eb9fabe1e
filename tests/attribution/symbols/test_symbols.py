from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim import wasm
from wasmtrim.attribution import owners
from wasmtrim.attribution.packages.groups import GROUPS, Proof, group_of
from wasmtrim.attribution.packages.naming import package_of
from wasmtrim.attribution.symbols import Languages, parse

SYMBOLS = [
    # TinyGo
    ("main.main", "main.main", "main", "own"),
    ("main.main$1", "main.main.func1", "main", "own"),
    ("runtime.alloc", "runtime.alloc", "runtime", "runtime"),
    (
        "example.com/a-b.c/d$string.151",
        "example.com/a-b.c/d$string",
        "example.com/a-b.c/d",
        "third party",
    ),
    ("main$string", "main$string", "main", "own"),
    ("strconv$alloc.19", "strconv$alloc", "strconv", "standard library"),
    (
        "reflect/types.type:pointer:named:io/fs.PathError",
        "type descriptor: pointer:named:io/fs.PathError",
        "io/fs",
        "standard library",
    ),
    ("type []time.zone", "type descriptor: []time.zone", "time", "standard library"),
    (
        "reflect/types.type:struct:{when:basic:int64}.when",
        "type descriptor: struct:{when:basic:int64}.when",
        "(types without a name)",
        "runtime",
    ),
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
    ("type:.eq.[2]os.file", "type:.eq.[2]os.file", "os", "standard library"),
    (
        "type:.hash.struct { gopkg.in/yaml%2ev3.F uintptr }",
        "type:.hash.struct { gopkg.in/yaml.v3.F uintptr }",
        "gopkg.in/yaml.v3",
        "third party",
    ),
    ("type:.eq.[6]string", "type:.eq.[6]string", "(types without a name)", "runtime"),
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
    ("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar", "mycrate", "unknown"),
    # C++ and C
    (
        "std::__2::basic_string<char>::append(char const*)",
        "std::__2::basic_string<char>::append(char const*)",
        "std",
        "standard library",
    ),
    ("void shapes::draw<int>(int)", "void shapes::draw<int>(int)", "shapes", "unknown"),
    ("_ZN6shapes4drawEi", "shapes::draw", "shapes", "unknown"),
    ("_ZN6shapesL7cornersE", "shapes::corners", "shapes", "unknown"),
    ("_ZTVN6shapes5ShapeE", "vtable for shapes::Shape", "shapes", "unknown"),
    ("_ZZN6shapes4drawEiE5table_0", "shapes::draw::table", "shapes", "unknown"),
    ("memcpy", "memcpy", "(C and compiler runtime)", "runtime"),
    ("png_read_row", "png_read_row", "(C)", "unknown"),
    # AssemblyScript
    ("~lib/rt/itcms/__new", "~lib/rt/itcms/__new", "~lib/rt/itcms", "standard library"),
    # bindings of WIT
    (
        "example:shop/cart@1.2.0#add",
        "example:shop/cart@1.2.0#add",
        "example:shop/cart@1.2.0",
        "own",
    ),
    (
        "cabi_post_wasi:cli/run@0.2.6#run",
        "cabi_post_wasi:cli/run@0.2.6#run",
        "wasi:cli/run@0.2.6",
        "standard library",
    ),
    # nobody's
    ("a b c", "a b c", "", "unknown"),
]


# What a name is taken for in a module that has these names.
MODULES = {
    "zig": (
        ["std.debug.print", "fmt.formatInt__anon_123", "memcpy"],
        {
            "std.debug.print": ("std.debug", "standard library"),
            "mem.eql": ("std.mem", "standard library"),
            "fmt.formatInt__anon_123": ("std.fmt", "standard library"),
            "compiler_rt.memcpy.memcpy": ("compiler_rt", "runtime"),
            "parser.Parser.next": ("parser", "own"),
            "merge_lists.llvm.1234567": ("(C)", "unknown"),
        },
    ),
    # of ziglang 0.15.2, -O ReleaseSmall -fno-strip
    "zig 0.15": (
        ["compute", "main.fib", "Io.Writer.consume", "posix.lseek_CUR"],
        {
            "main.fib": ("main", "own"),
            "main.Stack(u32).push": ("main", "own"),
            "fs.File.Reader.Mode.toStreaming": ("std.fs", "standard library"),
            "Io.Writer.alignBuffer": ("std.Io", "standard library"),
            "debug.lockStderrWriter": ("std.debug", "standard library"),
            "posix.lseek_CUR": ("std.posix", "standard library"),
            "fmt.float.decimalLength__anon_2828": ("std.fmt", "standard library"),
        },
    ),
    "go": (
        ["main.main", "fmt.Println", "memcpy"],
        {
            "fmt.formatInt": ("fmt", "standard library"),
            "merge_lists.1": ("(C)", "unknown"),
            "parse_header.cold": ("(C)", "unknown"),
            "hash_update.constprop.0": ("(C)", "unknown"),
            "sqlite3_step.part.0": ("(C)", "unknown"),
            "__wasm_call_ctors.command_export": ("(C and compiler runtime)", "runtime"),
        },
    ),
    "rust": (
        ["_RNvNtCs1wwIxjb0Jwr_6plugin6macros5print", "ring_core_0_17_8_x.y"],
        {
            "ring_core_0_17_8_x.y": ("(C)", "unknown"),
            "core::fmt::write": ("core", "standard library"),
            "plugin::run": ("plugin", "unknown"),
        },
    ),
    "assemblyscript": (
        ["~lib/rt/itcms/__new", "src/list/add"],
        {
            "src/list/List<~lib/string/String,i32>#push": ("src/list", "own"),
            "~lib/array/Array<src/list/Item>#push": ("~lib/array", "standard library"),
            "~lib/as-bignum/assembly/u128/u128#add": (
                "~lib/as-bignum/assembly/u128",
                "third party",
            ),
            "start:src/list": ("src/list", "own"),
            "start:src/list~anonymous|0": ("src/list", "own"),
            "assembly/index/add": ("assembly/index", "own"),
        },
    ),
}


@pytest.mark.parametrize("language", MODULES)
def test_the_whole_module_decides_what_its_names_mean(
    language: str, wat: Callable[[str], wasm.Module]
) -> None:
    names, symbols = MODULES[language]
    module = wat(f"(module {' '.join(f'(func ${name})' for name in names)})")
    languages = owners(module).languages
    for raw, (package, group) in symbols.items():
        symbol = parse(raw, languages)
        assert (package_of(symbol), group_of(symbol).name) == (package, group), raw


def test_producers_tell_the_languages(wat: Callable[[str], wasm.Module]) -> None:
    text = '(module (func $merge.copy) (@producers (language "C11" "")))'
    assert owners(wat(text)).package(0) == "(C)"
    assert owners(wat(text.replace("C11", "Go"))).package(0) == "merge"


def test_the_packages_of_a_program_by_standard_go_are_proven(
    retained_module: wasm.Module,
) -> None:
    found = owners(retained_module)
    assert found.proof.modules == {"example.com/hello": "own"}
    groups = {found.package(i): found.group(i) for i in range(len(retained_module.functions))}
    assert groups["main"] == ("own", False)
    assert groups["strings"] == ("standard library", False)
    assert not any(group.is_guess for group in groups.values())
    assert group_of(parse("example.com/hello/sub.F"), found.proof) == ("own", False)
    assert group_of(parse("example.com/hello.F"), found.proof) == ("own", False)
    assert group_of(parse("example.com/other.F"), found.proof) == ("third party", True)


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("std::vector<int> shop::make<int>(int)", "shop"),
        ("decltype(auto) shop::f<int>()", "shop"),
        ("shop::(anonymous namespace)::hidden(int)", "shop"),
        ("(anonymous namespace)::hidden(int)", "(C++)"),
        ("shop::run(int)::$_0::operator()(int) const", "shop"),
        ("run::$_0::operator()(int, int) const", "(C++)"),
        ("shop::Cart<shop::Item>::operator<<(shop::Item*)", "shop"),
        ("bool shop::operator<(shop::A, shop::B)", "shop"),
        ("shop::Cart::operator bool() const", "shop"),
        ("shop::operators(int)", "shop"),
        ("Cart<std::vector<int, std::allocator<int>>>::total() const", "Cart"),
        ("vtable for shop::Apple", "shop"),
        ("typeinfo name for Apple", "(C++)"),
        ("guard variable for shop::get()::once", "shop"),
        ("non-virtual thunk to shop::Apple::~Apple()", "shop"),
        ("shop::Cart<int>::~Cart() [clone .1]", "shop"),
        ("unsigned long std::__2::__find[abi:ne180100]<char>(char const*)", "std"),
        ("operator new(unsigned long)", "std"),
        ("operator delete[](void*, unsigned long)", "std"),
        ("bool operator==<shop::X>(shop::X const&)", "(C++)"),
        ("total(int)", "(C++)"),
    ],
)
def test_cpp_is_summed_up_by_its_outermost_namespace(name: str, package: str) -> None:
    symbol = parse(name)
    assert (symbol.name, symbol.language, package_of(symbol)) == (name, "c++", package)
    assert group_of(symbol).name == ("standard library" if package == "std" else "unknown")


@pytest.mark.parametrize("name", ["a<" * 50_000 + ")", "operator " * 20_000 + ")", "x(" * 50_000])
def test_a_name_without_end_takes_no_time(name: str) -> None:
    assert parse(name).name == name


@pytest.mark.parametrize(("raw", "name", "package", "group"), SYMBOLS)
def test_symbols(raw: str, name: str, package: str, group: str) -> None:
    symbol = parse(raw)
    assert (symbol.name, package_of(symbol), group_of(symbol).name) == (name, package, group)


def test_what_go_list_says_goes_before_the_path() -> None:
    known = Proof(packages={"tools/gif": "third party"})
    assert group_of(parse("tools/gif.Encode")) == ("own", True)
    assert group_of(parse("tools/gif.Encode"), known) == ("third party", False)


@given(st.text() | st.text("()[]{}<>*&.:$/_%~#@-ZNE0123 a", max_size=60))
def test_any_text_is_some_symbol(raw: str) -> None:
    for languages in (Languages("zig"), Languages("c"), Languages("go", "rust", "assemblyscript")):
        assert group_of(parse(raw, languages)).name in GROUPS
    assert group_of(parse(raw)).name in GROUPS
