"""`wasmtrim serve` on loopback: answers, bounds, what is told, and what is left behind."""

from __future__ import annotations

import json
import operator
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from tests.serve.conftest import Served, project, serving
from tests.serve.modules import COMMAND, EXPORT

from wasmtrim.cli.main import main

Assemble = Callable[[str], bytes]
PROFILE: dict[str, object] = {
    "contract": {"exports": {"_start": "func()"}, "imports": {"wasi_snapshot_preview1.*": "any"}},
    "limits": {"seconds": 1, "memory": "4 MiB", "output": "2 MiB"},
    "serve": {"media_type": "text/plain", "body": "1 MiB", "queue": 2},
}


@pytest.fixture(scope="module")
def served(
    assemble: Assemble, environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    project(folder, assemble(COMMAND), PROFILE)
    with serving(folder, environ, "it", "--workers", "1") as server:
        yield server


def _abandon(url: str, body: bytes, seconds: float = 0.1) -> None:
    """Send a request, and go away before its answer."""
    address = httpx.URL(url)
    with closing(socket.create_connection((address.host, address.port or 80))) as client:
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body)
        time.sleep(seconds)


def _until(
    holds: Callable[[], bool], seconds: float = 20, told: Callable[[], str] = lambda: ""
) -> None:
    patience = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < patience, told()
        time.sleep(0.02)


def test_a_body_is_answered_with_what_the_module_makes_of_it(served: Served) -> None:
    body = os.urandom(500_000)
    answer = served.post(b"." + body)
    assert (answer.status_code, answer.content) == (200, b"." + body)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_body_without_a_declared_length_is_read_to_its_end(served: Served) -> None:
    parts = (b"part %d;" % number for number in range(1000))
    answer = served.client.post(served.url, content=parts)
    assert answer.content == b"".join(b"part %d;" % number for number in range(1000))


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"." * (1 << 20) + b".", 413, "the body has more than 1,048,576 bytes"),
        (b"t", 422, "trap: unreachable in function"),
        (b"e", 422, "exit status 3; its stderr: it fails and says so"),
        (b"g", 422, "its memory grew to"),
        (b"o", 422, "it gives more than 2,097,152 bytes"),
        (b"l", 504, "it needs more than 1 s"),
        (b"s", 504, "it blocks in a host call for over 1 s"),
    ],
    ids=["large", "traps", "exits", "grows", "prints", "loops", "sleeps"],
)
def test_what_goes_beyond_its_bounds_is_a_status_and_a_line(
    served: Served, body: bytes, status: int, told: str
) -> None:
    answer = served.post(body)
    assert (answer.status_code, answer.text.startswith(told)) == (status, True), answer.text
    assert answer.headers.get("wasmtrim-exit") == ("3" if body == b"e" else None)
    assert served.post(b"next").text == "next"


def test_a_body_that_turns_out_too_large_is_refused(served: Served) -> None:
    answer = served.client.post(served.url, content=(b"x" * 65_536 for _ in range(17)))
    assert answer.status_code == 413


def test_a_full_queue_says_when_to_come_again(served: Served) -> None:
    with ThreadPoolExecutor(6) as clients:
        answers = list(clients.map(served.post, [b"l"] * 6))
    assert sorted(answer.status_code for answer in answers) == [429, 429, 429, 504, 504, 504]
    assert {a.headers.get("retry-after", "").isdigit() for a in answers} == {True}


def test_a_client_that_goes_away_stops_its_guest(served: Served) -> None:
    before = served.metric('wasmtrim_requests_total{outcome="gone",status="499"}')
    restarts = served.metric("wasmtrim_worker_restarts")
    began = time.monotonic()
    _abandon(served.url, b"l")
    assert served.post(b"next").text == "next"
    assert time.monotonic() - began < 0.9, "it had a second to go"
    _until(lambda: served.metric('wasmtrim_requests_total{outcome="gone",status="499"}') > before)
    assert served.metric("wasmtrim_worker_restarts") == restarts, "without ending its worker"


