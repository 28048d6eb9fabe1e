"""A wrong profile or toolchain file: every fault in a line with file, line and column; exit 2."""

from __future__ import annotations

import pytest
from tests.scons.project import PROFILE, Project


def test_all_faults_of_a_profile_are_told_by_their_lines(project: Project) -> None:
    project.profile("hello", PROFILE + "optimise: {level: z}\nlimits: {raw: small}\n")
    ended = project.scons(status=2)
    assert "config/profiles/hello.yaml:7:1: optimise:" in ended.stderr
    assert "optimize" in ended.stderr, "the nearest name"
    assert "config/profiles/hello.yaml:8:15: limits.raw:" in ended.stderr
    assert "line" not in ended.stderr, "the lines that count are the profile's, not our code's"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "hello.yaml:1:1"),
        ("module: [", "hello.yaml:2:1: no YAML"),
        ("module: ../outside.wasm", "hello.yaml:1:9: module:"),
        ("extends: nothing\nmodule: hello.wasm", "hello.yaml:1:10: extends:"),
        ("extends: hello\nmodule: hello.wasm", "hello.yaml:1:10: extends:"),
        ("module: hello.wasm\nsource: guest", "hello.yaml:"),
    ],
)
def test_a_profile_that_cannot_be_read_is_refused(project: Project, text: str, told: str) -> None:
    project.profile("hello", text)
    assert told in project.scons(status=2).stderr


def test_a_wrong_toolchain_file_is_refused_before_anything_is_built(project: Project) -> None:
    project.profile("hello", PROFILE)
    project.write({"config/toolchain.yaml": "policy: newest\n"})
    ended = project.scons(status=2)
    assert "config/toolchain.yaml:1:1: policy:" in ended.stderr
    assert ended.steps == set()


def test_a_folder_without_profiles_is_refused(project: Project) -> None:
    (project.root / "config" / "profiles").mkdir(parents=True)
    assert "config/profiles: no profile (*.yaml) in this folder" in project.scons(status=2).stderr


def test_a_folder_of_profiles_that_is_not_there_is_refused(project: Project) -> None:
    assert "config/profiles: no such folder" in project.scons(status=2).stderr


def test_a_profile_with_the_other_suffix_is_not_left_out_in_silence(project: Project) -> None:
    project.profile("hello", PROFILE)
    project.write({"config/profiles/plugin.yml": PROFILE})
    told = "config/profiles/plugin.yml: a profile's file ends with .yaml; rename it"
    assert told in project.scons(status=2).stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "module: helo.wasm\n",
            "1:1: module: 'helo.wasm' is not there; did you mean 'hello.wasm'?",
        ),
        (PROFILE.replace("smoke: {", "smoke: {input: gone, "), "6:9: smoke.input: 'gone' is not"),
    ],
)
def test_a_file_that_is_not_there_is_told_by_its_key(
    project: Project, text: str, told: str
) -> None:
    project.profile("hello", text)
    ended = project.scons(status=2)
    assert f"not built: config/profiles/hello.yaml:{told}" in ended.tells("hello")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("source: gone\ncompiler: {name: go}\n", "1:1: source: 'gone' is not there"),
        ("source: hello.wasm\ncompiler: {name: go}\n", "1:1: source: 'hello.wasm' is a file"),
        ("module: hello.wasm\ncontract: {wit: gone}\n", "2:12: contract.wit: 'gone' is not there"),
        ("module: hello.wasm\nnn: {models: gone}\n", "2:6: nn.models: 'gone' is not there"),
    ],
)
def test_a_folder_that_is_not_there_is_told_by_its_key(
    project: Project, text: str, told: str
) -> None:
    project.profile("hello", text)
    assert f"config/profiles/hello.yaml:{told}" in project.scons(status=2).stderr


@pytest.mark.parametrize("wrong", ["compiler=gcc", "verbose=yes"])
def test_a_wrong_option_is_refused(project: Project, wrong: str) -> None:
    project.profile("hello", PROFILE)
    assert wrong in project.scons(wrong, status=2).stderr


def test_an_unknown_profile_is_refused_with_the_nearest_name(project: Project) -> None:
    project.profile("hello", PROFILE)
    ended = project.scons("profile=helo", status=2)
    assert "profile=helo: no such profile; did you mean 'hello'?" in ended.stderr


def test_an_unknown_profile_that_is_near_none_is_told_which_there_are(project: Project) -> None:
    project.profile("hello", PROFILE)
    ended = project.scons("profile=zzz", status=2)
    assert "profile=zzz: no such profile; the profiles are hello" in ended.stderr


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"config/profiles/hello.yaml": "module: config\n"}, "config"),
        (
            {"config/profiles/hello.yaml": PROFILE.replace("smoke: {", "smoke: {input: config, ")},
            "config",
        ),
        ({"config/profiles/hello.yaml": PROFILE, "dist": "a file"}, "dist"),
        ({"config/profiles/hello.yaml": PROFILE, "build": "a file"}, "build"),
        (
            {"config/profiles/hello.yaml": "source: hello.wasm\ncompiler: {name: go}\n"},
            "'hello.wasm' is a file",
        ),
    ],
    ids=["module", "input", "dist", "build", "source"],
)
def test_a_folder_in_a_file_s_place_or_the_other_way_round_is_told(
    project: Project, files: dict[str, str], told: str
) -> None:
    project.write(files)
    assert told in project.scons(status=2).stderr


def test_a_folder_of_results_that_is_a_link_is_said(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    project.profile("hello", PROFILE)
    (project.root / "dist").symlink_to(elsewhere)
    ended = project.scons("--question", status=1)
    assert "outside of the project" not in ended.stderr, "nothing is written"
    assert f"wasmtrim: dist is outside of the project, in {elsewhere}\n" in project.scons().stderr
