"""The files that a Go program is made of; `go list` is asked again only when it must be."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.compilers.conftest import write

from wasmtrim.compilers import sources
from wasmtrim.compilers.sources import Question
from wasmtrim.errors import ToolError

Files = Callable[..., set[str]]

HELLO = {
    "go.mod",
    "cmd/hello/main.go",
    "cmd/hello/data/greeting.txt",
    "word/word.go",
}


@pytest.fixture
def files(guest: Path, tmp_path: Path, ask: Callable[..., Question]) -> Files:
    """Gives the names of the program's files, from the folder of the module."""

    def of(program: str = "cmd/hello", tags: tuple[str, ...] = ()) -> set[str]:
        found = sources.program(ask(guest / program, tags), tmp_path / "kept")
        return {os.path.relpath(file, guest) for file in found.files}

    return of


def test_a_workspace_s_modules_are_own_and_its_files_watched(
    guest: Path, tmp_path: Path, ask: Callable[..., Question], asked: Callable[[], int]
) -> None:
    """The module that go.work names takes the place of the required one, without any replace."""
    write(
        guest,
        {
            "go.work": "go 1.24\n\nuse (\n\t.\n\t../lib\n\t../spare\n)\n",
            "go.mod": "module example.com/guest\n\ngo 1.24\n\nrequire example.com/lib v1.0.0\n",
            "word/word.go": 'package word\n\nimport "example.com/lib"\n\n'
            "func Of() string { return lib.Word }\n",
            "../lib/go.mod": "module example.com/lib\n\ngo 1.24\n",
            "../lib/lib.go": 'package lib\n\nconst Word = "word"\n',
            "../spare/go.mod": "module example.com/spare\n\ngo 1.24\n",
        },
    )
    question = ask(guest / "cmd/hello", workspace=guest / "go.work")

    def files() -> set[str]:
        found = sources.program(question, tmp_path / "kept")
        assert found.groups["example.com/lib"] == "own"
        return {os.path.relpath(file, guest) for file in found.files}

    workspace = {"go.work", "../lib/go.mod", "../lib/lib.go", "../spare/go.mod"}
    assert files() == files() == HELLO | workspace
    before = asked()
    write(guest, {"go.work.sum": ""})
    assert files() == HELLO | workspace | {"go.work.sum"}
    assert asked() > before


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[], int]:
    return lambda: len((tmp_path / "asked").read_text().splitlines())


def test_every_file_that_reaches_the_program_and_no_other(files: Files) -> None:
    """No test, no other platform's file, no other package, nothing of Go's own library."""
    assert files() == HELLO


def test_a_build_tag_brings_its_files(files: Files) -> None:
    assert files(tags=("tagged",)) == {*HELLO, "word/tagged.go"}


def test_the_answer_is_kept(files: Files, asked: Callable[[], int]) -> None:
    assert files() == files() == HELLO
    assert asked() == 1


@pytest.mark.parametrize("name", ["other/more.go", "notes", "cmd/hello/data/more/notes"])
def test_what_cannot_change_the_answer_asks_nothing(
    guest: Path, files: Files, asked: Callable[[], int], name: str
) -> None:
    write(guest, {"cmd/hello/data/more/other": ""})
    files()
    write(guest, {name: "package other\n"})
    files()
    assert asked() == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("word/more.go", "package word\n"),
        ("word/word.go", "package word\n\nfunc Of() string { return `there` }\n"),
        ("go.mod", "module example.com/guest\n\ngo 1.25\n"),
        ("go.sum", ""),
        ("cmd/hello/data/greeting.txt", "good bye "),
        ("cmd/hello/more.go", "package main\n\nimport _ `example.com/guest/other`\n"),
    ],
)
def test_what_can_change_the_answer_asks_again(
    guest: Path, files: Files, asked: Callable[[], int], name: str, text: str
) -> None:
    files()
    write(guest, {name: text})
    assert name in files()
    assert asked() == 2


def test_a_file_that_goes_asks_again(guest: Path, files: Files, asked: Callable[[], int]) -> None:
    write(guest, {"word/more.go": "package word\n"})
    files()
    (guest / "word/more.go").unlink()
    assert files() == HELLO
    assert asked() == 2


