"""How a package came into a program: the chain of imports."""

from __future__ import annotations

from wasmtrim.attribution.reachability.imports import Imports

PROGRAM = Imports(
    {
        "main": ("app/view", "log"),
        "app/view": ("log", "fmt"),
        "log": ("fmt", "time"),
        "fmt": ("errors",),
        "time": ("errors",),
        "errors": (),
        "runtime": (),
    }
)


def test_the_shortest_chain_is_shown() -> None:
    assert PROGRAM.chain("time") == ["main", "log", "time"]
    assert PROGRAM.chain("main") == ["main"]


def test_what_the_compiler_adds_has_no_chain() -> None:
    assert PROGRAM.chain("runtime") == []
    assert "runtime" in PROGRAM


def test_all_that_import_a_package_are_known() -> None:
    assert PROGRAM.of("fmt") == ["app/view", "log"]
    assert PROGRAM.of("main") == []


def test_packages_that_import_each_other_come_to_an_end() -> None:
    around = Imports({"main": ("a",), "a": ("b",), "b": ("a", "main")})
    assert around.chain("b") == ["main", "a", "b"]
    assert around.chain("nowhere") == []
