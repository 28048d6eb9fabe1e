from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from wasmtrim import wasm
from wasmtrim.attribution import owners
from wasmtrim.attribution.reachability.callers import callers_of
from wasmtrim.attribution.reachability.graph import Graph
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


@pytest.fixture(scope="module")
def retained(retained_module: wasm.Module) -> Graph:
    return Graph(owners(retained_module))


def test_what_a_method_behind_an_interface_keeps_is_explained_by_the_data_with_it(
    retained: Graph,
) -> None:
    steps = chain(retained, "main.helper")
    assert steps[:2] == [("table", "the table"), ("table", "main.main")]
    assert steps[2][0] == "data"
    assert steps[3:] == [("table", "main.loud.run"), ("call", "main.helper")]


def test_a_method_takes_its_wrapper_and_what_only_they_call_along(retained: Graph) -> None:
    names = {retained.owners.name(i) for i in retained.leaving([number(retained, "main.loud.run")])}
    assert {"main.loud.run", "main.(*loud).run", "main.helper", "strings.Map"} < names
    assert retained.callers(number(retained, "main.(*loud).run")) == []
    calls = map(retained.owners.name, retained.callees(number(retained, "main.loud.run")))
    assert "main.(*loud).run" not in calls


def test_a_closure_is_kept_by_the_function_that_makes_it(retained: Graph) -> None:
    assert chain(retained, "main.joined") == [
        ("table", "the table"),
        ("table", "main.main"),
        ("reference", "main.main.func1"),
        ("call", "main.joined"),
    ]
    assert retained.keeper(number(retained, "main.main.func1")) == number(retained, "main.main")
    leaving = {retained.owners.name(i) for i in retained.leaving([number(retained, "main.main")])}
    assert {"main.main.func1", "main.joined", "strings.Join", "main.each"} < leaving


def test_who_has_a_closure_as_a_value_is_a_caller_in_go(retained: Graph) -> None:
    main, closure = (number(retained, name) for name in ("main.main", "main.main.func1"))
    assert callers_of(retained.module, [closure], is_go=True) == {closure: [main]}
    assert callers_of(retained.module, [closure]) == {}


def test_what_only_an_initial_value_refers_to_is_explained_by_what_makes_it(
    retained: Graph,
) -> None:
    steps = chain(retained, "main.low")
    assert steps[:2] == [("table", "the table"), ("table", "main.init")]
    assert (steps[-2][0], steps[-1]) == ("data", ("table", "main.low"))


def test_of_what_the_table_holds_the_chain_enters_a_package_from_another(
    wat: Callable[[str], wasm.Module],
) -> None:
    graph = Graph(
        owners(
            wat("""
        (module (table 2 funcref) (elem (i32.const 0) $lib.near $app.handler)
          (func $lib.near)
          (func $app.handler call $lib.far)
          (func $lib.far ref.func $lib.near drop))""")
        )
    )
    assert chain(graph, "lib.near", "lib.far") == [
        ("table", "the table"),
        ("table", "app.handler"),
        ("call", "lib.far"),
    ]
    assert chain(graph, "lib.near")[-2:] == [("call", "lib.far"), ("reference", "lib.near")]
    assert chain(graph, "app.handler") == [("table", "the table"), ("table", "app.handler")]


def test_of_tinygo_what_a_panic_prints_explains_a_package_last(
    wat: Callable[[str], wasm.Module],
) -> None:
    graph = Graph(
        owners(
            wat("""
        (module (table 1 funcref) (elem (i32.const 0) $runtime.run)
          (func $runtime.alloc (export "malloc") call $runtime._panic)
          (func $runtime._panic call $time.quote call $errors.text)
          (func $runtime.run call $json.decode)
          (func $json.decode call $time.parse)
          (func $time.parse)
          (func $time.quote)
          (func $errors.text))""")
        )
    )
    assert [name for _, name in chain(graph, "time.quote", "time.parse")] == [
        *("the table", "runtime.run", "json.decode", "time.parse")
    ]
    assert [name for _, name in chain(graph, "errors.text")] == [
        *("malloc", "runtime._panic", "errors.text")
    ]


def test_what_only_the_table_keeps(diamond: Graph) -> None:
    assert {diamond.owners.name(index) for index in diamond.kept_by_table} == {"app.handler"}


