"""What is built again after a change: all that depends on it, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.scons.project import GO_PROFILE, WASM_STRIP, Project

RUNS = ["run hello-prune", "run hello-strip", "run hello-optimize"]
# What depends on the records of the stages, be the module the same or not.
RECORDS = {"write hello.sizes", "analyze hello.breakdown", "compare hello.regression"}
RECORDS |= {"write provenance"}


def test_a_file_that_no_profile_names_builds_nothing(built: Project) -> None:
    built.write({"README": "hello", "config/profiles/notes.txt": "", "other.wasm": b""})
    assert built.scons().steps == set()


def test_a_new_time_alone_builds_nothing(built: Project) -> None:
    for name in ("hello.wasm", "config/profiles/hello.yaml", "SConstruct"):
        os.utime(built.root / name)
    assert built.scons().steps == set()


def test_a_comment_in_the_profile_builds_nothing(built: Project) -> None:
    built.edit("config/profiles/hello.yaml", "module:", "# what we ship\nmodule:")
    assert built.scons().steps == set()


@pytest.mark.parametrize("content", [b"", b"\0asm\1\0\0\0"], ids=["emptied", "replaced"])
def test_a_module_in_dist_that_was_not_verified_is_made_again(
    built: Project, content: bytes
) -> None:
    sums = (built.root / "dist/SHA256SUMS").read_text()
    before = built.module("hello")
    module = built.root / "dist/hello.wasm"
    module.write_bytes(content)
    built.scons("-n")
    assert module.read_bytes() == content, "nothing is removed where nothing is built"
    assert "verify hello.verify" in built.scons().steps
    assert built.module("hello") == before
    assert (built.root / "dist/SHA256SUMS").read_text() == sums


def test_a_limit_is_judged_without_building(built: Project) -> None:
    built.edit("config/profiles/hello.yaml", "module:", "limits: {raw: 1 MiB}\nmodule:")
    assert built.scons().steps == {"verify hello.verify"}


def test_a_limit_of_the_run_runs_again(built: Project) -> None:
    built.edit("config/profiles/hello.yaml", "module:", "limits: {fuel: 1 M}\nmodule:")
    ended = built.scons()
    assert {"run hello", "verify hello.verify"} <= ended.steps
    assert ended.did("optimize") == 0


def test_the_expected_text_is_compared_without_running(built: Project) -> None:
    built.edit("config/profiles/hello.yaml", 'text: "hello\\n"', 'json: "other"')
    assert built.scons(status=2).steps == {"verify hello.verify"}


def test_a_key_of_optimize_runs_the_stages_that_are_judged_by_its_module(built: Project) -> None:
    """Prune is undone where the module that ships were smaller without it; strip follows it."""
    before = built.module("hello")
    built.edit("config/profiles/hello.yaml", "module:", 'optimize: {level: "0"}\nmodule:')
    assert built.scons().steps == {
        *(f"{stage} hello-{stage}" for stage in ("prune", "strip", "optimize")),
        *RUNS,
        *(f"measure hello-{stage}" for stage in ("prune", "strip", "optimize")),
        "verify hello.verify",
        "write hello.unstripped",
        "write SHA256SUMS",
        *RECORDS,
    }
    assert built.module("hello") != before


def test_an_optimize_that_gives_the_same_bytes_is_not_judged_again(built: Project) -> None:
    before = built.module("hello")
    built.edit("config/profiles/hello.yaml", "module:", "optimize: {passes: [--vacuum]}\nmodule:")
    assert built.scons().did("verify") == 0
    assert built.module("hello") == before
    assert "--vacuum" in built.stage("hello", "optimize")["argv"]


def test_a_timeout_builds_nothing(built: Project) -> None:
    built.edit("config/profiles/hello.yaml", "module:", "timeouts: {optimize: 30}\nmodule:")
    assert built.scons().steps == set()


def test_another_module_builds_all_that_follows(built: Project) -> None:
    module = built.root / "hello.wasm"
    module.write_bytes(module.read_bytes().replace(b"---", b"+++"))
    steps = built.scons().steps
    assert {"prune hello-prune", *RUNS, "write hello.sizes", "verify hello.verify"} <= steps


def test_a_stage_that_gives_the_same_ends_the_rebuild(built: Project) -> None:
    """The new export is pruned away again: what comes after prune has nothing to do."""
    built.edit("config/profiles/hello.yaml", "memory: memory", "memory: memory, gone: null")
    assert built.scons().did("optimize") == 0


def test_the_policy_of_the_toolchain_file_alone_builds_nothing(built: Project) -> None:
    """But for the provenance, which looks for every program, those that took no part, too."""
    built.write({"config/toolchain.yaml": "policy: system\n"})
    assert built.scons().steps <= {"write provenance"}


def test_another_pinned_version_is_another_record_of_what_was_made(built: Project) -> None:
    pins = "programs: {wasm-strip: {version: 1.0.41, sources: [path]}}\n"
    built.write({"config/toolchain.yaml": pins})
    ended = built.scons(env={"WASMTRIM_WASM_STRIP": str(WASM_STRIP)})
    assert ended.steps == {"prune hello-prune", "strip hello-strip", *RECORDS}
    assert not built.stage("hello", "strip")["tool"]["pinned"]
    assert "strip: wasm-strip 1.0.42 is not proven to be the pinned one" in ended.stdout


def test_another_file_of_a_program_runs_that_program_again(built: Project, tmp_path: Path) -> None:
    """Its digest is another; what it makes is the same, so nothing follows but the records."""
    program = tmp_path / "bin" / "wasm-strip"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {WASM_STRIP} "$@"\n')
    program.chmod(0o755)
    env = {"WASMTRIM_WASM_STRIP": str(program)}
    assert built.scons(env=env).steps == {"prune hello-prune", "strip hello-strip", *RECORDS}
    assert built.scons(env=env).steps == set()
    program.write_text(f'#!/bin/sh\n# edited\nexec {WASM_STRIP} "$@"\n')
    assert built.scons(env=env).steps == {"prune hello-prune", "strip hello-strip", *RECORDS}


def test_nothing_is_left_of_a_profile_s_older_module_when_a_stage_fails(built: Project) -> None:
    (built.root / "hello.wasm").write_bytes(b"\0asm\1\0\0\0\7")
    built.scons(status=2)
    assert not (built.root / "dist/hello.wasm").exists()


class TestGo:
    """One Go program, in two packages, with an embedded file."""

    def test_another_word_in_one_file(self, go_built: Project) -> None:
        go_built.edit("guest/word/word.go", "world", "there")
        assert go_built.scons(status=2).steps == {
            "compile guest-compile",
            "analyze guest-compile.features",
            "run guest-compile",
            "write guest.sizes",
            "verify guest.verify",
            "measure guest-compile",
            "write guest.imports",
            "analyze guest.breakdown",
        }

    def test_a_comment_compiles_to_the_same_module_and_stops_there(self, go_built: Project) -> None:
        go_built.edit("guest/word/word.go", " }\n", " } // for all\n")
        records = {name.replace("hello", "guest") for name in RECORDS}
        assert go_built.scons().steps == {
            "compile guest-compile",
            "write guest.imports",
            *records,
        }

    def test_a_new_file_in_a_package(self, go_built: Project) -> None:
        go_built.write({"guest/word/more.go": "package word\n"})
        assert go_built.scons("-n").did("compile") == 1

    def test_an_embedded_file(self, go_built: Project) -> None:
        go_built.write({"guest/greeting.txt": "good bye "})
        assert go_built.scons("-n").did("compile") == 1

    def test_go_mod(self, go_built: Project) -> None:
        go_built.edit("guest/go.mod", "go 1.22", "go 1.25")
        assert go_built.scons("-n").did("compile") == 1

    @pytest.mark.parametrize(
        "name", ["guest/word/word_test.go", "guest/notes.md", "guest/other/other.go"]
    )
    def test_a_file_that_the_program_does_not_reach(self, go_built: Project, name: str) -> None:
        go_built.write({name: "package other\n"})
        assert go_built.scons().steps == set()


def test_a_workspace_a_variable_and_an_experiment_are_in_what_ships_and_in_its_records(
    project: Project,
) -> None:
    """A change of go.work, or of a module that it uses, builds again."""
    files = {
        "go.work": "go 1.24\n\nuse (\n\t./guest\n\t./lib\n)\n",
        "guest/go.mod": "module example.com/guest\n\ngo 1.24\n\nrequire example.com/lib v1.0.0\n",
        "guest/main.go": 'package main\n\nimport "example.com/lib"\n\n'
        'var name = "nobody"\n\nfunc main() { print(lib.Greeting, name) }\n',
        "lib/go.mod": "module example.com/lib\n\ngo 1.24\n",
        "lib/lib.go": 'package lib\n\nconst Greeting = "hello "\n',
    }
    project.write(files)
    chosen = "{name: go, define: {main.name: big world}, experiment: [arenas]}"
    profile, _, _ = GO_PROFILE.replace("{name: go}", chosen).partition("smoke:")
    project.profile("guest", profile)
    project.scons()
    assert b"big world" in project.module("guest")
    (stage,) = project.sizes("guest")["stages"]
    env = {"GOEXPERIMENT": "arenas", "GOWORK": "../go.work"}
    assert stage["env"] == env
    provenance = json.loads((project.root / "dist/provenance.json").read_text())
    (built,) = provenance["predicate"]["buildDefinition"]["internalParameters"]["guest"]
    assert built["env"] == env
    assert "-s -w -X 'main.name=big world'" in built["argv"]
    assert project.scons().steps == set()
    project.edit("go.work", "./lib", "./lib // ours")
    assert project.scons("-n").did("compile") == 1
    project.edit("lib/lib.go", "hello ", "good day ")
    project.scons()
    assert b"good day " in project.module("guest")
