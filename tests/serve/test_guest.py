"""A guest in a worker: what it answers in each mode, and how each way to misbehave ends."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.serve.modules import COMMAND, EXPORT
from tests.verify import reactor

from wasmtrim.engine.interface import NoExport
from wasmtrim.serve.bounds import Bounds
from wasmtrim.serve.guest import Guest
from wasmtrim.serve.loading import Plan, load
from wasmtrim.serve.modes import MODES

Load = Callable[..., Guest]
BOUNDS = Bounds(
    body=1 << 20, output=1 << 20, memory=4 << 20, elements=100, seconds=0.2, fuel=None, queue=1
)


@pytest.fixture
def loaded(assemble: Callable[[str], bytes], cache: Path) -> Iterator[Load]:
    """Loads the module of a text as a worker does."""
    ours, theirs = socket.socketpair()

    def load_it(
        text: str,
        mode: str = "pooled",
        call: str = "",
        bounds: Bounds = BOUNDS,
        folder: Path = cache / "compiled",
        note: Callable[[str], None] = pytest.fail,
    ) -> Guest:
        plan = Plan(mode, call, bounds, str(folder))
        return load(plan, assemble(text), theirs, note=note, gone=lambda: None)

    with ours:  # the ticker closes the other
        yield load_it


def _answer(guest: Guest, body: bytes) -> bytes:
    ending = guest.answer(1, memoryview(body))
    assert ending.good, ending
    return bytes(ending.output)


@pytest.mark.parametrize("mode", ["compile", "deserialize", "instance", "pooled"])
def test_a_command_answers_each_request_with_an_instance_of_its_own(
    loaded: Load, mode: str
) -> None:
    guest = loaded(COMMAND, mode)
    assert _answer(guest, b"") == b""
    assert _answer(guest, b"Hello" * 100_000) == b"Hello" * 100_000
    assert [_answer(guest, b"k") for _ in range(3)] == [b"."] * 3


@pytest.mark.parametrize("mode", MODES)
def test_a_named_export_takes_bytes_and_gives_bytes(loaded: Load, mode: str) -> None:
    guest = loaded(EXPORT, mode, "export shout")
    counts = [_answer(guest, b"abc") for _ in range(3)]
    kept = mode == "reused"
    assert counts == ([b"1abc", b"2abc", b"3abc"] if kept else [b"1abc"] * 3)


@pytest.mark.parametrize("mode", MODES)
def test_a_reactor_of_the_interface_is_found_by_its_exports(loaded: Load, mode: str) -> None:
    guest = loaded(reactor.text(), mode)
    for _ in range(2):
        answer = _answer(guest, reactor.given(*reactor.FRAMES))
        assert answer == b"GIF" + b"".join(reactor.FRAMES) + b"end"


@pytest.mark.parametrize(
    ("body", "kind", "detail"),
    [
        (b"l", "time", "it needs more than 0.2 s"),
        (b"t", "trap", "trap: unreachable in function 5"),
        (b"e", "exit", "exit status 3; its stderr: it fails and says so"),
        (b"g", "memory", "its memory grew to 4,194,304 of 4,194,304 bytes; trap: unreachable"),
        (b"o", "output", "it gives more than 1,048,576 bytes"),
    ],
    ids=["loops", "traps", "exits", "grows", "prints"],
)
def test_a_guest_that_misbehaves_costs_its_own_request(
    loaded: Load, body: bytes, kind: str, detail: str
) -> None:
    guest = loaded(COMMAND)
    ending = guest.answer(1, memoryview(body))
    assert (ending.kind, ending.good, ending.output) == (kind, False, b"")
    assert ending.detail.startswith(detail)
    assert _answer(guest, b"next") == b"next"


def test_instructions_are_counted_where_they_are_bounded(loaded: Load) -> None:
    from dataclasses import replace

    guest = loaded(COMMAND, bounds=replace(BOUNDS, fuel=100_000))
    first, second = (guest.answer(1, memoryview(b"abc")) for _ in range(2))
    assert first.fuel == second.fuel
    assert 50 < (first.fuel or 0) < 200
    ending = guest.answer(1, memoryview(b"l"))
    assert (ending.kind, ending.fuel) == ("fuel", 100_000)
    assert ending.detail == "it needs more than 100,000 instructions"


def test_a_reused_instance_is_replaced_at_the_fence_and_after_a_fault(loaded: Load) -> None:
    guest = loaded(EXPORT, "reused", "export shout")
    counts = [int(_answer(guest, b"abc")[:1] or b"0") for _ in range(8)]
    assert counts == [1, 2, 3, 4, 5, 6, 7, 8]
    fence = BOUNDS.fence // (1 << 16) - 2  # a page with each request, two at first
    for _ in range(fence - 8):
        guest.answer(1, memoryview(b"abc"))
    assert _answer(guest, b"abc") == b"1abc", "its memory had come to the fence"
    assert guest.answer(1, memoryview(b"t")).kind == "trap"
    assert _answer(guest, b"abc") == b"1abc", "it had trapped"


def test_a_list_beyond_the_memory_is_refused(loaded: Load) -> None:
    ending = loaded(EXPORT, "pooled", "export shout").answer(1, memoryview(b"x"))
    assert ending.kind == "interface"
    assert "lies beyond its memory" in ending.detail


def test_a_body_that_is_no_animation_is_told(loaded: Load) -> None:
    ending = loaded(reactor.text()).answer(1, memoryview(b"abc"))
    assert (ending.kind, ending.detail[:25]) == ("input", "its header is not JSON: E")


def test_another_version_of_wasmtime_is_used_by_its_public_ways(
    loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "51.0.0")
    notes: list[str] = []
    guest = loaded(COMMAND, note=notes.append)
    assert _answer(guest, b"Hello") == b"Hello"
    (note,) = notes
    assert note.startswith("no pool: wasmtime 51.0.0 is here, its private bindings are known of")


def test_a_frame_whose_time_does_not_rise_is_the_inputs_fault(loaded: Load) -> None:
    aged = reactor.given(*reactor.FRAMES, delay=1 << 60)
    ending = loaded(reactor.text()).answer(1, memoryview(aged))
    assert ending.kind == "input"
    assert ending.detail.startswith("push-frame of frame 2: its pts is ")


def test_a_reactor_is_called_by_public_ways_as_well(
    loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "51.0.0")
    guest = loaded(EXPORT, "instance", "export shout")
    assert _answer(guest, b"abc") == b"1abc"


def test_without_a_cache_the_module_is_compiled_and_a_line_says_so(
    loaded: Load, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    notes: list[str] = []
    guest = loaded(COMMAND, folder=tmp_path / "file" / "compiled", note=notes.append)
    assert _answer(guest, b"Hello") == b"Hello"
    (note,) = notes
    assert note.endswith("Not a directory; each worker compiles the module at its start")


@pytest.mark.parametrize(
    ("text", "call", "told"),
    [
        ("(module)", "", "it exports neither _start nor wasmtrim:gif/frame-stream@0.1.0; name"),
        ("(module)", "export shout", "it exports no function shout"),
        (
            '(module (memory (export "memory") 1) (func (export "shout"))'
            ' (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))',
            "export shout",
            "shout is func(), and the interface asks for func(i32, i32) -> i32",
        ),
    ],
)
def test_a_module_that_cannot_be_called_so_is_refused_at_the_start(
    loaded: Load, text: str, call: str, told: str
) -> None:
    with pytest.raises(NoExport) as refused:
        loaded(text, call=call)
    assert str(refused.value).startswith(told)