def test_a_worker_that_dies_is_replaced(served: Served) -> None:
    (pid,) = served.workers()
    os.kill(pid, signal.SIGKILL)
    assert served.post(b"a").status_code in (200, 500)
    _until(lambda: served.metric("wasmtrim_workers") == 1)
    assert served.post(b"next").text == "next"
    assert served.workers() != [pid]


def test_health_readiness_and_figures_are_told(served: Served) -> None:
    assert served.client.get(served.url + "healthz").status_code == 200
    assert served.client.get(served.url + "readyz").text == "ready\n"
    done = 'wasmtrim_requests_total{outcome="ok",status="200"}'
    before = served.metric(done), served.metric("wasmtrim_render_seconds_count")
    served.post(b"abc")
    after = served.metric(done), served.metric("wasmtrim_render_seconds_count")
    assert after == (before[0] + 1, before[1] + 1)
    assert served.metric("wasmtrim_idle_workers") == 1
    assert served.client.get(served.url).status_code == 405
    assert served.client.get(served.url + "other").status_code == 404


def test_each_request_is_a_line_of_the_log(served: Served) -> None:
    served.post(b"e")
    _until(lambda: served.lines()[-1]["outcome"] == "exit")
    line = served.lines()[-1]
    assert line["status"] == 422
    assert line["detail"] == "exit status 3; its stderr: it fails and says so"
    assert (line["body"], line["memory"]) == (1, 18 << 16)
    assert set(line) > {"time", "request", "client", "ms", "queue_ms", "instance_ms", "render_ms"}


def test_nothing_is_left_behind_by_requests_of_all_kinds(served: Served) -> None:
    _rounds(served, 150)


@pytest.mark.long
def test_nothing_is_left_behind_by_10_000_requests(served: Served) -> None:
    _rounds(served, 10_000)


def _rounds(served: Served, count: int) -> None:
    """Send requests, some bad, some abandoned; then no process or descriptor is more than before.

    Connections of earlier clients may end meanwhile.
    """

    def one(number: int) -> None:
        match number % 10:
            case 3:
                _abandon(served.url, b"l", 0.005)
            case 5:
                assert client.post(served.url, content=b"t").status_code in (422, 429)
            case 7:
                _abandon(served.url, b"." * 100_000, 0)
            case _:
                body = b".%d" % number * 5000
                answer = client.post(served.url, content=body)
                assert answer.status_code == 429 or answer.content == body

    def held() -> list[int]:
        pids = [served.process.pid, *served.workers()]
        folders = [Path(f"/proc/{pid}") / what for what in ("fd", "task") for pid in pids]
        return [len(pids), *(len(list(folder.iterdir())) for folder in folders)]

    assert served.post(b"first").text == "first"  # a worker keeps the memory of its last body
    _until(lambda: served.metric("wasmtrim_idle_workers") == 1)
    before = held()
    with httpx.Client(timeout=30) as client, ThreadPoolExecutor(3) as clients:
        list(clients.map(one, range(count)))
    _until(lambda: served.metric("wasmtrim_idle_workers") == 1, told=served.figures)
    _until(
        lambda: len(now := held()) == len(before) and all(map(operator.le, now, before)),
        told=lambda: f"{before} before, {held()} now",
    )


