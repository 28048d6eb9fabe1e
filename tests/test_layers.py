"""Imports point downwards, only scons/ knows SCons, and what is slow to import is imported late."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import wasmtrim

PACKAGE = Path(wasmtrim.__file__).parent

# From top to bottom. A layer imports what lies below it; its own members don't know each other.
LAYERS = (
    {"cli", "scons"},
    {"serve", "hotspots"},
    {"report"},
    {"regression"},
    {"tune"},
    {"verify", "attribution", "reproduction", "assess", "symbolic"},
    {"compilers"},
    {"stages", "wit"},
    {"sizes", "toolchain", "profile", "provenance"},
    {"records"},
    {"wasm", "located_yaml", "git", "engine"},
    {"nn"},
    {
        "process",
        "atomic",
        "broken_pipe",
        "reading",
        "single_flight",
        "spelling",
        "check",
        "strict_json",
        "wording",
    },
    {"errors", "escaping"},
)
HEIGHT = {name: -depth for depth, names in enumerate(LAYERS) for name in names}

HEAVY = ("SCons", "pydantic", "rich", "wasmtime", "numpy", "PIL", "jinja2", "httpx", "brotli",
         "deflate", "elftools", "onnx", "onnxruntime", "starlette", "uvicorn",
         "prometheus_client", "optuna", "loky", "distributed", "z3")  # fmt: skip


def _imports(file: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it, and for types only, too."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module
            assert node.level == 0, f"{file}: imports are written out"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files() -> Iterator[tuple[str, Path]]:
    """Each module of the package with the name of its folder, or its own at the top."""
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if name != "__init__":
            yield name, file


def test_every_part_has_its_layer() -> None:
    assert {name for name, _ in _files()} == HEIGHT.keys()


def test_imports_point_downwards() -> None:
    wrong = []
    for name, file in _files():
        for imported in _imports(file):
            package, _, rest = imported.partition(".")
            part = rest.partition(".")[0]
            if package == "wasmtrim" and part not in (name, "", "__version__", "OWN"):
                wrong += [f"{file}: {imported}"] if HEIGHT[part] >= HEIGHT[name] else []
    assert not wrong


def test_no_imports_run_in_a_circle() -> None:
    """Within a layer neither, nor for types only. The package's door is left out: it opens late."""
    modules = {_name(file): file for _, file in _files()}
    imports: dict[str, set[str]] = {}
    for name, file in modules.items():
        named = {path if path in modules else path.rpartition(".")[0] for path in _imports(file)}
        imports[name] = named & modules.keys()
    TopologicalSorter(imports).prepare()  # CycleError names the modules of a circle


def _name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def test_only_the_folder_scons_knows_scons() -> None:
    knowing = {name for name, file in _files() for imported in _imports(file)
               if imported.partition(".")[0] == "SCons"}  # fmt: skip
    assert knowing == {"scons"}


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("import wasmtrim", ""),
        ("import wasmtrim.cli.main", ""),
        ("from wasmtrim.cli.main import parser; parser()", ""),
        ("import wasmtrim.attribution, wasmtrim.regression, wasmtrim.report, wasmtrim.sizes", ""),
        ("import wasmtrim.scons.tool", "SCons"),
    ],
)
def test_what_is_slow_to_import_is_imported_where_it_is_used(code: str, loaded: str) -> None:
    asked = f"{code}; import sys; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == loaded


@pytest.mark.parametrize("stage", ["layout", "positions", "snip"])
def test_a_stage_of_ours_loads_no_other_stage_and_no_toolchain(stage: str) -> None:
    """Each runs in a child, so what it loads is paid for at each run."""
    code = f"import sys, wasmtrim.stages.{stage}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = {name.split(".", 2)[-1] for name in done.stdout.split() if "wasmtrim.stages." in name}
    assert {name.partition(".")[0] for name in loaded} == {"job", stage}
    assert "wasmtrim.toolchain" not in done.stdout
    assert "yaml" not in done.stdout
