"""A refusal names what it is about, its type, and the key that would allow it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim import wasm
from wasmtrim.check import Check, of_faults
from wasmtrim.profile import Contract
from wasmtrim.toolchain.locate import Tool
from wasmtrim.verify import contract

Assemble = Callable[..., Path]
WASI = "wasi_snapshot_preview1"


def imports(path: Path, **allowed: str) -> Check:
    rules = {name.replace("__", "."): kind for name, kind in allowed.items()}
    return contract.check_imports(wasm.read(path.read_bytes()), Contract(imports=rules))


def test_an_exact_name_comes_before_a_prefix_and_a_long_prefix_before_a_short(
    module: Assemble,
) -> None:
    path = module('(module (import "env" "log_it" (func (param i32))))')
    found = wasm.read(path.read_bytes())
    rules = {"*": "any", "env.*": "func()", "env.log*": "func(i32)"}
    assert contract.check_imports(found, Contract(imports=rules)).ok
    refused = contract.check_imports(found, Contract(imports={**rules, "env.log_it": "func(i64)"}))
    assert refused.detail == (
        "import env.log_it is func(i32); contract.imports allows func(i64) under 'env.log_it'"
    )


def test_imports_that_come_twice_count_once(module: Assemble) -> None:
    twice = f'(import "{WASI}" "sched_yield" (func (result i32)))' * 2
    check = imports(module(f"(module {twice})"), **{f"{WASI}.*": "any"})
    assert (check.ok, check.detail) == (True, "all 1 allowed")


def test_one_name_with_two_types_is_judged_for_each(module: Assemble) -> None:
    both = '(import "env" "f" (func)) (import "env" "f" (func (param i32)))'
    check = imports(module(f"(module {both})"), env__f="func()")
    assert check.detail.startswith("import env.f is func(i32)")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (
            f'"{WASI}" "teleport" (func)',
            f"import {WASI}.teleport: func() is not a function of WASI preview 1, so no host"
            " has it",
        ),
        (
            f'"{WASI}" "fd_writ" (func)',
            f"import {WASI}.fd_writ: func() is not a function of WASI preview 1, so no host has it;"
            " did you mean 'fd_write'?",
        ),
        (
            f'"{WASI}" "sched_yield" (func)',
            f"import {WASI}.sched_yield: func() has another type than in WASI preview 1, where it"
            " is func() -> i32",
        ),
        (
            f'"{WASI}.fd" "write" (func)',
            f"import {WASI}.fd.write: func() is not allowed; what allows it is contract.imports:"
            f' {{"{WASI}.fd.write": "func()"}}',
        ),
    ],
    ids=["unknown", "misspelt", "mistyped", "a module whose name goes on after the dot"],
)
def test_what_no_host_of_preview_1_has_is_refused(entry: str, says: str, module: Assemble) -> None:
    check = imports(module(f"(module (import {entry}))"), **{f"{WASI}.*": "any"})
    assert (check.ok, check.detail) == (False, says)


def test_several_imports_that_are_not_allowed_are_told_as_one_entry_to_be_copied(
    module: Assemble,
) -> None:
    both = '(import "env" "log" (func)) (import "env" "now" (func (result i64)))'

    assert imports(module(f"(module {both})")).detail == (
        "2 imports are not allowed; what allows them is"
        ' contract.imports: {"env.log": "func()", "env.now": "func() -> i64"}'
    )


def test_two_imports_that_one_key_would_mean_are_refused(module: Assemble) -> None:
    both = '(import "a.b" "c" (func)) (import "a" "b.c" (func))'
    check = imports(module(f"(module {both})"), **{"a.b.c": "any"})
    assert not check.ok
    assert check.detail.startswith("import a.b.c is of two modules, 'a' and 'a.b', which no key")


def test_a_module_without_imports_keeps_any_contract(module: Assemble) -> None:
    assert imports(module("(module)")).detail == "none"


@pytest.mark.parametrize(
    ("exports", "says"),
    [
        ({"f*": "func()"}, "all 1 that the contract names"),
        ({"*": "any"}, "all 1 that the contract names"),
        ({"f0": "func()", "f*": "func(i32)"}, "export f1 is func(); contract.exports asks for"),
        ({"g*": "func()"}, "export g* is missing; contract.exports asks for func()"),
    ],
)
def test_a_wildcard_stands_for_all_exports_that_begin_so(
    exports: dict[str, str], says: str, module: Assemble
) -> None:
    found = wasm.read(module('(module (func (export "f0")) (func (export "f1")))').read_bytes())
    check = contract.check_exports(found, Contract(exports=exports, other_exports="refuse"))
    assert says in check.detail


def test_other_exports_are_told_and_their_list_is_short(module: Assemble) -> None:
    many = "".join(f'(func (export "f{number}"))' for number in range(12))
    found = wasm.read(module(f"(module {many})").read_bytes())
    check = contract.check_exports(found, Contract(exports={"f0": "func()"}))
    assert check.ok
    assert check.detail == (
        "all 1 that the contract names; others: "
        + ", ".join(f"f{number}" for number in range(1, 11))
        + " and 1 more"
    )


def test_the_feature_that_is_missing_is_named(module: Assemble, wasm_tools: Tool) -> None:
    path = module("(module (func (drop (i32.extend8_s (i32.const 1)))))")
    without = contract.check_features(path, Contract(features=("bulk-memory",)), wasm_tools)
    assert not without.ok
    assert without.detail.startswith("it uses sign-ext, and the contract allows bulk-memory: ")
    assert "add sign-ext to contract.features" in without.detail
    assert contract.check_features(path, Contract(features=("sign-ext",)), wasm_tools).ok


@pytest.mark.parametrize("number", [0, 1, 10, 11, 1000])
def test_a_long_list_of_faults_is_cut(number: int) -> None:
    check = of_faults("imports", ["fault"] * number, "none")
    assert check.ok == (number == 0)
    assert check.detail.count("fault") == min(number, 10)
    assert ("more" in check.detail) == (number > 10)
