"""Candidates on other machines, by dask.distributed.

They travel as JSON and files by their sha256, and so do outcomes. A scheduler runs what it is sent
without asking who sends it: so plain text is for loopback alone, and TLS is Dask's own
(`distributed.comm.tls` in its configuration).
"""

from __future__ import annotations

import ipaddress
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wasmtrim import records
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.escaping import excerpt
from wasmtrim.records import Outcome
from wasmtrim.sizes import sha256
from wasmtrim.toolchain import Locator, load
from wasmtrim.tune.candidate import TASK, Task, Tools, evaluate
from wasmtrim.tune.scheduler import Stopped, retried

_CONNECT_SECONDS = 30
_REFUSED = "refused: "


class Cluster:
    """The workers of the scheduler at `address`: `tls://HOST:PORT`, or `tcp://` on loopback.

    Raises UsageError where plain text would leave the machine, ToolError where nobody answers.
    """

    def __init__(self, address: str) -> None:
        _check(address)
        from distributed import Client

        try:
            connect: Any = Client  # it has no types
            self._client = connect(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            said = excerpt(str(error))
            raise ToolError(f"scheduler {address}: it cannot be reached: {said}") from None
        self._sent: dict[str, Any] = {}

    def run(
        self, tasks: Sequence[Task], blobs: Mapping[str, bytes], stopped: Stopped
    ) -> Iterator[tuple[int, Outcome]]:
        """Give each outcome with its task's number, as they come; fewer once `stopped`.

        Raises ToolError where a worker has another wasm-opt.
        """
        from distributed import KilledWorker

        executor = self._client.get_executor(pure=False)

        def submit(task: Task) -> Any:
            needed = {name: self._blob(name, blobs[name]) for name in task.blobs}
            return executor.submit(answer, TASK.text(task), needed)

        for number, text in retried(tasks, submit, lambda: None, stopped, lost=(KilledWorker,)):
            yield number, text if isinstance(text, Outcome) else _read(text)

    def close(self) -> None:
        """Leave the cluster; what it still does for us is dropped."""
        self._client.close()

    def _blob(self, name: str, data: bytes) -> Any:
        """Send a file once."""
        if name not in self._sent:
            self._sent[name] = self._client.scatter(data, hash=False)
        return self._sent[name]


def answer(text: str, blobs: Mapping[str, bytes]) -> str:
    """Evaluate a candidate on a worker: JSON in, JSON out."""
    task = TASK.parse(text.encode(), "a search")
    if any(sha256(data) != name for name, data in blobs.items()):
        return f"{_REFUSED}a file came with other bytes"
    tools = _tools()
    here = (tools.wasm_opt.version, tools.wasm_opt.digest)
    if here != task.wasm_opt:
        return (
            f"{_REFUSED}its wasm-opt is {here[0]} ({here[1][:12]}), and the search is by"
            f" {task.wasm_opt[0]} ({task.wasm_opt[1][:12]})"
        )
    with tempfile.TemporaryDirectory() as folder:
        return records.OUTCOME.text(evaluate(task, blobs, tools, Path(folder)))


@cache
def _tools() -> Tools:
    root = Path.cwd()
    return Tools.of(Locator(load(root), root))


def _read(text: str) -> Outcome:
    if text.startswith(_REFUSED):
        raise ToolError(f"a worker of the cluster {excerpt(text)}; give all the same toolchain")
    return records.OUTCOME.parse(text.encode(), "a worker of the cluster")


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
