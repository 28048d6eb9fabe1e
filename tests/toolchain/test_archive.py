"""Release archives, fetched from a server on the loopback address that may fail in any way."""

from __future__ import annotations

import hashlib
import io
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.stand_ins import loopback
from tests.stand_ins.loopback import Server

from wasmtrim import process
from wasmtrim.errors import NotFetched, Refused, UsageError
from wasmtrim.toolchain import bundle, download, load
from wasmtrim.toolchain.pins import Archive
from wasmtrim.toolchain.store import Store

QUICK = download.Patience(connect=0.5, answer=1.0, bytes=0.5, tries=2, pause=0.01)


def packed_tool() -> bytes:
    """An archive with an executable of 300 kB, which doesn't compress."""
    content = b"#!/bin/sh\nexit\n" + b"".join(
        hashlib.sha256(str(number).encode()).digest() for number in range(10_000)
    )
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        info = tarfile.TarInfo("tool/bin/tool")
        info.size, info.mode = len(content), 0o755
        archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


CONTENT = packed_tool()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(download, "PATIENCE", QUICK)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with loopback.running() as running:
        running.answer = loopback.sound(CONTENT)
        yield running


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, said: list[str]) -> Store:
    return Store(tmp_path / "cache", tmp_path, said.append)


def tool(server: Server, content: bytes = CONTENT, host: str | None = None) -> Archive:
    address = f"{host or server.address}/v1/tool.tar.gz"
    return Archive("tool", "1", "tool/bin", address, hashlib.sha256(content).hexdigest())


def left(store: Store) -> set[str]:
    """What lies in the cache, locks apart."""
    return {path.name for path in store.folder.iterdir() if path.suffix != ".lock"}


def test_a_sound_archive_is_fetched_once(server: Server, store: Store, said: list[str]) -> None:
    archive = tool(server)
    for _ in range(2):
        files = store.files(archive)
    assert process.run([str(files / "tool/bin/tool")], timeout=10).status == 0
    assert server.requests == [("/v1/tool.tar.gz", None)]
    assert left(store) == {store.entry(archive).name}
    assert store.entry(archive).name == f"archive-tool-1-{archive.sha256[:12]}"  # type: ignore[index]
    assert said == ["wasmtrim: fetching archive tool 1: 0.0 of 0.3 MB"]


def test_a_wrong_hash_is_never_passed_over(server: Server, store: Store) -> None:
    server.answer = loopback.sound(CONTENT.replace(b"\x00", b"\x01", 1))
    archive = tool(server)
    with pytest.raises(Refused) as caught:
        store.files(archive)
    assert str(caught.value).startswith("archive tool 1 has sha256 ")
    assert f"{archive.sha256} is pinned: it is not taken" in str(caught.value)
    assert left(store) == set()


def test_a_truncated_archive_has_another_hash(server: Server, store: Store) -> None:
    server.answer = loopback.sound(CONTENT[:-100])
    with pytest.raises(Refused, match="is not taken"):
        store.files(tool(server))


def test_a_pinned_archive_with_an_evil_member_is_refused(server: Server, store: Store) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../evil"))
    server.answer = loopback.sound(file.getvalue())
    with pytest.raises(Refused, match=r"member '\.\./evil' leaves the folder"):
        store.files(tool(server, file.getvalue()))
    assert left(store) == set()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (loopback.failing(404), "the server answers 404"),
        (loopback.failing(403), "the server answers 403"),
        (loopback.failing(503), "the server answers 503"),
        (loopback.circling, "is redirected in a circle"),
        (loopback.silent, "127.0.0.1"),
        (loopback.stalling(CONTENT, 0), "no bytes for 0.5 s, after 0"),
        (loopback.dying(CONTENT, 0, 99), "broken off after 0 bytes"),
    ],
)
def test_a_server_that_fails_is_told_and_then_let_alone(
    server: Server, store: Store, said: list[str], answer: loopback.Answer, words: str
) -> None:
    server.answer = answer
    with pytest.raises(NotFetched) as caught:
        store.files(tool(server))
    assert words in str(caught.value)
    assert "wasmtrim toolchain import FILE" in caught.value.fix
    asked = len(server.requests)
    with pytest.raises(NotFetched) as again:
        store.files(tool(server))
    assert str(again.value) == str(caught.value), "the same words, so that a record stays the same"
    assert len(server.requests) == asked, "remembered, not asked again"
    assert sum("is not available" in line for line in said) == 1
    server.answer = loopback.sound(CONTENT)
    store.reach.forget()
    assert store.files(tool(server)).is_dir()