def test_what_calls_nothing_through_the_table_takes_no_more_along(diamond: Graph) -> None:
    assert not diamond.may_take_more([number(diamond, "lib.deep")])


def test_code_with_the_slot_of_a_function_may_take_it_along(
    wat: Callable[[str], wasm.Module],
) -> None:
    graph = Graph(
        owners(
            wat("""
        (module (memory 1) (table 9 funcref) (elem (i32.const 3) $a.handler)
          (data (i32.const 1024) "\\03\\00\\00\\00")
          (func $a.handler)
          (func $a.direct (export "direct") i32.const 3 drop)
          (func $a.by_data (export "data") i32.const 1024 i32.load drop)
          (func $a.other (export "other") i32.const 9 drop))""")
        )
    )
    found = {
        name: graph.may_take_more([number(graph, f"a.{name}")])
        for name in ("direct", "by_data", "other", "handler")
    }
    assert found == {"direct": True, "by_data": True, "other": False, "handler": False}


def removed(graph: Graph, gone: int) -> int:
    """What would leave with a function, by walking through all that is left without it."""
    module = graph.module
    calls = {i: set(graph.callees(i)) for i in range(len(module.functions))}
    roots = {e.index for e in module.exports if e.kind == "func"} | set(module.initial)
    roots |= {i for segment in module.elements for i in segment.functions if i >= 0}

    def reached(without: int) -> set[int]:
        waiting = [i for i in roots if i != without]
        found = set(waiting)
        while waiting:
            more = calls[waiting.pop()] - found - {without}
            found |= more
            waiting += more
        return found

    return sum(graph.sizes[i] for i in reached(-1) - reached(gone))


def test_what_leaves_agrees_with_brute_force_on_every_function(tinygo_module: wasm.Module) -> None:
    graph = Graph(owners(tinygo_module))
    for index in range(len(tinygo_module.functions)):
        assert graph.retained[index] == removed(graph, index)


def standard_go_agrees(module: wasm.Module, step: int) -> None:
    """By sets of bits: the table keeps a function that no other calls, or only such as it calls
    itself; wrappers stay with their methods."""
    graph = Graph(owners(module))
    count = len(module.functions)
    calls = [graph.callees(i) for i in range(count)]
    wrapped = graph._wrapped
    edges = [{wrapped.get(target, target) for target in targets} for targets in calls]
    for wrapper, method in wrapped.items():
        edges[method].add(wrapper)

    def reached(starts: set[int], without: int = -1) -> set[int]:
        found = starts - {without}
        waiting = list(found)
        while waiting:
            more = edges[waiting.pop()] - found - {without}
            found |= more
            waiting += more
        return found

    exported = {e.index for e in module.exports if e.kind == "func"}
    table = {i for segment in module.elements for i in segment.functions}
    below = {i: reached({i}) for i in table - reached(exported)}
    kept = {
        wrapped.get(i, i)
        for i, mine in below.items()
        if all(other in mine for other, theirs in below.items() if i in theirs)
    }
    everything = reached(exported | kept)
    for index in range(0, count, step):
        left = everything - reached(exported | kept, index)
        assert graph.retained[index] == sum(graph.sizes[i] for i in left), index


def test_what_leaves_agrees_with_brute_force_for_standard_go(retained_module: wasm.Module) -> None:
    standard_go_agrees(retained_module, step=40)


@pytest.mark.long
def test_what_leaves_agrees_with_brute_force_on_every_function_of_standard_go(
    retained_module: wasm.Module, go_modules: dict[str, wasm.Module]
) -> None:
    standard_go_agrees(retained_module, step=1)
    standard_go_agrees(go_modules["stripped"], step=1)


def test_a_body_that_is_no_code_says_where(wat: Callable[[str], wasm.Module]) -> None:
    data = wat("(module (func i32.const 7 drop))").data
    broken = wasm.read(data.replace(b"\x41\x07\x1a", b"\x41\x07\xff"))
    with pytest.raises(
        ModuleError, match=r"code section, function 0 at byte \d+: 0xff is not an instr"
    ):
        Graph(owners(broken))


MEASURE = """
import sys
from wasmtrim import wasm
from wasmtrim.attribution import owners
from wasmtrim.attribution.reachability.graph import Graph
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
