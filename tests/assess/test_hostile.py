"""A stranger's folder: nothing of it is run, and what cannot be judged is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.assess.conftest import analyze

from wasmtrim.assess import analysis
from wasmtrim.errors import CheckError, ToolError, UsageError
from wasmtrim.toolchain import Locator

GO_MOD = "module example.com/strange\n\ngo 1.24\n"
MAIN = "package main\n\nfunc main() {}\n"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_nothing_of_the_code_or_its_settings_is_run(
    tmp_path: Path, locator: Locator, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    trap = tmp_path / "bin" / "gopackagesdriver"
    write(tmp_path, {"bin/gopackagesdriver": f"#!/bin/sh\ntouch {ran}\n"})
    trap.chmod(0o755)
    folder = write(
        tmp_path / "strange",
        {
            "go.mod": f"{GO_MOD}\ntoolchain go1.99.9\n",
            "go.work": "go 1.99\n\nuse .\n",
            "main.go": f"//go:generate {trap}\n{MAIN}",
            "c.go": f"package main\n\n// #cgo CFLAGS: -wrapper {trap}\n// int x;\n"
            'import "C"\n\nvar _ = C.x\n',
        },
    )
    monkeypatch.setenv("PATH", str(trap.parent), prepend=":")
    monkeypatch.setenv("GOPACKAGESDRIVER", str(trap))
    monkeypatch.setenv("GOFLAGS", f"-toolexec={trap}")
    monkeypatch.setenv("CC", str(trap))
    found = analyze(folder, locator)
    assert [(use.rule, use.file, use.line) for use in found.findings] == [("cgo", "c.go", 5)]
    assert not ran.exists()
    assert not (folder / "go.sum").exists()


def test_code_that_does_not_build_has_no_verdict(tmp_path: Path, locator: Locator) -> None:
    folder = write(
        tmp_path, {"go.mod": GO_MOD, "main.go": "package main\n\nfunc main() { missing() }\n"}
    )
    with pytest.raises(CheckError) as refused:
        analyze(folder, locator)
    assert str(refused.value).splitlines() == [
        f"{tmp_path}: does not build for linux/amd64, so there is no verdict;"
        " `go build ./...` must succeed first",
        "  main.go:3: undefined: missing",
    ]


def test_a_dependency_that_is_not_there_is_told(tmp_path: Path, locator: Locator) -> None:
    main = 'package main\n\nimport _ "example.com/nowhere"\n\nfunc main() {}\n'
    folder = write(tmp_path, {"go.mod": GO_MOD, "main.go": main})
    with pytest.raises(CheckError, match=r"no required module provides package example\.com/now"):
        analyze(folder, locator)


def test_a_folder_without_a_module_is_refused(tmp_path: Path, locator: Locator) -> None:
    write(tmp_path, {"main.go": MAIN})
    with pytest.raises(
        UsageError, match=r"no Go packages of a module; name a folder with a go\.mod"
    ):
        analyze(tmp_path, locator)


def test_a_folder_without_go_code_is_refused(tmp_path: Path, locator: Locator) -> None:
    write(tmp_path, {"go.mod": GO_MOD})
    with pytest.raises(UsageError, match=r"no Go packages of a module"):
        analyze(tmp_path, locator)


def test_what_the_target_does_not_compile_is_a_finding(tmp_path: Path, locator: Locator) -> None:
    folder = write(
        tmp_path,
        {
            "go.mod": GO_MOD,
            "main.go": "package main\n\nfunc main() { native() }\n",
            "main_linux.go": "package main\n\nfunc native() {}\n",
        },
    )
    found = analyze(folder, locator)
    wasip1 = found.platforms[1]
    assert [(e.file, e.line, e.message, e.own) for e in wasip1.errors] == [
        ("main.go", 3, "undefined: native", True)
    ]


def test_time_is_bounded(tmp_path: Path, locator: Locator, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, {"go.mod": GO_MOD, "main.go": MAIN})
    analyze(folder, locator)  # so that the analyzer is built
    monkeypatch.setattr(analysis, "SECONDS", 0.001)
    with pytest.raises(ToolError, match=r"not read to the end within 0\.001 s; assess one package"):
        analyze(folder, locator)


def test_memory_is_bounded(
    tmp_path: Path, locator: Locator, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println() }\n'
    folder = write(tmp_path, {"go.mod": GO_MOD, "main.go": main})
    monkeypatch.setattr(analysis, "MEMORY_BYTES", 100 << 20)
    with pytest.raises(ToolError, match=r"not read within 100 MiB of memory; assess one package"):
        analyze(folder, locator)
