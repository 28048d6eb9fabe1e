"""Packages with cgo are read without running it: their Go code, and all that imports them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.assess.conftest import analyze
from tests.assess.test_hostile import GO_MOD, write

from wasmtrim.assess import rules, scoring, tinygo_support
from wasmtrim.assess.facts import Facts, Use
from wasmtrim.toolchain import Locator

FILES = {
    "go.mod": f"{GO_MOD}\nrequire example.com/dep v0.0.0\n\nreplace example.com/dep => ./dep\n",
    "dep/go.mod": "module example.com/dep\n\ngo 1.24\n",
    "dep/dep.go": """package dep

import "os"

func Load() ([]byte, error) { return os.ReadFile("/proc/meminfo") }
""",
    "clib/clib.go": """package clib

// static int twice(int x) { return 2 * x; }
import "C"

import (
	"os/exec"
	"time"
	"unsafe"

	"example.com/dep"
)

type Handle struct {
	at   *C.char
	size C.int
}

func Twice(x int) int { return int(C.twice(C.int(x))) }

func Open(name string) (*Handle, error) {
	p := C.CString(name)
	defer C.free(unsafe.Pointer(p))
	go watch()
	_, err := dep.Load()
	return &Handle{at: p, size: C.int(len(name))}, err
}

func watch() {
	for range time.Tick(time.Millisecond) {
		_ = exec.Command("cat", "/sys/"+"class/net").Run()
	}
}
""",
    "clib/plain.go": """package clib

import "os"

func (h *Handle) Name() string { return os.Getenv("NAME") }
""",
    "main.go": """package main

import (
	"net"

	"example.com/strange/clib"
)

func main() {
	h, _ := clib.Open("x")
	println(clib.Twice(2), h.Name())
	_, _ = net.Dial("tcp", "x:1")
}
""",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, locator: Locator) -> Facts:
    return analyze(write(tmp_path_factory.mktemp("cgo"), FILES), locator)


def places(found: Facts, file: str) -> set[tuple[str, int, str]]:
    return {(use.rule, use.line, use.symbol) for use in found.findings if use.file == file}


def test_go_code_beside_c_code_is_read(found: Facts) -> None:
    assert places(found, "clib/clib.go") == {
        ("cgo", 4, 'import "C"'),
        ("goroutine", 24, "go"),
        ("file", 25, "os.ReadFile"),
        ("host-path", 25, "/proc/meminfo"),
        ("precise-timer", 30, "time.Tick"),
        ("process", 31, "os/exec.Command"),
        ("process", 31, "(*os/exec.Cmd).Run"),
        ("host-path", 31, "/sys/class/net"),
    }
    assert places(found, "clib/plain.go") == {("environment", 5, "os.Getenv")}
    assert [platform.errors for platform in found.platforms] == [(), ()]


def test_what_imports_a_package_with_cgo_is_read_like_all_code(found: Facts) -> None:
    assert places(found, "main.go") == {("socket", 12, "net.Dial")}
    assert all(use.platforms == ("linux/amd64", "wasip1/wasm") for use in dials(found))


def dials(found: Facts) -> list[Use]:
    return [use for use in found.findings if use.symbol == "net.Dial"]


def test_a_path_from_code_with_cgo_begins_at_its_place(found: Facts) -> None:
    (use,) = [use for use in found.findings if use.symbol == "/proc/meminfo"]
    assert not use.direct
    assert use.certain
    assert [(step.function, step.file, step.line) for step in use.path] == [
        ("example.com/strange/clib.Open", "clib/clib.go", 25),
        ("example.com/dep.Load", "example.com/dep@v0.0.0/dep.go", 5),
    ]


def test_a_note_says_what_was_not_read(found: Facts) -> None:
    known = rules.load()
    assessment = scoring.assess(found, known, known.weights, "wasip1", tinygo_support.load("0.41"))
    assert assessment.verdict == "not-migratable"
    assert assessment.notes == (
        "cgo is not run: the Go code is read, the C code is not, of example.com/strange/clib",
    )


def test_code_that_has_values_of_c_types_is_told_as_not_read(
    tmp_path: Path, locator: Locator
) -> None:
    files = {
        "go.mod": GO_MOD,
        "clib/clib.go": 'package clib\n\n// int x;\nimport "C"\n\nfunc X() C.int { return C.x }\n',
        "main.go": 'package main\n\nimport "example.com/strange/clib"\n\n'
        "func main() { x := clib.X(); println(x + 1) }\n",
    }
    found = analyze(write(tmp_path, files), locator)
    assert [use.rule for use in found.findings] == ["cgo"]
    known = rules.load()
    assessment = scoring.assess(found, known, known.weights, "wasip1", tinygo_support.load("0.41"))
    assert assessment.notes[-1] == "not read further, for want of its C code: example.com/strange"


def test_files_that_stand_in_for_cgo_are_what_the_target_takes(
    tmp_path: Path, locator: Locator
) -> None:
    """It may be a stub that fails, so the verdict stays; its uses are those of the target."""
    files = {
        "go.mod": GO_MOD,
        "clib/c.go": 'package clib\n\n// int x;\nimport "C"\n\nimport "os/exec"\n\n'
        'func X() int { _ = exec.Command("x"); return int(C.x) }\n',
        "clib/stub.go": '//go:build !cgo\n\npackage clib\n\nimport "os/user"\n\n'
        "func X() int { _, _ = user.Current(); return 0 }\n",
        "main.go": 'package main\n\nimport "example.com/strange/clib"\n\n'
        "func main() { println(clib.X()) }\n",
    }
    found = analyze(write(tmp_path, files), locator)
    assert {(use.symbol, use.platforms) for use in found.findings} == {
        ('import "C"', ()),
        ("os/exec.Command", ("linux/amd64",)),
        ("os/user.Current", ("wasip1/wasm",)),
    }
    assert [platform.without_c for platform in found.platforms] == [
        ("example.com/strange/clib",),
        (),
    ]
