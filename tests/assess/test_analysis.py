"""What the analyzer finds in a module with one of everything: its lines say what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasmtrim.assess import analysis, rules
from wasmtrim.assess.facts import Facts, Use
from wasmtrim.errors import ToolError
from wasmtrim.toolchain.locate import Tool

OWN = "example.com/service"


def wanted(module: Path) -> set[tuple[str, str]]:
    """The comments `want: RULE SYMBOL; ...` of all files, each with its file and line."""
    found = set()
    for file in module.rglob("*"):
        if file.suffix not in (".go", ".s"):
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            for mark, up in (("// want: ", 0), ("// want above: ", 1)):
                _, _, wants = line.partition(mark)
                place = f"{file.relative_to(module).as_posix()}:{number - up}"
                found |= {(place, want) for want in wants.split("; ") if want}
    return found


def told(uses: tuple[Use, ...]) -> set[tuple[str, str]]:
    return {(f"{use.file}:{use.line}", f"{use.rule} {use.symbol}") for use in uses}


def test_every_place_in_own_code_is_found_and_no_other(module: Path, facts: Facts) -> None:
    assert told(tuple(use for use in facts.findings if use.direct)) == wanted(module)


def test_a_dependency_counts_once_for_each_entry_point(facts: Facts) -> None:
    used = [
        (use.rule, use.symbol, use.certain, use.file, len(use.path))
        for use in facts.findings
        if not use.direct
    ]
    main = "cmd/svc/main.go"
    assert used == [
        ("file", "os.ReadDir", True, main, 3),
        ("host-path", "/proc/self/fd", True, main, 3),
        ("process", "(*os/exec.Cmd).Run", False, main, 3),
        ("process", "os/exec.Command", False, main, 3),
    ]


def test_a_path_leads_from_main_to_the_place(facts: Facts) -> None:
    (use,) = (use for use in facts.findings if use.symbol == "/proc/self/fd")
    assert [(frame.function, frame.file, frame.line) for frame in use.path] == [
        (f"{OWN}/cmd/svc.main", "cmd/svc/main.go", 22),
        ("example.com/dependency.Count", "example.com/dependency@v0.0.0/dependency.go", 11),
        ("example.com/dependency.one", "example.com/dependency@v0.0.0/dependency.go", 14),
    ]
    assert use.line == 22


def test_files_that_are_left_out_are_counted(facts: Facts) -> None:
    files = facts.files
    assert (files.read, files.tests, files.generated, files.other_platform) == (6, 1, 1, 1)
    assert files.lines > 50


def test_each_platform_has_its_own_findings(facts: Facts) -> None:
    platforms = {use.symbol: set(use.platforms) for use in facts.findings}
    assert platforms["syscall.Sysinfo"] == {"linux/amd64"}
    assert platforms["syscall.Kill"] == {"linux/amd64", "wasip1/wasm"}
    assert platforms["left_linux.go"] == {"wasip1/wasm"}, "the one that leaves it out"


def test_main_packages_are_told_with_their_folders(facts: Facts) -> None:
    assert [(main.package, main.folder) for main in facts.mains] == [(f"{OWN}/cmd/svc", "cmd/svc")]


def test_a_go_that_is_too_old_for_the_analyzer_is_told_with_the_one_to_name(tmp_path: Path) -> None:
    """The Go that a TinyGo of another version needs may be older."""
    old = tmp_path / "go"
    said = "go: go.mod requires go >= 1.26.0 (running go 1.23.12; GOTOOLCHAIN=local)"
    old.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    old.chmod(0o755)
    go = Tool("go", (str(old),), "1.23.12", False, "WASMTRIM_GO", "0" * 64)
    with pytest.raises(
        ToolError, match=r"asks for Go 1\.26\.0, and Go is 1\.23\.12: .* WASMTRIM_GO"
    ):
        analysis.analyze(
            tmp_path, ["."], "wasip1", rules.load(), go,
            root=tmp_path, cache=tmp_path, say=lambda _: None,
        )  # fmt: skip
