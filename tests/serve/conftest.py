"""A server as users start it, for a module and the `serve` map of its profile."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
import pytest

WASMTRIM = str(Path(sys.executable).with_name("wasmtrim"))


@dataclass
class Served:
    """A server at work."""

    url: str
    process: subprocess.Popen[str]
    log: IO[str]
    client: httpx.Client

    def post(self, body: bytes) -> httpx.Response:
        return self.client.post(self.url, content=body)

    def figures(self) -> str:
        return self.client.get(self.url + "metrics").text

    def metric(self, name: str) -> float:
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.figures(), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def lines(self) -> list[dict[str, object]]:
        self.log.seek(0)
        return [json.loads(line) for line in self.log]

    def workers(self) -> list[int]:
        """The processes that it has started."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for file in tasks for pid in file.read_text().split()]


def project(folder: Path, module: bytes, profile: dict[str, object], name: str = "it") -> None:
    """Make a project whose profile has been released."""
    for below in ("config/profiles", "dist"):
        (folder / below).mkdir(parents=True, exist_ok=True)
    text = json.dumps({"module": f"{name}.wasm", **profile})
    (folder / "config" / "profiles" / f"{name}.yaml").write_text(text)
    (folder / "dist" / f"{name}.wasm").write_bytes(module)
    (folder / f"{name}.wasm").write_bytes(module)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def environ(cache: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CACHE_HOME": str(cache)}


@contextmanager
def serving(
    folder: Path, environ: dict[str, str], what: str = "it", *args: str
) -> Iterator[Served]:
    argv = [WASMTRIM, "serve", what, "--port", "0", *args]
    with (folder / "access.log").open("w+") as log:
        process = subprocess.Popen(
            argv, cwd=folder, env=environ, stdout=log, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr
        try:
            told = process.stderr.readline()
            found = re.search(r"http://\S+/", told)
            assert found, told + process.stderr.read()
            with httpx.Client(timeout=30) as client:
                yield Served(found[0], process, log, client)
        finally:
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate(timeout=60)
            assert "Traceback" not in rest, rest
