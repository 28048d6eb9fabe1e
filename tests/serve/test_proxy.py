"""Two replicas behind the reverse proxy of docs/serving, and what their manifests promise."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from tests.serve.conftest import project, serving
from tests.serve.modules import COMMAND

DOCS = Path(__file__).parents[2] / "docs" / "serving"


def test_the_examples_run_without_root_and_write_nothing() -> None:
    deployment, service = yaml.safe_load_all((DOCS / "kubernetes.yaml").read_text())
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert service["spec"]["selector"] == deployment["spec"]["selector"]["matchLabels"]
    compose = yaml.safe_load((DOCS / "compose.yaml").read_text())
    replicas = [compose["services"][name] for name in ("gif-1", "gif-2")]
    assert all(replica["read_only"] and replica["cap_drop"] == ["ALL"] for replica in replicas)
    assert "USER 65532" in (DOCS / "Containerfile").read_text()


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed")
def test_no_request_is_lost_while_one_of_two_replicas_stops(
    assemble: Callable[[str], bytes], environ: dict[str, str], tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        project(folder, assemble(COMMAND), {"serve": {"queue": 100}})
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        serving(folders[0], environ, "it", "--workers", "1") as one,
        serving(folders[1], environ, "it", "--workers", "1") as two,
    ):
        replicas = " ".join(urlsplit(server.url).netloc for server in (one, two))
        proxy = subprocess.Popen(
            ["caddy", "run", "--config", str(DOCS / "Caddyfile"), "--adapter", "caddyfile"],
            env={**os.environ, "LISTEN": f":{port}", "REPLICAS": replicas, "HOME": str(tmp_path)},
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}/"
            _until_answered(url)
            with httpx.Client(timeout=30) as client, ThreadPoolExecutor(4) as clients:

                def ask(number: int) -> bool:
                    body = b".%d" % number * 1000
                    if number == 200:
                        one.process.send_signal(signal.SIGTERM)
                    for _ in range(20):
                        answer = client.post(url, content=body)
                        if answer.status_code not in (
                            502,
                            503,
                        ):  # of the moment before the proxy knows
                            return answer.content == body
                        time.sleep(0.1)
                    return False

                assert all(clients.map(ask, range(600)))
            assert one.process.wait(10) == 0
            done = 'wasmtrim_requests_total{outcome="ok",status="200"}'
            assert two.metric(done) > 400
        finally:
            proxy.terminate()
            proxy.wait(10)


def _until_answered(url: str) -> None:
    for _ in range(100):
        try:
            if httpx.post(url, content=b".").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the proxy does not answer")
