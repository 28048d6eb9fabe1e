"""A component of the interface frame-stream answers in each mode, and its faults are its own."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import WASM_TOOLS
from tests.serve.conftest import project, serving
from tests.verify.reactor import FRAMES, NAME, given, push, text

from wasmtrim.serve.bounds import Bounds
from wasmtrim.serve.guest import Guest
from wasmtrim.serve.loading import Plan, load
from wasmtrim.serve.modes import MODES

WIT = Path(__file__).parents[2] / "guest" / "wit"
BOUNDS = Bounds(
    body=1 << 20, output=1 << 20, memory=4 << 20, elements=100, seconds=0.5, fuel=None, queue=1
)
PROFILE: dict[str, object] = {
    "contract": {"exports": {NAME: "instance"}},
    "smoke": {"interface": NAME, "input": "input"},
    "serve": {"media_type": "image/gif"},
}
GIF = b"GIF" + b"".join(FRAMES) + b"end"
Component = Callable[..., bytes]
Load = Callable[..., Guest]


@pytest.fixture
def component(assemble: Callable[[str], bytes], tmp_path: Path) -> Component:
    """Gives the reactor, with other parts in place of its own, as a component."""

    def made(**parts: str) -> bytes:
        core, whole = tmp_path / "core.wasm", tmp_path / "component.wasm"
        core.write_bytes(assemble(text(**parts)))
        for argv in (
            ["embed", str(WIT), str(core), "-o", str(core)],
            ["new", str(core), "-o", str(whole)],
        ):
            subprocess.run([WASM_TOOLS, "component", *argv], check=True, capture_output=True)
        return whole.read_bytes()

    return made


@pytest.fixture
def loaded(cache: Path) -> Iterator[Load]:
    """Loads a component as a worker does."""
    ours, theirs = socket.socketpair()

    def load_it(data: bytes, mode: str = "pooled", bounds: Bounds = BOUNDS) -> Guest:
        plan = Plan(mode, "", bounds, str(cache / "compiled"))
        return load(plan, data, theirs, note=pytest.fail, gone=lambda: None)

    with ours:  # the ticker closes the other
        yield load_it


def test_a_component_is_called_by_public_ways_as_well(
    component: Component, loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "51.0.0")
    ending = loaded(component(), "instance").answer(1, memoryview(given(*FRAMES)))
    assert (ending.kind, bytes(ending.output)) == ("exit", GIF)


@pytest.mark.parametrize("mode", MODES)
def test_a_component_answers_in_each_mode(component: Component, loaded: Load, mode: str) -> None:
    guest = loaded(component(), mode)
    for _ in range(3):
        ending = guest.answer(1, memoryview(given(*FRAMES)))
        assert ending.good, ending
        assert bytes(ending.output) == GIF


@pytest.mark.parametrize(
    ("body", "kind"),
    [("unreachable", "trap"), ("(loop $ever (br $ever)) unreachable", "time")],
    ids=["traps", "loops"],
)
def test_a_component_that_misbehaves_costs_its_own_request(
    component: Component, loaded: Load, body: str, kind: str
) -> None:
    guest = loaded(component(**push(body)))
    for _ in range(2):
        assert guest.answer(1, memoryview(given(*FRAMES))).kind == kind


def test_instructions_of_a_component_are_bounded(component: Component, loaded: Load) -> None:
    endless = component(**push("(loop $ever (br $ever)) unreachable"))
    guest = loaded(endless, bounds=replace(BOUNDS, fuel=10_000))
    assert guest.answer(1, memoryview(given(*FRAMES))).kind == "fuel"


def test_a_component_is_served_over_http(
    component: Component, environ: dict[str, str], tmp_path: Path
) -> None:
    project(tmp_path, component(), PROFILE)
    with serving(tmp_path, environ, "it", "--workers", "1") as server:
        answers = [server.post(given(*FRAMES)) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert [answer.content for answer in answers] == [GIF, GIF]
        assert answers[0].headers["content-type"] == "image/gif"
        refused = server.post(b"no animation")
        assert refused.status_code == 422
        assert server.post(given(*FRAMES)).content == GIF
