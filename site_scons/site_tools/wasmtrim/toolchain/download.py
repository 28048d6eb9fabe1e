"""Downloads over HTTP into a file: streamed, resumed after a break, with bounded waits."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wasmtrim.errors import ToolError

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 2 << 30


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for a connection, for an answer in all, for the next bytes.

    `tries` is how often in a row a transfer may break without bringing anything new.
    """

    connect: float = 3.0
    answer: float = 8.0
    bytes: float = 10.0
    tries: int = 3
    pause: float = 0.5


PATIENCE = Patience()


class Unreachable(ToolError):
    """Nothing can be downloaded from the address; `host`: its whole host cannot be reached.

    `cause` is the error of the system. It differs between machines, so it is not in the message.
    """

    def __init__(self, message: str, *, host: bool, cause: str = "") -> None:
        super().__init__(message)
        self.host = host
        self.cause = cause


class Progress:
    """Receives the progress of a transfer; this one ignores it."""

    def at(self, done: int, total: int | None) -> None:
        """Take `done` of `total` bytes; the total is None where the server doesn't say it."""


def download(address: str, to: Path, progress: Progress) -> None:
    """Download the address into the file `to`; continue where an earlier try broke off.

    The environment names the proxies. After a failure, `to` keeps what came, for the next try.
    Raises Unreachable.
    """
    failed = 0
    while True:
        before = _size(to)
        try:
            return _transfer(address, to, progress, PATIENCE)
        except _Broken as broken:
            failed = 0 if _size(to) > before else failed + 1
            if failed >= PATIENCE.tries:
                raise Unreachable(f"{address}: {broken}", host=False) from None
            time.sleep(PATIENCE.pause)


class _Broken(Exception):
    """A transfer that began and broke: worth another try."""


def _transfer(address: str, to: Path, progress: Progress, patience: Patience) -> None:
    import httpx

    have = _size(to)
    with _answer(address, have, patience) as response:
        if response.status_code == 416:  # more on the disk than the server has: start again
            to.unlink(missing_ok=True)
            raise _Broken("the server has less than was brought before")
        if response.status_code >= 500:
            raise _Broken(f"the server answers {response.status_code}")
        if response.status_code not in (200, 206):
            raise Unreachable(f"{address}: the server answers {response.status_code}", host=False)
        resumed = response.status_code == 206
        if resumed and not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
            to.unlink(missing_ok=True)
            raise _Broken("the server answers with another part than the one asked for")
        done = have if resumed else 0
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else None
        try:
            with to.open("ab" if resumed else "wb") as file:
                progress.at(done, total)
                for chunk in response.iter_raw():  # as they come: a chunk size would hold some back
                    file.write(chunk)
                    done += len(chunk)
                    progress.at(done, total)
                    if done > MAX_BYTES:
                        raise Unreachable(f"{address}: more than {MAX_BYTES} bytes", host=False)
        except httpx.TimeoutException:
            raise _Broken(f"no bytes for {patience.bytes:g} s, after {done}") from None
        except httpx.HTTPError as error:
            raise _Broken(f"broken off after {done} bytes: {error}") from None
        except OSError as error:
            raise Unreachable(f"{to}: cannot be written: {error.strerror}", host=False) from None


@contextmanager
def _answer(address: str, have: int, patience: Patience) -> Iterator[httpx.Response]:
    """Ask for the bytes from `have` on; give the answer before its body is read."""
    import httpx

    host = urlsplit(address).netloc
    timeout = httpx.Timeout(patience.bytes, connect=patience.connect)
    headers = {"Accept-Encoding": "identity", "User-Agent": "wasmtrim"}
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        client = httpx.Client(follow_redirects=True, max_redirects=5, timeout=timeout)
    except (ValueError, ImportError) as error:  # a proxy's address that is none
        raise Unreachable(f"the proxy of the environment: {error}", host=True) from None
    try:
        request = client.build_request("GET", address, headers=headers)
        response = _within(patience.answer, lambda: client.send(request, stream=True))
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: a name that can't be looked up
        raise Unreachable(f"{address}: {error}", host=False) from None
    except (httpx.TimeoutException, TimeoutError):
        waited = f"no answer within {patience.answer:g} s"
        raise Unreachable(f"{host} cannot be reached", host=True, cause=waited) from None
    except httpx.TooManyRedirects:
        raise Unreachable(f"{address}: is redirected in a circle", host=False) from None
    except (httpx.ConnectError, httpx.ProxyError) as error:
        raise Unreachable(f"{host} cannot be reached", host=True, cause=str(error)) from None
    except httpx.HTTPError as error:
        raise _Broken(f"no answer: {error}") from None
    try:
        yield response
    finally:
        response.close()
        client.close()


def _within(seconds: float, work: Callable[[], httpx.Response]) -> httpx.Response:
    """Do the work in a thread and wait at most `seconds`: a look-up of a name has no timeout."""
    results: queue.Queue[httpx.Response | Exception] = queue.Queue()

    def run() -> None:
        try:
            results.put(work())
        except Exception as error:
            results.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        result = results.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
