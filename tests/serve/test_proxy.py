"""Two replicas behind the reverse proxy of docs/serving, and what their manifests promise."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from tests.serve.conftest import Served, project, serving
from tests.serve.modules import COMMAND

DOCS = Path(__file__).parents[2] / "docs" / "serving"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
DONE = 'wasmtrim_requests_total{outcome="ok",status="200"}'


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


def test_the_kubernetes_manifest_is_what_its_schema_asks_for() -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="pip install kubernetes-validate")
    for resource in yaml.safe_load_all((DOCS / "kubernetes.yaml").read_text()):
        validate.validate(resource, validate.latest_version(), strict=True)


@contextmanager
def _proxied(folder: Path, replicas: tuple[Served, Served]) -> Iterator[str]:
    """Run nginx as its image does: the template is filled in, and included below `http`."""
    assert NGINX
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    proxy = yaml.safe_load((DOCS / "compose.yaml").read_text())["services"]["proxy"]
    here = {f"REPLICA_{n}": urlsplit(server.url).netloc for n, server in enumerate(replicas, 1)}
    here["LISTEN"] = f"127.0.0.1:{port}"
    assert here.keys() == proxy["environment"].keys()
    text = (DOCS / "nginx.conf.template").read_text()
    for name, value in here.items():
        text = text.replace(f"${{{name}}}", value)
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = "".join(f"{name}_temp_path {folder}/{name};" for name in paths)
    (folder / "default.conf").write_text(text)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr warn; events {{}}"
        f"http {{ access_log off; {kept} include {folder}/default.conf; }}"
    )
    argv = [NGINX, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True)
    try:
        _until_answered(url := f"http://127.0.0.1:{port}/")
        yield url
    finally:
        process.terminate()
        _, told = process.communicate(timeout=10)
        assert "[emerg]" not in told, told


def _until_answered(url: str) -> None:
    for _ in range(100):
        try:
            if httpx.post(url, content=b".").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the proxy does not answer")


@pytest.fixture
def replicas(
    assemble: Callable[[str], bytes], environ: dict[str, str], tmp_path: Path
) -> Iterator[tuple[Served, Served]]:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        limits = {"seconds": 1, "memory": "4 MiB"}
        project(folder, assemble(COMMAND), {"serve": {"queue": 4}, "limits": limits})
    with (
        serving(folders[0], environ, "it", "--workers", "1") as one,
        serving(folders[1], environ, "it", "--workers", "1") as two,
    ):
        yield one, two


@pytest.mark.long
@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "drained"])
def test_no_request_is_lost_where_one_of_two_replicas_ends(
    replicas: tuple[Served, Served], sign: signal.Signals, tmp_path: Path
) -> None:
    one, two = replicas
    with (
        _proxied(tmp_path, replicas) as url,
        httpx.Client(timeout=30) as client,
        ThreadPoolExecutor(4) as clients,
    ):

        def ask(number: int) -> bool:
            if number == 300:
                shares.extend(server.metric(DONE) for server in replicas)
                one.process.send_signal(sign)
            body = b".%d" % number * 1000
            answer = client.post(url, content=body)
            return answer.status_code == 200 and answer.content == body

        shares: list[float] = []
        assert all(clients.map(ask, range(900)))
        assert min(shares) > 100, "both have a part of the first 300"
        assert two.metric(DONE) > 600
        assert one.process.wait(10) == (0 if sign == signal.SIGTERM else -signal.SIGKILL)


@pytest.mark.long
@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
def test_the_proxy_hands_on_when_to_come_again(
    replicas: tuple[Served, Served], tmp_path: Path
) -> None:
    with (
        _proxied(tmp_path, replicas) as url,
        httpx.Client(timeout=30) as client,
        ThreadPoolExecutor(16) as clients,
    ):
        answers = list(clients.map(lambda _: client.post(url, content=b"l"), range(16)))
    assert {answer.status_code for answer in answers} == {504, 429}, "five find room at each"
    assert {answer.headers["retry-after"].isdigit() for answer in answers} == {True}
