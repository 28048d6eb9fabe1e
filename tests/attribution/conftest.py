"""Real modules to account for: TinyGo's from an npm package, standard Go's built here."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import assembled

from wasmtrim import wasm

BIN = Path(sys.executable).parent
GOFMT = "@wasm-fmt/gofmt@0.7.3"  # TinyGo 0.40.1, with its name section


@pytest.fixture(scope="session")
def wat() -> Callable[[str], wasm.Module]:
    """Makes the module of a WebAssembly text."""

    return lambda text: wasm.read(assembled(text))


@pytest.fixture(scope="session")
def tinygo_module(request: pytest.FixtureRequest) -> wasm.Module:
    """gofmt for browsers: a real program of 272,188 bytes that TinyGo compiled."""
    assert request.config.cache is not None
    folder = request.config.cache.mkdir("npm-gofmt-0.7.3")
    module = folder / "gofmt.wasm"
    if not module.exists():
        environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        argv = ["npm", "pack", "--silent", "--pack-destination", str(folder), GOFMT]
        packed = subprocess.run(argv, check=True, capture_output=True, text=True, env=environment)
        with tarfile.open(folder / packed.stdout.strip()) as archive:
            member = archive.extractfile("package/gofmt.wasm")
            assert member is not None
            module.write_bytes(member.read())
    return wasm.read(module.read_bytes())


HELLO = """package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

type stack[T any] struct{ items []T }

//go:noinline
func (s *stack[T]) push(item T) { s.items = append(s.items, item) }

func main() {
	numbers := &stack[int]{}
	for _, argument := range os.Args {
		numbers.push(len(argument))
	}
	slices.SortFunc(numbers.items, func(a, b int) int { return b - a })
	fmt.Println("hello", numbers.items, errors.New("none"))
}
"""


def build(folder: Path, source: str, **flags: str) -> dict[str, wasm.Module]:
    """The program of one file by standard Go for WASI, by the linker's flags."""
    (folder / "go.mod").write_text("module example.com/hello\n\ngo 1.24\n")
    (folder / "main.go").write_text(source)
    environment = os.environ | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "GOOS": "wasip1",
        "GOARCH": "wasm",
        "GOFLAGS": "",
        "GOWORK": "off",
        "GOTOOLCHAIN": "local",
    }
    modules = {}
    for name, flag in flags.items():
        argv = ["go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flag, "-o", name, "."]
        subprocess.run(argv, check=True, cwd=folder, env=environment)
        modules[name] = wasm.read((folder / name).read_bytes())
    return modules


@pytest.fixture(scope="session")
def go_modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, wasm.Module]:
    """One program by standard Go: `named` and, as it ships, `stripped`."""
    return build(tmp_path_factory.mktemp("hello"), HELLO, named="", stripped="-s -w")


RETAINED = """package main

import (
	"os"
	"strings"
)

type job interface{ run(string) string }

type loud struct{}
type quiet struct{}

func (loud) run(s string) string  { return helper(s) + "!" }
func (quiet) run(s string) string { return s }

//go:noinline
func helper(s string) string {
	raised := strings.Map(func(r rune) rune { return r + 1 }, s)
	return strings.NewReplacer("a", "b", "c", "d").Replace(raised)
}

//go:noinline
func each(names []string, do func(string)) {
	for _, name := range names {
		do(name)
	}
}

//go:noinline
func joined(s string) string { return strings.Join(strings.Fields(s), "-") }

var voices = map[string]func(string) string{"low": low}

//go:noinline
func low(s string) string { return strings.TrimSpace(s) }

func main() {
	jobs := []job{loud{}, quiet{}}
	os.Stdout.WriteString(jobs[len(os.Args)%2].run("abc"))
	long := ""
	each(os.Args, func(name string) { long += joined(name) })
	os.Stdout.WriteString(voices[long](long))
}
"""


@pytest.fixture(scope="session")
def retained_module(tmp_path_factory: pytest.TempPathFactory) -> wasm.Module:
    """A program by standard Go that calls a method through an interface, a closure, and a
    function out of a map that is made before main.main runs."""
    return build(tmp_path_factory.mktemp("retained"), RETAINED, stripped="-s -w")["stripped"]
