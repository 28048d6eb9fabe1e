"""The stage as a whole: what it does to good and bad modules, its process, its command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime
from tests.stages.layout import layouts

from wasmtrim import records, wasm
from wasmtrim.cli.main import main
from wasmtrim.errors import CheckError
from wasmtrim.profile import Metric
from wasmtrim.stages import layout
from wasmtrim.stages.job import Unchanged
from wasmtrim.stages.layout import Arranged, program, proof
from wasmtrim.stages.layout.metric import size
from wasmtrim.wasm import leb128, names

Assemble = Callable[[str], bytes]
# A module that every metric can make smaller: three segments are one, or are two.
SCATTERED = """(module (memory (export "memory") 1)
  (data (i32.const 8) "one and one\\00\\00\\00is")
  (data (i32.const 25) "two, and two")
  (data (i32.const 37) "is four\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00five"))"""


def made(data: bytes, metric: Metric = "raw") -> Arranged | Unchanged:
    return layout.arrange(data, metric)


def memory_of(data: bytes) -> bytes:
    """The exported memory after instantiation, by wasmtime."""
    config = wasmtime.Config()
    config.wasm_memory64 = config.wasm_multi_memory = True
    store = wasmtime.Store(wasmtime.Engine(config))
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, data), [])
    memory = instance.exports(store)["memory"]
    assert isinstance(memory, wasmtime.Memory)
    return bytes(memory.read(store))


@pytest.mark.parametrize("metric", ["raw", "gzip", "brotli"])
def test_the_module_is_smaller_and_its_memory_the_same(metric: Metric, assemble: Assemble) -> None:
    data = assemble(SCATTERED)
    result = made(data, metric)
    assert isinstance(result, Arranged)
    sizes = (size(data, metric), size(result.module, metric))
    assert (result.before, result.after) == sizes
    assert sizes[0] > sizes[1]
    assert memory_of(result.module) == memory_of(data)
    assert result.notes[-1].startswith("exact")
    assert made(result.module, metric) == Unchanged(f"no layout is smaller by {metric}; unchanged")


STAYS = {
    "an address that is not a constant": (
        '(module (import "m" "g" (global i32)) (memory 1)'
        ' (data (i32.const 0) "a") (data (global.get 0) "b"))',
        "data segment 1 has an address that is not a constant",
    ),
    "a segment that ends behind the memory": (
        '(module (memory 1) (data (i32.const 0) "a") (data (i32.const 65535) "bc"))',
        "data segment 1 does not end within its memory",
    ),
    "an empty segment behind the memory": (
        '(module (memory 1) (data (i32.const 65537) ""))',
        "data segment 0 does not end within its memory",
    ),
    "code that names an active segment": (
        '(module (memory 1) (data (i32.const 0) "a") (data (i32.const 2) "b") (func data.drop 1))',
        "code names data segment 1, which is not passive",
    ),
}


@pytest.mark.parametrize(("text", "reason"), STAYS.values(), ids=STAYS)
def test_data_stay_as_they_are_for_a_reason(text: str, reason: str, assemble: Assemble) -> None:
    result = made(assemble(text))
    assert isinstance(result, Unchanged)
    assert result.reason.startswith(f"{reason}, so data segments are as they were")


def with_custom(data: bytes, name: str) -> bytes:
    content = bytes([len(name)]) + name.encode() + b"\x01\x02"
    return data + b"\0" + leb128.unsigned(len(content)) + content


@pytest.mark.parametrize(
    "name",
    ["linking", "reloc.CODE", "dylink.0", ".debug_info", "sourceMappingURL", "external_debug_info",
     "metadata.code.trace_inst", "of an unknown tool"],
)  # fmt: skip
def test_a_custom_section_that_may_hold_indices_keeps_everything(
    name: str, assemble: Assemble
) -> None:
    result = made(with_custom(assemble(SCATTERED), name))
    reason = f"the custom section {name!r} may hold indices or offsets; unchanged"
    assert result == Unchanged(reason)


@pytest.mark.parametrize("name", ["producers", "target_features", "component-type:w"])
def test_a_custom_section_without_indices_stays(name: str, assemble: Assemble) -> None:
    result = made(with_custom(assemble(SCATTERED), name))
    assert isinstance(result, Arranged)
    assert [s.name for s in wasm.read(result.module).customs()] == [name]


def test_a_component_is_unchanged(assemble: Assemble) -> None:
    assert isinstance(made(assemble("(component)")), Unchanged)


def test_bodies_that_are_no_code_are_unchanged(assemble: Assemble) -> None:
    data = assemble("(module (func nop))").replace(b"\x01\x0b", b"\xff\x0b")
    result = made(data)
    assert isinstance(result, Unchanged)
    assert "0xff is not an instruction" in result.reason


MOVES = {
    "passive segments, and code that uses them": '(module (memory (export "memory") 1)'
    ' (data (i32.const 8) "one") (data $p "passive") (data (i32.const 11) "two") (data $q "other")'
    " (func $start (memory.init $q (i32.const 40) (i32.const 0) (i32.const 5))"
    " (memory.init $p (i32.const 50) (i32.const 0) (i32.const 7)) (data.drop $p)) (start $start))",
    "a segment at the end of the memory": SCATTERED.replace("37", "65509"),
    "nothing but zeros": '(module (memory (export "memory") 1) (data (i32.const 7) "\\00\\00"))',
}


@pytest.mark.parametrize("text", MOVES.values(), ids=MOVES)
def test_data_are_cut_and_the_memory_is_the_same(text: str, assemble: Assemble) -> None:
    data = assemble(text)
    result = made(data)
    assert isinstance(result, Arranged)
    assert memory_of(result.module) == memory_of(data)


def test_names_of_segments_go_with_the_segments(assemble: Assemble) -> None:
    result = made(assemble(SCATTERED.replace("(data", "(data $one", 1)))
    assert isinstance(result, Arranged)
    assert "the name section no longer names data segments" in result.notes
    assert names.read(wasm.read(result.module)).others == {}


@pytest.mark.parametrize("metric", ["raw", "gzip", "brotli"])
def test_a_build_with_names_gets_the_layout_of_the_one_without(
    metric: Metric, assemble: Assemble
) -> None:
    functions = "(func)" * 150 + f"(func {'call 149 ' * 50})"
    plain = assemble(SCATTERED.replace("(data", f"{functions} (data", 1))
    result, named = made(plain, metric), made(layouts.named(plain), metric)
    assert isinstance(result, Arranged)
    assert isinstance(named, Arranged)
    assert names.without(named.module) == result.module
    nameless = layout.arrange(layouts.named(plain), metric, nameless=True)
    assert isinstance(nameless, Arranged)
    assert nameless.module == named.module
    assert (nameless.before, nameless.after) == (result.before, result.after)


def test_functions_in_constants_of_garbage_collection_move(assemble: Assemble) -> None:
    text = """(module (type $f (func)) (type $s (struct (field (ref $f)) (field i32)))
      (type $a (array (mut i8)))
      (global (ref $s) (struct.new $s (ref.func 1) (i32.const 5)))
      (elem (ref null $s) (item struct.new $s (ref.func 2) (i32.const 6)))
      (data "bytes") (elem declare func 0)
      (func) (func) (func (drop (array.new_data $a 0 (i32.const 0) (i32.const 5)))))"""
    data = layouts.named(layouts.stripped(assemble(text)))
    taken = program.read(wasm.read(data))
    arrangement = layouts.shuffled(taken, 4)
    moved = taken.write(arrangement)
    assert moved != data
    proof.prove(taken, arrangement, moved)
    assert layouts.printed(moved) == layouts.printed(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "header at byte 0: not WebAssembly"),
     (b"\0asm\1\0\0\0\x0b\x01", "data section at byte 10")],
)  # fmt: skip
def test_what_is_no_module_is_told(data: bytes, said: str) -> None:
    with pytest.raises(CheckError, match=said):
        made(data)


def test_a_module_that_is_too_large_is_unchanged(
    assemble: Assemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "MOST_BYTES", 20)
    assert isinstance(made(assemble(SCATTERED)), Unchanged)


def test_the_command(
    assemble: Assemble, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, out = tmp_path / "in.wasm", tmp_path / "out.wasm"
    given.write_bytes(assemble(SCATTERED))
    assert main(["layout", str(given), "--out", str(out), "--metric", "raw", "--json"]) == 0
    told = records.LAYOUT.parse(capsys.readouterr().out.encode(), "stdout")
    assert told.before > told.after == out.stat().st_size
    assert told.metric == "raw"
    assert main(["layout", str(out), "--out", str(out), "--metric", "raw"]) == 0
    assert "no layout is smaller by raw; unchanged" in capsys.readouterr().out


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    bad = tmp_path / "bad.wasm"
    bad.write_bytes(b"nothing of the kind")
    argv = [sys.executable, "-m", "wasmtrim.cli.main", "layout", str(bad), "--metric", "gzip"]
    done = subprocess.run([*argv, "--out", str(tmp_path / "x")], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith(f"wasmtrim: {bad}: header at byte 0: not WebAssembly")
    assert not (tmp_path / "x").exists()