def test_sigterm_lets_the_requests_that_are_here_end(
    assemble: Assemble, environ: dict[str, str], tmp_path: Path
) -> None:
    project(tmp_path, assemble(COMMAND), {**PROFILE, "serve": {"queue": 5}})
    with (
        serving(tmp_path, environ, "it", "--workers", "1") as server,
        ThreadPoolExecutor(2) as clients,
    ):
        at_work = [clients.submit(server.post, b"l") for _ in range(2)]
        _until(lambda: server.metric("wasmtrim_waiting_requests") == 1)
        workers = server.workers()
        server.process.send_signal(signal.SIGTERM)
        _until(lambda: _refused(server.url))
        assert [request.result().status_code for request in at_work] == [504, 504]
        assert server.process.wait(10) == 0
        assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_a_profile_names_the_export_and_lets_its_instance_be_reused(
    assemble: Assemble, environ: dict[str, str], tmp_path: Path
) -> None:
    project(tmp_path, assemble(EXPORT), {"serve": {"export": "shout", "reusable": True}})
    with serving(tmp_path, environ, "it", "--workers", "1", "--mode", "reused") as server:
        assert [server.post(b"!").text for _ in range(3)] == ["1!", "2!", "3!"]


def test_workers_end_with_a_front_that_is_killed(
    assemble: Assemble, environ: dict[str, str], tmp_path: Path
) -> None:
    project(tmp_path, assemble(COMMAND), PROFILE)
    with serving(tmp_path, environ, "it", "--workers", "1") as server:
        (pid,) = server.workers()
        with ThreadPoolExecutor(1) as client:
            looping = client.submit(server.post, b"l")
            _until(lambda: server.metric("wasmtrim_idle_workers") == 0)
            server.process.kill()
            assert isinstance(looping.exception(), httpx.TransportError)
        _until(lambda: not _runs(pid))


def _refused(url: str) -> bool:
    """Whether nobody listens any more."""
    address = httpx.URL(url)
    with socket.socket() as client:
        return client.connect_ex((address.host, address.port or 80)) != 0


def _runs(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


REFUSED = {
    "no profile": (["other"], r"no profile 'other': config/profiles has it"),
    "not released": (["unreleased"], r".*dist/unreleased.wasm: no such file; make it with scons"),
    "no file": (["none.wasm"], r"none.wasm: No such file or directory"),
    "no module": (["text.wasm"], r"text.wasm: not a WebAssembly module: it begins with b'not '"),
    "no export": (["empty.wasm"], r"empty.wasm: it exports neither _start nor .*serve.export"),
    "not valid": (["broken.wasm"], r"broken.wasm: .*unexpected end"),
    "no mode": (["it", "--mode", "poled"], r"no mode 'poled': did you mean 'pooled'\? modes"),
    "not reusable": (["it", "--mode", "reused"], r"profile it: .*set serve.reusable to true"),
    "port in use": (["it", "--port", "{used}"], r"127.0.0.1 port \d+: Address already in use"),
    "no host": (["it", "--host", "192.0.2.1"], r"192.0.2.1 port 0: Cannot assign requested"),
}


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--workers", "0"), "--workers: '0': a whole number from 1 to 1,000"),
        (("--port", "70000"), "--port: '70000': a whole number from 0 to 65,535"),
    ],
)
def test_a_number_that_is_not_allowed_is_refused(
    option: tuple[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve", "it", *option])
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_served_is_a_line(
    assemble: Assemble,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    case: str,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.chdir(tmp_path)
    project(tmp_path, assemble(COMMAND), {})
    project(tmp_path, assemble(COMMAND), {}, "unreleased")
    (tmp_path / "dist" / "unreleased.wasm").unlink()
    empty = assemble("(module)")
    (tmp_path / "text.wasm").write_text("not a module")
    (tmp_path / "empty.wasm").write_bytes(empty)
    (tmp_path / "broken.wasm").write_bytes(empty + b"\1\1")
    args, told = REFUSED[case]
    with socket.create_server(("127.0.0.1", 0)) as used:
        port = str(used.getsockname()[1])
        argv = ["serve", "--port", "0", *(arg.format(used=port) for arg in args)]
        assert main(argv) == 2
    out, said = capfd.readouterr()
    assert re.fullmatch(f"wasmtrim: {told}.*\n", said), said
    assert not out


def test_the_log_is_json_throughout(served: Served) -> None:
    for line in served.lines():
        assert json.dumps(line)
