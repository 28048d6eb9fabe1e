"""What every kind of node has in common: its sources follow from its fields, its code is there."""

from __future__ import annotations

import ast
import importlib
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest
from SCons.Node import Node
from SCons.Script import File
from tests.scons.project import Project

import wasmtrim
from wasmtrim.scons import nodes
from wasmtrim.scons.build import Build
from wasmtrim.scons.builders import BUILDERS
from wasmtrim.scons.nodes.spec import NodeSpec
from wasmtrim.scons.signature import Code

_PACKAGE = Path(wasmtrim.__file__).parent
_NODES = sorted(Path(nodes.__file__).parent.glob("[a-z]*.py"))


@dataclass(frozen=True)
class Row:
    module: Node
    size: Node
    run: Node | None


@dataclass(frozen=True)
class TableSpec(NodeSpec):
    rows: tuple[Row, ...]
    title: str
    notes: Node | None
    copy: Node
    builder = "WasmTable"

    def targets(self) -> list[Node]:
        return [self.target, self.copy]

    def signature(self) -> object:
        return self.title

    def make(self) -> None:
        raise AssertionError


def test_the_sources_are_the_nodes_of_the_fields_but_for_targets(tmp_path: Path) -> None:
    rows = (Row(File("a.wasm"), File("a.size.json"), File("a.run.json")),
            Row(File("b.wasm"), File("b.size.json"), None))  # fmt: skip
    build = Build(tmp_path, verbose=False)
    spec = TableSpec(build, File("table.json"), rows, "sizes", File("notes"), File("copy.json"))
    assert [str(node) for node in spec.sources()] == [
        "a.wasm",
        "a.size.json",
        "a.run.json",
        "b.wasm",
        "b.size.json",
        "notes",
    ]


def test_code_that_is_not_there_is_refused_where_it_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.py"):
        Code("wasm", "gone.py")


def test_a_node_whose_code_reads_modules_is_out_of_date_when_that_changes() -> None:
    """All of wasm/, since its files use each other. compile reads no more than a header."""
    lacking = []
    for name in {file.stem for file in _NODES} - {"compile"}:
        code = getattr(importlib.import_module(f"{nodes.__name__}.{name}"), "_CODE", None)
        if isinstance(code, Code) and "wasm" not in code.names:
            paths = [_PACKAGE / part for part in code.names]
            files = [*chain.from_iterable(p.rglob("*.py") if p.is_dir() else [p] for p in paths)]
            lacking += [f"{name}: {file}" for file in files if "wasmtrim.wasm" in file.read_text()]
    assert not lacking


def test_each_builder_has_its_own_name() -> None:
    names = [each.name for each in BUILDERS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "lines",
    [
        "env.WasmRegression('r.json', 'hello.wasm')",
        "env.WasmSizes('a.sizes.json', 'hello.wasm', WASMSIZES_STAGES=['one', 'two'])",
        "env.WasmSizes('a.sizes.json', 'hello.wasm', WASMSIZES_RUNS=['r.json', 's.json'])",
    ],
)
def test_a_call_that_makes_no_node_is_told(project: Project, lines: str) -> None:
    head = "import wasmtrim\nenv = Environment(tools=[wasmtrim.generate])\n"
    project.write({"SConstruct": head + lines + "\n"})
    name = lines.partition("(")[0].removeprefix("env.").upper()
    assert name in project.scons(status=2).stderr.upper()


def test_no_node_imports_in_the_thread_that_makes_it() -> None:
    """Two threads that import parts of one package at once can end in a deadlock."""
    for file in _NODES:
        tree = ast.parse(file.read_text())
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        late = [
            node.lineno
            for function in functions
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        assert not late, (file.name, late)
