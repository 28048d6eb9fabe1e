"""Modules that other people publish, by other compilers: their sums, names, and why they hold what.

What keeps a function is held against a search of the text that `wasm-tools print` makes.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from tests.benchmarks.smaller import PUBLISHED, Published
from tests.conftest import WASM_TOOLS

from wasmtrim import wasm
from wasmtrim.attribution import owners, rows
from wasmtrim.attribution.reachability.graph import Graph
from wasmtrim.cli.main import main
from wasmtrim.wasm import names

WITH_LINES = Published(
    "C",
    "web-tree-sitter@0.27.2",
    "debug/web-tree-sitter.wasm",
    "7d05323bc5229339f0db9b45eda22b903a529cbd970ec45419b554915c7c0869",
)
MODULES = [*(each for each in PUBLISHED if each.compiler != "Go"), WITH_LINES]
# Packages that names or lines tell, each with its group; the other modules have neither.
PACKAGES = {
    "@wasm-fmt/gofmt@0.7.3": {
        "fmt": "standard library",
        "go/printer": "standard library",
        "runtime": "runtime",
    },
    "web-tree-sitter@0.27.2": {
        "(C) query": "own",
        "(C) parser": "own",
        "(C and compiler runtime)": "runtime",
    },
}
LARGEST = 10  # functions of each module that are asked for


@dataclass
class Text:
    """What the text of a module says: who refers to whom, and what the module itself does."""

    calls: dict[int, set[int]] = field(default_factory=dict)
    roots: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, module: wasm.Module) -> Text:
        argv = [WASM_TOOLS, "print", "-"]
        bare = names.without(module.data)
        printed = subprocess.run(argv, input=bare, check=True, capture_output=True).stdout.decode()
        text, at = cls(), -1
        for line in printed.splitlines():
            begins = re.match(r"  \(func \(;(\d+);\)", line)
            if begins:
                at = int(begins[1])
                text.calls[at] = set()
            elif line.startswith("  ("):
                at = -1
            if at >= 0:
                found = re.match(r" +(?:return_call|call|ref\.func) (\d+)$", line)
                text.calls[at].update([int(found[1])] if found else [])
            elif re.match(r"  \((?:export|start|elem|global) ", line):
                listed = re.search(r"\(func (\d+)\)|\(start (\d+)\)| func ([\d ]+)\)", line)
                inner = re.findall(r"ref\.func (\d+)", line)
                text.roots.update(map(int, inner))
                if listed:
                    text.roots.update(map(int, "".join(filter(None, listed.groups())).split()))
        return text

    def reached(self, without: int = -1) -> set[int]:
        left = [root for root in self.roots if root != without]
        found = set(left)
        while left:
            new = self.calls.get(left.pop(), set()) - found - {without}
            found |= new
            left += new
        return found


def assert_leads(text: Text, functions: Collection[int | None]) -> None:
    """Each function of a chain is called by the one before; the first is the module's."""
    known = [index for index in functions if index is not None]
    assert known[0] in text.roots
    for above, index in pairwise(known):
        assert index in text.calls[above]


@pytest.mark.long
@pytest.mark.parametrize("published", MODULES, ids=lambda each: f"{each.package}:{each.member}")
def test_a_published_module_is_accounted_for_and_explained(
    published: Published, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "published.wasm"
    path.write_bytes(published.fetch(tmp_path))
    module = wasm.read(path.read_bytes())
    known = owners(module)
    found = list(rows(known, open_data=True))
    assert sum(row.bytes for row in found) == path.stat().st_size
    functions = [row for row in found if row.kind == "function" and row.number is not None]
    code = next(row for row in found if row.name == "code framing")
    assert sum(row.bytes for row in functions) + code.bytes == sum(
        row.bytes for row in found if row.section == "code"
    )
    wanted = PACKAGES.get(published.package, {})
    assert {name: known.group_of_package(name).name for name in wanted} == wanted
    graph, text = Graph(known), Text.of(module)
    assert graph.packages.keys() >= wanted.keys()
    whole = text.reached()
    for row in sorted(functions, key=lambda row: -row.bytes)[:LARGEST]:
        index = row.number
        assert index is not None
        chain = graph.chain([index])
        assert bool(chain) == (index in whole)
        if chain:
            assert_leads(text, [step.function for step in chain])
            assert chain[-1].function == index
            assert set(graph.leaving([index])) == whole - text.reached(without=index)
        assert main(["why", str(path), str(index)]) == 0
        assert "\nbecause:\n" in capsys.readouterr().out
    assert main(["compare", str(path), str(path), "--no-brotli"]) == 0
