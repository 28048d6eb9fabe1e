"""A release: what it leaves in dist/, what it prints, and that a second one does nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tests.scons.project import HELLO, PROFILE, SCONSTRUCT, Project


def test_a_release_leaves_the_module_and_all_that_is_known_of_it(built: Project) -> None:
    names = {path.name for path in (built.root / "dist").iterdir()}
    assert {"hello.wasm", "hello.sizes.json", "hello.verify.json"} <= names
    assert {"SHA256SUMS", "provenance.json", "report"} <= names
    assert not any(name.startswith(".") for name in names)


def test_the_size_record_has_every_key(built: Project) -> None:
    record = built.sizes("hello")
    assert list(record) == [
        "schema",
        "profile",
        "compiler",
        "features",
        "groups",
        "compressors",
        "stages",
        "notes",
        "metric",
    ]
    assert (record["schema"], record["profile"], record["compiler"]) == (1, "hello", None)
    assert set(record["compressors"]) == {"gzip", "brotli"}
    assert [stage["name"] for stage in record["stages"]] == ["module", "prune", "strip", "optimize"]
    for stage in record["stages"]:
        assert list(stage) == [
            "name",
            "tool",
            "argv",
            "raw",
            "gzip",
            "brotli",
            "fuel",
            "seconds",
            "sha256",
            "env",
            "brotli_exact",
        ]
        assert stage["brotli_exact"] is (stage["name"] == "optimize")
        assert set(stage["tool"]) == {"name", "version", "pinned"}
    shipped = record["stages"][-1]
    assert shipped["sha256"] == hashlib.sha256(built.module("hello")).hexdigest()
    assert shipped["raw"] == len(built.module("hello"))
    assert shipped["argv"] == [
        "wasm-opt",
        "in.wasm",
        "--output=out.wasm",
        "--mvp-features",
        "-Oz",
        "-g",
    ]


def test_the_verification_lists_its_checks(built: Project) -> None:
    verdict = built.verdict("hello")
    assert (verdict["schema"], verdict["profile"], verdict["ok"]) == (1, "hello", True)
    names = [check["name"] for check in verdict["checks"]]
    assert names == ["features", "imports", "exports", "run", "output", "same at each stage"]


def test_a_release_ends_with_table_and_verdict(project: Project) -> None:
    project.profile("hello", PROFILE)
    lines = project.scons().stdout.splitlines()
    table = lines.index("hello  ready module")
    assert lines[table + 1].split() == [
        "stage",
        "bytes",
        "delta",
        "%",
        "gzip",
        "brotli",
        "fuel",
        "seconds",
    ]
    assert [line.split()[0] for line in lines[table + 2 : table + 6]] == [
        "module",
        "prune",
        "strip",
        "optimize",
    ]
    size = len(project.module("hello"))
    assert any(line.startswith(f"  passed: {size} bytes") for line in lines[table + 6 :])


def test_plain_text_where_the_output_is_no_terminal(project: Project) -> None:
    project.profile("hello", PROFILE)
    assert "\x1b" not in project.scons(env={"TERM": "xterm-256color"}).stdout


def test_a_second_release_does_nothing_and_shows_the_table_again(built: Project) -> None:
    before = built.times()
    ended = built.scons()
    assert ended.steps == set()
    assert "`release' is up to date." in ended.stdout
    assert "passed: " in ended.stdout
    assert built.times() == before


def test_a_module_of_a_profile_that_is_gone_is_named(built: Project) -> None:
    (built.root / "config/profiles/hello.yaml").rename(built.root / "config/profiles/hi.yaml")
    told = "wasmtrim: dist/hello.wasm: there is no profile hello any more; remove the file"
    assert told in built.scons().stderr
    assert told in built.scons().stderr, "as long as it lies there"
    (built.root / "dist/hello.wasm").unlink()
    assert told not in built.scons().stderr


def test_a_ready_module_s_folder_stays_as_it_is(project: Project) -> None:
    project.profile("hello", PROFILE)
    project.scons()
    outside = {file for file in project.files() if not file.startswith(("build/", "dist/"))}
    assert outside == {"SConstruct", "hello.wasm", "config/profiles/hello.yaml"}


def test_modules_of_one_name_in_two_folders_stay_apart(
    project: Project, assemble: Callable[[str], bytes]
) -> None:
    project.write(
        {
            "one/m.wasm": assemble('(module (memory (export "memory") 1))'),
            "two/m.wasm": assemble(
                '(module (memory (export "memory") 1)'
                ' (func (export "f") (param i32) (result i32) (i32.extend8_s (local.get 0))))'
            ),
        }
    )
    project.profile("one", "module: one/m.wasm\nstages: [strip]\n")
    project.profile("two", "module: two/m.wasm\nstages: [strip]\n")
    project.scons()
    assert project.sizes("one")["features"] == []
    assert project.sizes("two")["features"] == ["sign-ext"]


def test_a_module_may_have_any_name_and_read_itself(
    project: Project, assemble: Callable[[str], bytes]
) -> None:
    """Or a file that is called as one of ours."""
    project.write({"hello.bin": assemble(HELLO), "run.json": "{}"})
    text = PROFILE.replace("hello.wasm", "hello.bin") + "stages: [strip, optimize]\n"
    for name, read in {"itself": "hello.bin", "ours": "run.json"}.items():
        project.profile(name, text.replace("smoke: {", f"smoke: {{input: {read}, "))
    project.scons()
    assert project.shipped() == {"itself", "ours"}


def test_windows_is_refused_in_one_line(project: Project) -> None:
    project.profile("hello", PROFILE)
    there = "import sys\nimport wasmtrim.scons.tool\nsys.platform = 'win32'\n"
    project.write({"SConstruct": there + SCONSTRUCT})
    ended = project.scons(status=2)
    assert ended.stderr.startswith("scons: *** Windows is not supported; run wasmtrim inside WSL")
    assert len(ended.stderr.strip().splitlines()) == 1


def test_the_modules_of_all_profiles_come_first_and_the_rest_from_the_last_one_back(
    project: Project,
) -> None:
    """So no job waits at the end for a module that another began late."""
    for name in ("one", "two", "three"):
        project.write({f"{name}.wasm": (project.root / "hello.wasm").read_bytes()})
        project.profile(name, PROFILE.replace("hello.wasm", f"{name}.wasm"))
    ran = [command.split() for command in project.scons("-j1").commands]
    modules = [place for place, (verb, _) in enumerate(ran) if verb == "optimize"]
    others = [place for place, (verb, _) in enumerate(ran) if verb in ("measure", "run")]
    assert max(modules) < min(others)
    verified = [name for verb, name in ran if verb == "verify"]
    assert verified == ["two.verify", "three.verify", "one.verify"]
