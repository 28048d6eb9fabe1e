from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from wasmtrim import wasm
from wasmtrim.attribution import owners
from wasmtrim.attribution.graph import Graph
from wasmtrim.errors import ModuleError

DIAMOND = """
(module
  (import "env" "log" (func $env.log))
  (table 2 funcref)
  (elem (i32.const 0) $app.handler)
  (func $app.run (export "run") call $app.left call $app.right)
  (func $app.left call $lib.shared)
  (func $app.right call $lib.shared call $env.log)
  (func $lib.shared call $lib.deep)
  (func $lib.deep nop nop nop)
  (func $app.handler call $lib.late)
  (func $lib.late call $lib.late)
  (func $lib.dead call $lib.dead))
"""


@pytest.fixture(scope="module")
def diamond(wat: Callable[[str], wasm.Module]) -> Graph:
    return Graph(owners(wat(DIAMOND)))


def number(graph: Graph, name: str) -> int:
    return next(i for i in graph.owners.entries if graph.owners.name(i) == name)


def chain(graph: Graph, *names: str) -> list[tuple[str, str]]:
    return [(s.kind, s.name) for s in graph.chain([number(graph, name) for name in names])]


def test_the_chain_begins_at_an_export(diamond: Graph) -> None:
    assert chain(diamond, "lib.deep") == [
        ("export", "run"),
        ("call", "app.left"),
        ("call", "lib.shared"),
        ("call", "lib.deep"),
    ]


def test_the_table_is_a_root_of_its_own(diamond: Graph) -> None:
    assert chain(diamond, "lib.late") == [
        ("table", "the table"),
        ("table", "app.handler"),
        ("call", "lib.late"),
    ]


def test_of_several_functions_the_nearest_is_explained(diamond: Graph) -> None:
    assert chain(diamond, "lib.deep", "lib.shared")[-1] == ("call", "lib.shared")


def test_what_nothing_keeps_has_no_chain(diamond: Graph) -> None:
    assert chain(diamond, "lib.dead") == []
    assert (
        diamond.retained[number(diamond, "lib.dead")] == diamond.sizes[number(diamond, "lib.dead")]
    )


def test_retained_is_its_own_and_what_only_it_keeps(diamond: Graph) -> None:
    size = {name: diamond.sizes[number(diamond, name)] for name in ("lib.shared", "lib.deep")}
    retained = diamond.retained
    assert retained[number(diamond, "lib.shared")] == sum(size.values())
    assert retained[number(diamond, "app.left")] == diamond.sizes[number(diamond, "app.left")]
    assert diamond.keeper(number(diamond, "lib.shared")) == number(diamond, "app.run")
    assert diamond.keeper(number(diamond, "app.run")) is None


def test_a_package_retains_what_only_it_keeps(diamond: Graph) -> None:
    assert set(diamond.packages) == {"app", "lib"}
    reachable = sum(diamond.sizes) - diamond.sizes[number(diamond, "lib.dead")]
    assert diamond.retained_by(diamond.packages["app"]) == reachable


def test_callers(diamond: Graph) -> None:
    callers = diamond.callers(number(diamond, "lib.shared"))
    assert sorted(map(diamond.owners.name, callers)) == ["app.left", "app.right"]


def test_dominators_and_removal_agree_on_a_real_module(tinygo_module: wasm.Module) -> None:
    graph = Graph(owners(tinygo_module))
    for index in range(0, len(tinygo_module.functions), 7):
        assert graph.retained[index] == graph.retained_by([index])


def test_a_package_of_tinygo_is_explained(tinygo_module: wasm.Module) -> None:
    graph = Graph(owners(tinygo_module))
    steps = [(step.kind, step.name) for step in graph.chain(graph.packages["fmt"])]
    assert steps == [
        ("export", "format"),
        ("call", "go/token.(*File).MergeLine"),
        ("call", "fmt.Sprintf"),
    ]
    own = sum(graph.sizes[index] for index in graph.packages["fmt"])
    assert own < graph.retained_by(graph.packages["fmt"]) < sum(graph.sizes)


def test_a_package_of_standard_go_is_explained_from_main(
    go_modules: dict[str, wasm.Module],
) -> None:
    graph = Graph(owners(go_modules["stripped"]))
    steps = [(step.kind, step.name) for step in graph.chain(graph.packages["fmt"])]
    assert steps == [
        ("table", "the table"),
        ("table", "main.main"),
        ("call", "fmt.Fprintln"),
    ]


def test_a_body_that_is_no_code_says_where(wat: Callable[[str], wasm.Module]) -> None:
    data = wat("(module (func i32.const 7 drop))").data
    broken = wasm.read(data.replace(b"\x41\x07\x1a", b"\x41\x07\xff"))
    with pytest.raises(
        ModuleError, match=r"code section, function 0 at byte \d+: 0xff is no instr"
    ):
        Graph(owners(broken))


MEASURE = """
import sys
from wasmtrim import wasm
from wasmtrim.attribution import owners
from wasmtrim.attribution.graph import Graph
graph = Graph(owners(wasm.read(open(sys.argv[1], "rb").read())))
graph.chain(graph.packages["fmt"])
graph.retained
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_large_module_is_explained_within_150_mb(
    go_modules: dict[str, wasm.Module], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("graph") / "module.wasm"
    path.write_bytes(go_modules["named"].data)
    done = subprocess.run([sys.executable, "-c", MEASURE, path], check=True, capture_output=True)
    assert int(done.stdout) <= 150_000_000
