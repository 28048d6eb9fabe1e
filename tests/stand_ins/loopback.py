"""A web server on the loopback address that serves one archive, and fails in a chosen way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request; an answer writes what it likes to it."""

    server: Server

    def do_GET(self) -> None:
        self.server.requests.append((self.path, self.headers.get("Range")))
        self.server.answer(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def whole(self, content: bytes) -> None:
        """Send all of it, or the rest that was asked for, as a sound server does."""
        start = self.start()
        self.begin(content, start)
        self.wfile.write(content[start:])

    def start(self) -> int:
        wanted = self.headers.get("Range")
        return int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0

    def begin(self, content: bytes, start: int = 0) -> None:
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()


class Server(ThreadingHTTPServer):
    """`answer` is how it answers; `requests` are the paths and ranges asked for, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.answer: Answer = lambda request: request.send_error(404)
        self.requests: list[tuple[str, str | None]] = []
        self.ended = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error here."""


@contextmanager
def running() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def sound(content: bytes) -> Answer:
    return lambda request: request.whole(content)


def dying(content: bytes, after: int, times: int) -> Answer:
    """Break the connection off after so many bytes, the first few times."""
    left = [times]

    def answer(request: Request) -> None:
        if left[0] == 0:
            return request.whole(content)
        left[0] -= 1
        start = request.start()
        request.begin(content, start)
        request.wfile.write(content[start : start + after])
        request.wfile.flush()
        request.connection.close()
        return None

    return answer


def stalling(content: bytes, after: int) -> Answer:
    """Send so many bytes, then nothing more, and keep the connection."""

    def answer(request: Request) -> None:
        start = request.start()
        request.begin(content, start)
        request.wfile.write(content[start : start + after])
        request.wfile.flush()
        request.server.ended.wait(30)

    return answer


def slow(content: bytes, pieces: int, pause: float) -> Answer:
    def answer(request: Request) -> None:
        start = request.start()
        request.begin(content, start)
        step = len(content) // pieces + 1
        for at in range(start, len(content), step):
            request.wfile.write(content[at : at + step])
            request.wfile.flush()
            time.sleep(pause)

    return answer


def silent(request: Request) -> None:
    """Take the request and never answer."""
    request.server.ended.wait(30)


def circling(request: Request) -> None:
    request.send_response(302)
    request.send_header("Location", request.path)
    request.send_header("Content-Length", "0")
    request.end_headers()


def failing(status: int) -> Answer:
    return lambda request: request.send_error(status)
