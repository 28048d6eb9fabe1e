"""A world is found by its name; what can't be read or lowered is refused in a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.wit.conftest import WorldOf

from wasmtrim import wit
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.toolchain.locate import Tool
from wasmtrim.wit import World, packages
from wasmtrim.wit.world import compatible, select

Resolve = Callable[..., World]
DEPENDENCY = "package b:c@1.0.0; interface t { type id = u32; } world host { import t; }"
MAIN = """package a:b@0.1.0;
world host { import b:c/t@1.0.0; export f: func(a: u32); }
world other { export g: func(); }
"""


@pytest.fixture
def resolved(tmp_path: Path, wasm_tools: Tool) -> Resolve:
    """Resolves a world of a package, given as files of a project."""

    def world(files: dict[str, str], name: str | None = None, package: str = "wit") -> World:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return packages.resolve(
            tmp_path / package, name, root=tmp_path, wasm_tools=wasm_tools, work=tmp_path / "work"
        )

    return world


def test_a_package_is_a_folder_with_what_it_depends_on_or_a_file(resolved: Resolve) -> None:
    files = {"wit/main.wit": MAIN, "wit/deps/b/c.wit": DEPENDENCY}
    assert resolved(files, "other").name == "a:b/other@0.1.0"
    alone = {"one.wit": "package a:b; world only { export f: func(); }"}
    assert resolved(alone, package="one.wit").name == "a:b/only"


@pytest.mark.parametrize("name", ["a:b/host", "a:b/host@0.1.0"])
def test_a_world_is_named_by_its_package_where_two_have_its_name(
    name: str, resolved: Resolve
) -> None:
    files = {"wit/main.wit": MAIN, "wit/deps/b/c.wit": DEPENDENCY}
    assert resolved(files, name).name == "a:b/host@0.1.0"
    with pytest.raises(UsageError) as refused:
        resolved(files, "host")
    assert str(refused.value) == (
        "wit: it has 2 such worlds: b:c/host@1.0.0, a:b/host@0.1.0; name one, with its package"
    )


def test_a_name_that_is_not_there_is_refused_with_the_next_one(resolved: Resolve) -> None:
    with pytest.raises(UsageError) as refused:
        resolved({"wit/main.wit": "package a:b; world generator {}"}, "generators")
    assert str(refused.value) == (
        "wit: it has no world 'generators'; did you mean 'generator'? it has a:b/generator"
    )


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ("f: async func();", "the function f is async; "),
        ("f: func(a: future<u8>);", "the function f has a type future; "),
        ("f: func(a: error-context);", "the function f has a type error-context; "),
        ("f: func() -> result<stream<u8>>;", "the function f has a type stream; "),
    ],
)
def test_what_is_asynchronous_is_refused(item: str, says: str, world_of: WorldOf) -> None:
    with pytest.raises(UsageError) as refused:
        world_of(f"package a:b; interface i {{ {item} }} world w {{ export i; }}")
    assert str(refused.value) == (
        f"{says}a contract of a core module knows synchronous functions and their types only"
    )


def test_wit_that_cannot_be_read_is_refused_with_the_place(resolved: Resolve) -> None:
    with pytest.raises(UsageError) as refused:
        resolved({"wit/main.wit": "package a:b;\nworld w { export f: fun(); }"})
    first, *said = str(refused.value).splitlines()
    assert first == "wit: wasm-tools cannot read it"
    assert any("main.wit:2:24" in line for line in said)


@pytest.mark.parametrize(
    ("package", "says"),
    [
        ("gone", "gone: there is no such file or folder; contract.wit names it"),
        ("empty", "empty: it has no file of WIT"),
        ("large.wit", "large.wit: its files have 4,194,305 bytes; 4,194,304 may be read"),
        ("linked", "linked/deps: a link to a folder; put the folder in its place"),
        ("out", "out/away.wit: a link that leads out of the project; put the file in its place"),
    ],
)
def test_files_are_bounded(package: str, says: str, tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "empty").mkdir(parents=True)
    (root / "large.wit").write_bytes(b" " * (packages.MOST_BYTES + 1))
    (root / "linked").mkdir()
    (root / "linked" / "deps").symlink_to(root / "empty")
    (root / "out").mkdir()
    (tmp_path / "away.wit").write_text("package a:b;")
    (root / "out" / "away.wit").symlink_to(tmp_path / "away.wit")
    with pytest.raises(UsageError) as refused:
        wit.sources(root / package, root)
    assert str(refused.value) == says


def test_types_that_are_nested_deeply_are_refused(resolved: Resolve) -> None:
    deep = "option<" * 3_000 + "u8" + ">" * 3_000
    with pytest.raises((UsageError, ToolError)):
        resolved({"wit/main.wit": f"package a:b; world w {{ export f: func(a: {deep}); }}"})


def test_worlds_that_grow_by_including_each_other_are_bounded(resolved: Resolve) -> None:
    """A hundred kilobytes of WIT that would become a gigabyte of JSON."""
    items = "".join(f"export f{n}: func();" for n in range(2_000))
    worlds = "".join(f"world w{n} {{ include w; }}" for n in range(2_000))
    with pytest.raises((UsageError, ToolError)):
        resolved({"wit/main.wit": f"package a:b; world w {{ {items} }} {worlds}"}, "w")


@pytest.mark.parametrize(
    "document",
    [{}, [], {"worlds": [{"name": "w", "package": 7}]}, {"worlds": 3, "packages": []}],
)
def test_a_document_of_another_form_is_told(document: object) -> None:
    with pytest.raises(ValueError, match="it has not the known form"):
        select(document, None)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("a:b/c", "a:b/c"),
        ("a:b/c@1.2.3", "a:b/c@1"),
        ("a:b/c@0.2.3", "a:b/c@0.2"),
        ("a:b/c@0.0.3", "a:b/c@0.0.3"),
        ("a:b/c@0.0.0", "a:b/c@0.0.0"),
        ("a:b/c@1.2.3+build", "a:b/c@1"),
        ("a:b/c@1.2.3-rc.1+build", "a:b/c@1.2.3-rc.1"),
    ],
)
def test_the_part_of_a_version_that_tells_compatibility(name: str, part: str) -> None:
    assert compatible(name) == part
