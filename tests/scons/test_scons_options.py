"""What a SCons user expects of `-h`, `-c`, `-n`, `-s`, caches, variant folders and deciders."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.scons.project import GO, GO_PROFILE, PROFILE, SCONS, SCONSTRUCT, Project

from wasmtrim.toolchain import Locator

STRIP = PROFILE + "description: prints a word\nstages: [strip]\nstrip: {keep: [name]}\n"


@pytest.fixture
def strip(project: Project) -> Project:
    """A project with one quick profile, `hello`."""
    project.profile("hello", STRIP)
    return project


def test_help_lists_targets_profiles_and_options(strip: Project) -> None:
    strip.profile("other", "extends: hello\ndescription: the same again\n")
    said = strip.scons("-h").stdout
    for line in (
        r"^  release +\w",
        r"^  dist/NAME\.wasm +\w",
        r"^  hello +prints a word$",
        r"^  other +the same again$",
        r"^  profile=NAME +\w",
        r"^  compiler=tinygo +\w",
        r"^  verbose=1 +\w",
    ):
        assert re.search(line, said, re.MULTILINE), line
    assert not (strip.root / "build").exists()


def test_help_of_one_s_own_stays(strip: Project) -> None:
    strip.write({"SConstruct": SCONSTRUCT + "Help('\\nmore: our own targets\\n')\n"})
    said = strip.scons("-h").stdout
    assert "prints a word" in said
    assert "more: our own targets" in said
    assert said.count("profile=NAME") == 1


def test_clean_takes_all_that_was_made_away(strip: Project) -> None:
    before = strip.files()
    strip.scons()
    assert strip.files() > before
    strip.scons("-c")
    assert strip.files() - before <= {"build", "dist"}, "empty folders"


def test_clean_of_a_clean_project_makes_nothing(strip: Project) -> None:
    before = strip.files()
    strip.scons("-c")
    assert strip.files() == before


def test_a_dry_run_names_the_steps_and_takes_none(strip: Project) -> None:
    before = strip.files()
    assert strip.scons("-n").steps >= {
        "strip hello-strip",
        "write hello.sizes",
        "verify hello.verify",
    }
    assert strip.files() == before


def test_a_dry_run_fetches_nothing(strip: Project, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    strip.profile("hello", PROFILE)
    strip.scons("-n", env={"XDG_CACHE_HOME": str(cache)})
    assert not (cache / "wasmtrim" / "toolchain").exists()


def test_a_question_is_answered_by_the_exit_status(strip: Project) -> None:
    strip.scons("-q", status=1)
    strip.scons()
    strip.scons("-q")


def test_silence(strip: Project) -> None:
    ended = strip.scons("-s")
    assert (ended.stdout, ended.stderr) == ("", "")
    assert strip.shipped() == {"hello"}


def test_short_lines_unless_asked(strip: Project) -> None:
    argv = "wasm-strip --keep-section=name --output=out.wasm in.wasm"
    assert argv not in strip.scons().stdout
    strip.scons("-c")
    assert argv in strip.scons("verbose=1").stdout


def test_explain_says_why_in_words(strip: Project) -> None:
    strip.scons()
    strip.edit("config/profiles/hello.yaml", "module:", "limits: {raw: 1 MiB}\nmodule:")
    said = strip.scons("--debug=explain").stdout
    assert "rebuilding `dist/hello.verify.json' because" in said


def test_jobs(strip: Project) -> None:
    for number in range(4):
        strip.profile(f"p{number}", STRIP.replace("[name]", f"[name, other{number}]"))
    assert strip.scons("-j4").did("strip") == 5
    assert strip.scons("-j4").commands == []


def test_a_cache_gives_a_clean_project_what_another_one_built(
    strip: Project, tmp_path: Path
) -> None:
    cached = SCONSTRUCT.replace("env.WasmRelease", f'CacheDir("{tmp_path}/cache")\nenv.WasmRelease')
    strip.write({"SConstruct": cached})
    again = Project(tmp_path / "elsewhere" / "project")
    shutil.copytree(strip.root, again.root)
    strip.scons()
    ended = again.scons()
    assert ended.commands == []
    assert "Retrieved `dist/hello.wasm' from cache" in ended.stdout
    assert "passed: " in ended.tells("hello")
    assert again.module("hello") == strip.module("hello")
    assert again.sizes("hello") == strip.sizes("hello")
    assert again.scons().commands == []


@pytest.mark.parametrize("decider", ["MD5-timestamp", "timestamp-match", "make"])
def test_deciders(strip: Project, decider: str) -> None:
    strip.write({"SConstruct": f"Decider('{decider}')\n{SCONSTRUCT}"})
    strip.scons()
    assert strip.scons().commands == []
    strip.edit("config/profiles/hello.yaml", "[name]", "[name, more]")
    assert strip.scons().did("strip") == 1


def test_a_variant_folder(project: Project) -> None:
    project.write(
        {
            "SConstruct": "import wasmtrim\n"
            "env = Environment(tools=[wasmtrim.generate])\n"
            "SConscript('guest/SConscript', variant_dir='out/guest', exports='env')\n",
            "guest/SConscript": "Import('env')\n"
            "env.WasmStrip('bare.wasm', '#hello.wasm')\n"
            "env.WasmStrip('bare2.wasm', 'own.wasm')\n",
            "guest/own.wasm": (project.root / "hello.wasm").read_bytes(),
        }
    )
    project.scons()
    bare = (project.root / "out/guest/bare.wasm").read_bytes()
    assert (project.root / "out/guest/bare2.wasm").read_bytes() == bare
    assert not (project.root / "guest/bare.wasm").exists()
    assert project.scons().commands == []


def test_a_release_from_a_variant_folder_without_copies(project: Project) -> None:
    project.write(
        {
            "SConstruct": "import wasmtrim\n"
            "env = Environment(tools=[wasmtrim.generate])\n"
            "SConscript('guest/SConscript', variant_dir='out', duplicate=0, exports='env')\n",
            "guest/SConscript": "Import('env')\nenv.WasmRelease('profiles')\nDefault('#/dist')\n",
            "guest/profiles/hello.yaml": STRIP,
        }
    )
    ended = project.scons()
    assert project.shipped() == {"hello"}
    assert "passed: " in ended.tells("hello"), "the folder is a way to ask for it, too"


def test_two_calls_and_two_environments(strip: Project) -> None:
    strip.write(
        {
            "SConstruct": "import wasmtrim\n"
            "one = Environment(tools=[wasmtrim.generate])\n"
            "two = Environment(tools=[wasmtrim.generate])\n"
            "one.WasmRelease('config/profiles/hello.yaml')\n"
            "two.WasmRelease(['more'])\n"
            "Default('release')\n",
            "more/other.yaml": STRIP,
        }
    )
    ended = strip.scons()
    assert ended.did("strip") == 1
    assert "2 profiles: 2 passed" in ended.stdout


def test_failures_keep_their_status_for_a_sconstruct(project: Project) -> None:
    project.profile("hello", STRIP.replace("hello\\n", "other\\n"))
    project.write(
        {
            "SConstruct": SCONSTRUCT + "import atexit\n"
            "atexit.register(lambda: print([f.status for f in GetBuildFailures()]))\n"
        }
    )
    assert "[1]\n" in project.scons(status=2).stdout


def test_tinygo_or_nothing(project: Project) -> None:
    project.write(GO)
    project.profile("guest", GO_PROFILE.replace("name: go", "name: tinygo, fallback: true"))
    ended = project.scons("compiler=tinygo", status=2, env={"PATH": "/usr/bin:/bin"})
    assert "tinygo 0.41.1 is not available" in ended.stderr
    assert ended.commands == []


def test_a_reader_that_leaves_is_no_failure_of_ours(strip: Project) -> None:
    import subprocess

    run = subprocess.run(
        f"{SCONS} -Q | head -c 1 > /dev/null",
        shell=True,
        cwd=strip.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "wasmtrim" not in run.stderr


class TestGoSources:
    """What the sources are is asked of `go`, and only where it matters."""

    @pytest.fixture
    def env(self, project: Project, tmp_path: Path, locator: Locator) -> dict[str, str]:
        """A `go` that logs what it is asked, and where modules would come from."""
        go = tmp_path / "go"
        log = f'echo "$1 $GOPROXY" >> {tmp_path}/asked'
        go.write_text(f'#!/bin/sh\n{log}\nexec {locator.find("go").argv[0]} "$@"\n')
        go.chmod(0o755)
        project.write(GO)
        project.profile("guest", GO_PROFILE)
        return {"WASMTRIM_GO": str(go), "GOPROXY": "https://proxy.example"}

    @pytest.mark.parametrize("option", ["-c", "-h"])
    def test_clean_and_help_ask_nothing(
        self, project: Project, env: dict[str, str], tmp_path: Path, option: str
    ) -> None:
        before = project.files()
        project.scons(option, env=env)
        assert project.files() == before
        assert not (tmp_path / "asked").exists()

    def test_a_dry_run_asks_without_the_network(
        self, project: Project, env: dict[str, str], tmp_path: Path
    ) -> None:
        assert project.scons("-n", env=env).did("compile") == 1
        asked = (tmp_path / "asked").read_text().splitlines()
        assert [line for line in asked if not line.startswith("version")] == ["list off"]
        assert not (project.root / "dist").exists()

    def test_they_are_asked_for_again_only_when_they_may_have_changed(
        self, project: Project, env: dict[str, str], tmp_path: Path
    ) -> None:
        def times_asked() -> int:
            project.scons("-n", env=env)
            return (tmp_path / "asked").read_text().count("list")

        assert [times_asked(), times_asked()] == [1, 1]
        project.write({"README": "", "other/other.go": "package other\n"})
        assert times_asked() == 1
        project.edit("guest/word/word.go", "world", "there")
        assert [times_asked(), times_asked()] == [2, 2]
        project.write({"guest/word/more.go": "package word\n"})
        assert [times_asked(), times_asked()] == [3, 3]