def test_a_new_file_that_an_embed_pattern_takes(guest: Path, files: Files) -> None:
    main = guest / "cmd/hello/main.go"
    text = main.read_text().replace("embed data/greeting.txt", "embed data")
    main.write_text(text.replace('_ "embed"', '"embed"').replace("greeting string", "dir embed.FS"))
    main.write_text(main.read_text().replace("greeting +", '"" +'))
    files()
    write(guest, {"cmd/hello/data/deep/new.txt": "new"})
    assert "cmd/hello/data/deep/new.txt" in files()
    write(guest, {"cmd/hello/data/deep/newer.txt": "newer"})
    assert "cmd/hello/data/deep/newer.txt" in files()


def test_a_module_beside_that_replaces_another(guest: Path, files: Files) -> None:
    write(
        guest,
        {
            "../dep/go.mod": "module example.com/dep\n\ngo 1.24\n",
            "../dep/dep.go": "package dep\n",
            "go.mod": "module example.com/guest\n\ngo 1.24\n\n"
            "require example.com/dep v1.0.0\n\nreplace example.com/dep => ../dep\n",
            "word/word.go": "package word\n\nimport _ `example.com/dep`\n\n"
            "func Of() string { return `` }\n",
        },
    )
    assert {"../dep/dep.go", "../dep/go.mod"} <= files()


def test_own_packages_are_those_of_the_main_module(
    guest: Path, ask: Callable[..., Question], tmp_path: Path
) -> None:
    """Whatever they are called; Go's own are left out, and the answer is kept with the files."""
    write(
        guest,
        {
            "dep/go.mod": "module dep\n\ngo 1.24\n",
            "dep/deep/deep.go": "package deep\n",
            "go.mod": "module example.com/guest\n\ngo 1.24\n\n"
            "require dep v1.0.0\n\nreplace dep => ./dep\n",
            "word/word.go": "package word\n\nimport (\n\t_ `dep/deep`\n\t_ `fmt`\n)\n\n"
            "func Of() string { return `` }\n",
        },
    )
    for _ in range(2):
        assert sources.program(ask(guest / "cmd/hello"), tmp_path / "kept").groups == {
            "dep/deep": "third party",
            "example.com/guest/word": "own",
            "example.com/guest/cmd/hello": "own",
        }


def test_vendored_packages_may_be_edited_too(guest: Path, files: Files) -> None:
    files()
    write(
        guest,
        {
            "go.mod": "module example.com/guest\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n",
            "vendor/modules.txt": "# example.com/dep v1.0.0\n## explicit\nexample.com/dep\n",
            "vendor/example.com/dep/dep.go": "package dep\n",
            "word/word.go": "package word\n\nimport _ `example.com/dep`\n\n"
            "func Of() string { return `` }\n",
        },
    )
    assert {"vendor/modules.txt", "vendor/example.com/dep/dep.go"} <= files()


def test_a_broken_program_depends_on_all_that_may_mend_it(
    guest: Path, files: Files, asked: Callable[[], int]
) -> None:
    write(guest, {"cmd/hello/main.go": 'package main\n\nimport _ "example.com/guest/nothing"\n'})
    assert "cmd/hello/main.go" in files()
    files()
    assert asked() == 2, "not kept"


def test_a_folder_without_a_module_is_told(tmp_path: Path, ask: Callable[..., Question]) -> None:
    write(tmp_path, {"alone/main.go": "package main\n"})
    with pytest.raises(ToolError, match=f"{tmp_path}/alone: go: go.mod file not found"):
        sources.program(ask(tmp_path / "alone"), tmp_path / "kept")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, ask: Callable[..., Question]) -> None:
    with pytest.raises(ToolError, match=f"{tmp_path}/gone: no such folder"):
        sources.program(ask(tmp_path / "gone"), tmp_path / "kept")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": {}}', '{"files": [], "folders": 7}'])
def test_a_kept_answer_that_is_damaged_is_asked_again(
    files: Files, asked: Callable[[], int], tmp_path: Path, text: str
) -> None:
    files()
    for kept in (tmp_path / "kept").iterdir():
        kept.write_text(text)
    assert files() == HELLO
    assert asked() == 2
