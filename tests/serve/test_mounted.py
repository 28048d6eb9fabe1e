"""The application in another one, which has its own lifespan, or runs this one's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.serve.conftest import project
from tests.serve.modules import COMMAND

from wasmtrim.serve import application
from wasmtrim.serve.pool import Pool


@pytest.fixture
def app(
    assemble: Callable[[str], bytes], cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Starlette:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    project(tmp_path, assemble(COMMAND), {})
    return application("it", root=tmp_path, workers=1)


async def _posted(app: Starlette, path: str) -> str:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        return (await client.post(path, content=b"abc")).text


def test_its_workers_start_at_the_first_request_where_it_is_mounted(app: Starlette) -> None:
    async def run() -> None:
        pool: Pool = app.state.pool
        outer = Starlette(routes=[Mount("/gif", app)])
        assert not pool.workers
        assert await _posted(outer, "/gif/") == "abc"
        assert len(pool.workers) == 1
        await pool.close()

    asyncio.run(run())


def test_its_workers_come_and_go_with_its_lifespan(app: Starlette) -> None:
    async def run() -> None:
        pool: Pool = app.state.pool
        async with app.router.lifespan_context(app):
            pids = [worker.pid for worker in pool.workers]
            assert pids
            assert await _posted(app, "/") == "abc"
        assert not pool.workers
        assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]

    asyncio.run(run())