def test_a_host_that_takes_no_connection_is_let_alone_with_all_its_files(
    server: Server, store: Store
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(NotFetched, match="cannot be reached"):
        store.files(tool(server, host=host))
    with pytest.raises(NotFetched, match="cannot be reached"):
        store.files(tool(server, b"another archive of that host", host=host))


def test_a_name_that_does_not_resolve_is_told(server: Server, store: Store) -> None:
    with pytest.raises(NotFetched, match=r"nowhere\.invalid cannot be reached"):
        store.files(tool(server, host="http://nowhere.invalid"))


def test_a_clock_that_jumped_forgets_a_failure(
    server: Server, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer = loopback.failing(404)
    with pytest.raises(NotFetched):
        store.files(tool(server))
    server.answer = loopback.sound(CONTENT)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 86_400)
    assert store.files(tool(server)).is_dir()


def test_a_slow_server_is_waited_for(server: Server, store: Store) -> None:
    server.answer = loopback.slow(CONTENT, pieces=8, pause=0.1)
    assert store.files(tool(server)).is_dir()
    assert len(server.requests) == 1


def test_a_transfer_that_breaks_goes_on_where_it_was(server: Server, store: Store) -> None:
    server.answer = loopback.dying(CONTENT, after=50_000, times=4)
    assert store.files(tool(server)).is_dir()
    assert [wanted for _, wanted in server.requests] == [
        None, "bytes=50000-", "bytes=100000-", "bytes=150000-", "bytes=200000-",
    ]  # fmt: skip


def test_a_stalled_transfer_goes_on_where_it_was(server: Server, store: Store) -> None:
    first = [True]

    def answer(request: loopback.Request) -> None:
        stall, first[0] = first[0], False
        (loopback.stalling(CONTENT, 1000) if stall else loopback.sound(CONTENT))(request)

    server.answer = answer
    assert store.files(tool(server)).is_dir()
    assert server.requests[1:] == [("/v1/tool.tar.gz", "bytes=1000-")]


def test_a_server_that_cannot_resume_sends_all_of_it(server: Server, store: Store) -> None:
    first = [True]

    def answer(request: loopback.Request) -> None:
        break_off, first[0] = first[0], False
        request.begin(CONTENT)
        request.wfile.write(CONTENT[:1000] if break_off else CONTENT)
        if break_off:
            request.wfile.flush()
            request.connection.close()

    server.answer = answer
    assert store.files(tool(server)).is_dir()


@pytest.mark.parametrize("before", [CONTENT[:1000], b"another file's beginning", CONTENT + b"more"])
def test_what_a_killed_run_left_is_gone_on_with_or_thrown_away(
    server: Server, store: Store, before: bytes
) -> None:
    def answer(request: loopback.Request) -> None:
        if request.start() >= len(CONTENT):
            request.send_error(416)
        else:
            request.whole(CONTENT)

    server.answer = answer
    archive = tool(server)
    store.folder.mkdir(parents=True)
    entry = store.entry(archive)
    entry.with_name(f"{entry.name}.part").write_bytes(before)
    half_unpacked = entry.with_name(f".{entry.name}.abc") / "files"
    half_unpacked.mkdir(parents=True)
    assert store.files(archive).is_dir()
    assert left(store) == {entry.name}


SCRIPT = """
import sys
from pathlib import Path
from wasmtrim.toolchain.pins import Archive
from wasmtrim.toolchain.store import Store
cache, address, sha256 = sys.argv[1:]
store = Store(Path(cache), Path.cwd(), print)
print(store.files(Archive("tool", "1", "tool/bin", address, sha256)))
"""


def another_process(store: Store, archive: Archive) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", SCRIPT, store.folder.parent, archive.address, archive.sha256]
    return subprocess.Popen(command, stdout=subprocess.PIPE)  # type: ignore[arg-type]


def test_a_kill_half_way_leaves_nothing_half_done(server: Server, store: Store) -> None:
    server.answer = loopback.slow(CONTENT, pieces=10, pause=0.1)
    archive = tool(server)
    part = store.entry(archive).with_name(f"{store.entry(archive).name}.part")
    with another_process(store, archive) as run:
        wait_until(lambda: part.exists() and part.stat().st_size > 0)
        run.send_signal(signal.SIGKILL)
    assert not store.entry(archive).exists()
    server.answer = loopback.sound(CONTENT)
    assert store.files(archive).is_dir()
    assert left(store) == {store.entry(archive).name}
    assert server.requests[1][1], "the second run goes on where the first one was"


def test_two_at_once_fetch_it_once(server: Server, store: Store) -> None:
    server.answer = loopback.slow(CONTENT, pieces=10, pause=0.15)
    archive = tool(server)
    with another_process(store, archive) as one, another_process(store, archive) as two:
        printed = [run.communicate(timeout=30)[0].decode() for run in (one, two)]
    assert [run.returncode for run in (one, two)] == [0, 0]
    assert len(server.requests) == 1
    assert sum("waiting for another run that fetches archive tool 1" in p for p in printed) == 1


def test_threads_of_one_run_fetch_it_once(server: Server, store: Store) -> None:
    archive = tool(server)
    threads = [threading.Thread(target=store.files, args=(archive,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.requests) == 1


def test_a_mirror_stands_in_for_the_host(server: Server, tmp_path: Path) -> None:
    store = Store(tmp_path / "cache", tmp_path, print, f"{server.address}/mirror/")
    assert store.files(tool(server, host="https://nowhere.invalid")).is_dir()
    assert server.requests == [("/mirror/v1/tool.tar.gz", None)]


@pytest.mark.parametrize("mirror", ["mirror", "file:///mirror", "http://[", "https://a b"])
def test_a_mirror_that_is_no_address_is_refused(tmp_path: Path, mirror: str) -> None:
    with pytest.raises(UsageError, match=r"^WASMTRIM_MIRROR=.*: must be like https://host/path$"):
        Store(tmp_path, tmp_path, print, mirror)


@pytest.mark.parametrize("host", ["http://a:99999", "http://a..b"])
def test_an_address_that_leads_nowhere_is_told(server: Server, store: Store, host: str) -> None:
    with pytest.raises(NotFetched):
        store.files(tool(server, host=host))


def test_a_proxy_of_the_environment_is_asked(
    server: Server, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.address)
    monkeypatch.setenv("NO_PROXY", "")
    assert store.files(tool(server, host="http://nowhere.invalid")).is_dir()
    assert server.requests == [("http://nowhere.invalid/v1/tool.tar.gz", None)]


def test_a_proxy_s_address_that_is_none_is_told(
    server: Server, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "gopher://nowhere")
    with pytest.raises(NotFetched, match="the proxy of the environment"):
        store.files(tool(server))


def test_a_cache_that_cannot_be_written_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    store = Store(tmp_path / "cache", tmp_path, print)
    with pytest.raises(NotFetched, match=r"cache/toolchain: cannot be written: Not a directory"):
        store.files(tool(server))


def test_a_full_disk_is_told(
    server: Server, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this platform has no /dev/full")
    archive = tool(server)
    store.folder.mkdir(parents=True)
    store.entry(archive).with_name(f"{store.entry(archive).name}.part").symlink_to("/dev/full")
    with pytest.raises(NotFetched, match="cannot be written: No space left on device"):
        store.files(archive)


def test_no_platform_no_archive(store: Store) -> None:
    with pytest.raises(NotFetched, match="there is none for this platform"):
        store.files(Archive("tool", "1", "bin", None, None))


def test_one_file_carries_the_cache_to_another_machine(
    server: Server, store: Store, tmp_path: Path
) -> None:
    archive = tool(server)
    store.files(archive)
    file = tmp_path / "toolchain.tar"
    names = bundle.export(store, [archive], file)
    offline = Store(tmp_path / "elsewhere", tmp_path, print)
    assert bundle.take(offline, [archive], file) == names == [store.entry(archive).name]
    assert bundle.take(offline, [archive], file) == names, "again is as well"
    assert (offline.files(archive) / "tool/bin/tool").is_file()
    assert len(server.requests) == 1


def test_a_changed_file_is_not_imported(server: Server, store: Store, tmp_path: Path) -> None:
    archive = tool(server)
    name = store.entry(archive).name
    file = tmp_path / "toolchain.tar"
    with tarfile.open(file, "w") as tar:
        info = tarfile.TarInfo(name)
        info.size = 5
        tar.addfile(info, io.BytesIO(b"other"))
    with pytest.raises(Refused, match="is not taken"):
        bundle.take(store, [archive], file)
    assert left(store) == set()


@pytest.mark.parametrize("content", [b"", b"no tar at all", b"\0" * 1024])
def test_a_file_of_something_else_is_not_imported(
    server: Server, store: Store, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "toolchain.tar"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"toolchain\.tar: (is not a file|has nothing)"):
        bundle.take(store, [tool(server)], file)


def test_entries_are_listed_and_removed(server: Server, store: Store) -> None:
    assert bundle.entries(store) == []
    archive = tool(server)
    store.files(archive)
    [name] = bundle.entries(store)
    assert bundle.size(store, name) > len(CONTENT)
    with pytest.raises(UsageError, match="other: not in the cache"):
        bundle.remove(store, [name, "other"])
    bundle.remove(store, [name])
    assert bundle.entries(store) == []
    assert left(store) == set()


def test_what_is_fetched_on_this_platform() -> None:
    assert [str(source) for source in bundle.fetched(load())] == [
        "archive tinygo 0.41.1",
        "archive binaryen 132",
        "npm package binaryen 132.0.0",
        "npm package @bytecodealliance/jco 1.35.0",
    ]


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to hold")
