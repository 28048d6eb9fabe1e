"""Which hosts take a module, judged by its imports alone."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from wasmtrim.assess import imports
from wasmtrim.errors import ModuleError

Assemble = Callable[[str], bytes]


def module(*keys: str) -> str:
    lines = [f'(import "{m}" "{name}" (func))' for m, _, name in (k.partition(" ") for k in keys)]
    return f'(module {" ".join(lines)} (func (export "_start")))'


@pytest.mark.parametrize(
    ("keys", "kind", "names"),
    [
        ((), "none", []),
        (("wasi_snapshot_preview1 fd_write",), "preview1", ["WASI preview 1"]),
        (
            ("wasi_snapshot_preview1 fd_write", "env now_ms"),
            "preview1-and-host",
            ["WASI preview 1", "host functions env.*"],
        ),
        (("env now_ms", "env log"), "host", ["host functions env.*"]),
        (("wasi_unstable fd_write",), "host", ["WASI preview 0"]),
        (("gojs runtime.wasmExit",), "host", ["Go's JavaScript host"]),
        (("env proxy_log",), "host", ["proxy-wasm"]),
        (("env emscripten_resize_heap",), "host", ["emscripten"]),
        (("wbg __wbindgen_throw",), "host", ["wasm-bindgen"]),
        (("./app_bg.js __wbg_new",), "host", ["wasm-bindgen"]),
        (("extism:host/env input_length",), "host", ["Extism"]),
        (
            ("wasi_snapshot_preview1 fd_write", "wasi_ephemeral_nn load"),
            "preview1-and-host",
            ["WASI preview 1", "WASI-NN"],
        ),
        (("env abort",), "host", ["AssemblyScript"]),
        (("fastly_http_req send",), "host", ["Fastly Compute"]),
    ],
)
def test_a_module_is_told_by_whose_imports_it_has(
    assemble: Assemble, keys: tuple[str, ...], kind: str, names: list[str]
) -> None:
    needs = imports.assess(assemble(module(*keys)))
    assert (needs.kind, [used.name for used in needs.interfaces]) == (kind, names)
    assert all(used.hosts for used in needs.interfaces)


def test_wasi_nn_is_told_with_what_runs_it_here(assemble: Assemble) -> None:
    needs = imports.assess(assemble(module("wasi_ephemeral_nn load")))
    assert needs.hosts[0].endswith("wasmtrim by the key nn of a profile (docs/wasi-nn.md)")


@pytest.mark.parametrize(
    ("export", "world"),
    [
        ("wasi:http/incoming-handler@0.2.0", "of the world wasi:http/proxy"),
        ("wasi:cli/run@0.2.6", "of the world wasi:cli/command"),
        ("me:mine/thing@1.0.0", "with a world of its own: it exports me:mine/thing@1.0.0"),
    ],
)
def test_a_component_is_told_by_its_world(assemble: Assemble, export: str, world: str) -> None:
    text = f"""
    (component
      (import "wasi:clocks/wall-clock@0.2.0" (instance))
      (instance $i)
      (export "{export}" (instance $i)))"""
    needs = imports.assess(assemble(text))
    assert needs.kind == "component"
    assert needs.verdict == f"is a component {world}"
    assert [used.name for used in needs.interfaces] == ["wasi:clocks"]


def test_the_json_has_every_import(assemble: Assemble) -> None:
    needs = imports.assess(assemble(module("wasi_snapshot_preview1 fd_write", "env now_ms")))
    told = json.loads(imports.as_json(needs, "x.wasm"))
    assert told["kind"] == "preview1-and-host"
    assert told["interfaces"][1]["imports"] == ["env.now_ms"]


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(ModuleError):
        imports.assess(b"no module")
