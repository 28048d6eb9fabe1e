"""Candidates on other machines, by dask.distributed.

They travel as JSON and files by their sha256, and so do outcomes. Dask itself unpickles what a
member sends and asks nobody who it is: each member can run code on each other, and on us. So plain
text is for loopback alone, and TLS is Dask's own (`distributed.comm.tls` in its configuration).
"""

from __future__ import annotations

import asyncio
import ipaddress
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wasmtrim import records
from wasmtrim.errors import ToolError, UsageError, WasmtrimError
from wasmtrim.escaping import excerpt
from wasmtrim.records import Outcome
from wasmtrim.sizes import sha256
from wasmtrim.toolchain import Locator, load
from wasmtrim.tune.candidate import TASK, Task, Tools, evaluate
from wasmtrim.tune.scheduler import Stopped, retried

_CONNECT_SECONDS = 30
_WORKER_SECONDS = 30  # until one has joined
_REFUSED = "refused: "
_WORKER, _SAME = "a worker of the cluster", "give all the same wasmtrim"
_MOST = 1 << 20  # characters of an outcome


class Cluster:
    """The workers of the scheduler at `address`: `tls://HOST:PORT`, or `tcp://` on loopback.

    Raises UsageError where plain text would leave the machine or TLS has no keys, ToolError where
    nobody answers, or there is no worker.
    """

    def __init__(self, address: str) -> None:
        _check(address)
        from distributed import Client

        self._address = address
        security = _security(address)
        connect: Any = Client  # it has no types
        try:
            asyncio.run(asyncio.wait_for(_knock(address, security), _CONNECT_SECONDS))
            self._client = connect(
                address, security=security, timeout=_CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError) as error:
            said = str(error) or f"no Dask scheduler has answered for {_CONNECT_SECONDS} s"
            raise self._failed(f"it cannot be reached: {said}") from None
        try:
            self._client.wait_for_workers(1, timeout=_WORKER_SECONDS)
        except OSError:
            self.close()
            raise self._failed(f"no worker has joined it for {_WORKER_SECONDS} s") from None
        self._sent: dict[str, Any] = {}

    def run(
        self, tasks: Sequence[Task], blobs: Mapping[str, bytes], stopped: Stopped
    ) -> Iterator[tuple[int, Outcome]]:
        """Yield each outcome with its task's number, as they come; fewer once `stopped`.

        Raises ToolError where a worker has other programs, fails, or gives no outcome, and where
        the scheduler is gone.
        """
        from distributed import KilledWorker

        executor = self._client.get_executor(pure=False)

        def submit(task: Task) -> Any:
            needed = {name: self._blob(name, blobs[name]) for name in task.blobs}
            return executor.submit(answer, TASK.text(task), needed)

        # A file that only a lost worker had is cancelled, and with it each task that needs it.
        lost = (KilledWorker, CancelledError)
        try:
            for number, text in retried(tasks, submit, self._renew, stopped, lost=lost):
                yield number, text if isinstance(text, Outcome) else _read(text)
        except WasmtrimError:
            raise
        except Exception as error:  # whatever a worker raised, or Dask
            failed = f"a worker failed: {type(error).__name__}: {error}"
            raise self._failed(f"{failed}; {_SAME}") from None

    def close(self) -> None:
        """Leave the cluster; what it still does for us is dropped."""
        self._client.close()

    def _blob(self, name: str, data: bytes) -> Any:
        """Send a file once."""
        if name not in self._sent:
            self._sent[name] = self._client.scatter(data, hash=False)
        return self._sent[name]

    def _renew(self) -> None:
        if self._client.status != "running":
            raise self._failed("it is gone; start again: the search goes on where it was")
        self._sent.clear()

    def _failed(self, what: str) -> ToolError:
        return ToolError(f"scheduler {self._address}: {excerpt(what)}")


def answer(text: str, blobs: Mapping[str, bytes]) -> str:
    """Evaluate a candidate on a worker: JSON in, JSON out."""
    try:
        return _answered(TASK.parse(text.encode(), "a search"), blobs)
    except WasmtrimError as error:
        return f"{_REFUSED}{str(error).splitlines()[0]}"


def _answered(task: Task, blobs: Mapping[str, bytes]) -> str:
    if any(sha256(data) != name for name, data in blobs.items()):
        return f"{_REFUSED}a file came with other bytes"
    tools = _tools()
    if other := _other(tools.made_by, task.made_by):
        return f"{_REFUSED}{other}"
    with tempfile.TemporaryDirectory() as folder:
        return records.OUTCOME.text(evaluate(task, blobs, tools, Path(folder)))


def _other(here: Mapping[str, tuple[str, str]], there: Mapping[str, tuple[str, str]]) -> str:
    """Say which program a worker has in another version than the search; "" where none."""
    for name in {**there, **here}:
        ours, theirs = here.get(name), there.get(name)
        if ours != theirs:
            return f"its {name} is {_named(ours)}, and the search is by {_named(theirs)}"
    return ""


def _named(found: tuple[str, str] | None) -> str:
    if found is None:
        return "missing"
    version, digest = found
    return f"{version} ({digest[:12]})" if digest else version


@cache
def _tools() -> Tools:
    root = Path.cwd()
    return Tools.of(Locator(load(root), root))


def _read(text: object) -> Outcome:
    if not isinstance(text, str) or len(text) > _MOST:
        raise ToolError(f"{_WORKER} gave no outcome; {_SAME}")
    if text.startswith(_REFUSED):
        raise ToolError(f"{_WORKER} {excerpt(text)}; give all the same toolchain")
    try:
        return records.OUTCOME.parse(text.encode(), _WORKER)
    except UsageError:
        raise ToolError(f"{_WORKER} gave no outcome; {_SAME}") from None


def _security(address: str) -> Any:
    """Dask's own object, by its configuration. Raises UsageError where TLS lacks a key."""
    from distributed import Security

    configured: Any = Security
    security = configured()
    if security.require_encryption and not address.startswith("tls:"):
        raise UsageError(f"scheduler {address}: Dask's configuration allows only tls://HOST:PORT")
    if address.startswith("tls:"):
        try:
            context = security.get_connection_args("client")["ssl_context"]
        except OSError as error:
            raise UsageError(f"scheduler {address}: keys of TLS: {excerpt(str(error))}") from None
        if context is None:
            raise UsageError(
                f"scheduler {address}: TLS has no keys; name them in the variables"
                " DASK_DISTRIBUTED__COMM__TLS__CA_FILE, __CLIENT__CERT and __CLIENT__KEY"
            )
    return security


async def _knock(address: str, security: Any) -> None:
    """Connect once: Client waits for ever for a server that is not a Dask scheduler."""
    from distributed.comm.core import connect

    shake_hands: Any = connect
    comm = await shake_hands(
        address, timeout=_CONNECT_SECONDS, **security.get_connection_args("client")
    )
    await comm.close()


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "tls" and parts.hostname:
        return
    if parts.scheme == "tcp" and parts.hostname and _is_loopback(parts.hostname):
        return
    raise UsageError(
        f"scheduler {address}: name tls://HOST:PORT (keys by Dask's configuration,"
        " distributed.comm.tls), or tcp://127.0.0.1:PORT on this machine"
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
