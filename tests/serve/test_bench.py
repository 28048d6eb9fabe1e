"""Load and its figures: what is counted, when a latency begins, and what the page shows."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.serve.conftest import project
from tests.serve.modules import COMMAND

from wasmtrim.cli.main import main
from wasmtrim.serve.bench import client, cpus, measure, page, text
from wasmtrim.serve.bench.load import LOST, WRONG, Load, Sample
from wasmtrim.serve.bench.measure import Estimate, Result
from wasmtrim.serve.bench.summary import Summary, of
from wasmtrim.serve.bench.target import Target

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Answers = Callable[[asyncio.StreamWriter, int], AsyncIterator[bytes]]


@asynccontextmanager
async def _answering(*answers: bytes, seconds: float = 0.0) -> AsyncIterator[str]:
    """A server that gives these answers in turn, to one request at a time, each after a while."""
    turn = asyncio.Lock()
    number = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal number
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            await reader.readexactly(4)
            async with turn:
                await asyncio.sleep(seconds)
                answer = answers[number % len(answers)]
                number += 1
            if not answer:
                break
            writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def _load(url: str) -> Load:
    return Load(url, client.request(url, b"body"), b"ok")


def test_a_closed_loop_counts_what_is_right_wrong_refused_and_lost() -> None:
    async def run() -> Sample:
        wrong = OK.replace(b"ok", b"no")
        last = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        busy = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"
        async with _answering(OK, OK, wrong, busy, b"", last, seconds=0.001) as url:
            return await _load(url).closed(3, 0.2)

    sample = asyncio.run(run())
    statuses = sample.statuses
    assert set(statuses) == {200, WRONG, 429, LOST}
    assert abs(statuses[200] - 3 * statuses[429]) <= 3
    assert abs(statuses[LOST] - statuses[429]) <= 1, "a connection that a server ends is no loss"
    assert sample.rate == statuses[200] / sample.seconds
    assert sample.latencies.get_total_count() == statuses[200]


def test_a_latency_of_the_open_loop_begins_when_its_request_was_due() -> None:
    """Ten requests are due within 10 ms, and the only connection has an answer each 20 ms."""

    async def run() -> Sample:
        async with _answering(OK, seconds=0.02) as url:
            return await _load(url).open(1000, 1, 0.01)

    sample = asyncio.run(run())
    assert sample.statuses == {200: 10}
    assert sample.percentile(100) > 0.18, "the last one waited for nine others"
    assert sample.percentile(1) < 0.1


def test_an_estimate_has_the_band_of_students_t() -> None:
    assert Estimate.of([3.0]) == Estimate(3.0, 0.0)
    estimate = Estimate.of([1.0, 2.0, 3.0])
    assert estimate.mean == 2
    assert estimate.band == pytest.approx(4.303 / 3**0.5)


def test_the_cpu_time_of_a_process_grows_with_its_work() -> None:
    before = cpus.seconds(os.getpid())
    began = time.process_time()
    while time.process_time() - began < 0.1:
        pass
    after = cpus.seconds(os.getpid())
    assert before is not None
    assert after is not None
    assert 0.05 < after - before < 10
    assert cpus.seconds(2**22 + 1) is None


@pytest.fixture
def summary() -> Summary:
    """Of two servers: one of ours, and one that tells nothing of itself."""
    results = []
    for name, ours in (("pooled", True), ("<gifd>", False)):
        result = Result(Target(name, "http://x/", ours=ours), 50)
        for milliseconds in (10, 20):
            sample = Sample(None, seconds=1.0)
            for _ in range(100):
                sample.statuses[200] += 1
                sample.total += milliseconds / 1000
                sample.latencies.record_value(milliseconds * 1000)
            sample.statuses[429] = 1
            result.single.append(sample)
            result.closed.append(sample)
            result.open.append(Sample(100.0, 1.0, sample.statuses, sample.latencies, sample.total))
        if ours:
            result.inside = {"queue": 0.0, "instance": 0.001, "render": 0.008}
            result.cpu = [0.009, 0.011]
        results.append(result)
    bare = {"pooled": 0.008}
    return of("it", results, bare, cpus="all on one CPU", body=1234, seconds=1, repeats=2)


def test_the_tables_have_a_row_for_each_server(summary: Summary) -> None:
    made = text.text(summary)
    rows = [re.split(r"  +", line.strip()) for line in made.splitlines() if line[1:2] in {"p", "<"}]
    assert rows[0] == ["pooled", "50", "100.0 ±0.0", "10.00 ±12.71", "15.0 ±63.5", "2 429"]
    assert rows[1][3] == "-", "its process is not known"
    assert rows[2] == ["pooled", "50", "10.0", "20.0", "20.0", "20.0"]
    assert rows[4] == ["pooled", "15.000 ±63.530", "1.000", "8.000", "6.000"]
    assert rows[5] == ["<gifd>", "15.000 ±63.530", "-", "-", "-"]
    assert rows[6] == ["pooled, without a server", "8.000"]
    assert max(map(len, made.splitlines())) <= 80


def test_the_page_has_two_pictures_and_no_markup_of_names(summary: Summary) -> None:
    made = page.text(summary)
    assert made.count("<svg") == 2
    assert made.count("<polyline") == 4
    assert "&lt;gifd&gt;" in made
    assert "<gifd>" not in made
    assert "http" not in made.partition("<h2>")[2].replace("HTTP", ""), "it needs nothing else"


def test_names_of_lines_that_end_alike_stand_below_each_other(summary: Summary) -> None:
    made = page.text(summary)
    names = re.findall(r'<text x="([^"]+)" y="([^"]+)">(?:pooled|&lt;gifd&gt;)</text>', made)
    (x, y), (other_x, other_y) = names[:2]
    assert x == other_x
    assert float(other_y) - float(y) == pytest.approx(14)


def test_the_picture_is_one_svg_of_both_charts(summary: Summary) -> None:
    made = page.picture(summary)
    assert ElementTree.fromstring(made).tag.endswith("svg")
    assert made.count("<polyline") == 4
    assert "Throughput against offered load" in made


def test_the_json_has_all_of_it(summary: Summary) -> None:
    made = json.loads(summary.to_json())
    assert (made["schema"], made["rows"][0]["name"], len(made["open"])) == (1, "pooled", 4)


@pytest.fixture
def here(
    assemble: Callable[[str], bytes], cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A project with a profile that has no smoke run; the CPUs stay those of the test."""
    own = os.sched_getaffinity(0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.chdir(tmp_path)
    project(tmp_path, assemble(COMMAND), {})
    (tmp_path / "body").write_bytes(b".body")
    yield tmp_path
    os.sched_setaffinity(0, own)


def test_a_profile_is_measured(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "STEPS", (0.5,))
    few = ["--seconds", "1", "--repeats", "1", "--clients", "2", "--mode", "instance"]
    assert main(["bench", "it", "--input", "body", *few, "--format", "html", "--out", "x"]) == 0
    assert (here / "x").read_text().count("<polyline") == 2


@pytest.mark.long
def test_a_profile_is_measured_in_the_modes_that_are_named(here: Path) -> None:
    argv = ["bench", "it", "--input", "body", "--mode", "instance", "--mode", "pooled"]
    few = ["--seconds", "1", "--repeats", "1", "--clients", "2"]
    assert main([*argv, *few, "--format", "json", "--out", "bench.json"]) == 0
    made = json.loads((here / "bench.json").read_text())
    assert [row["name"] for row in made["rows"]] == ["instance", "pooled"]
    assert all(row["rate"]["mean"] > 10 and row["refused"] == "" for row in made["rows"])
    assert all(0 < row["render"] < row["mean"]["mean"] for row in made["alone"])
    assert made["bare"]["pooled"] > 0
    assert {point["name"] for point in made["open"]} == {"instance", "pooled"}


REFUSED = {
    "no body": (["it"], 2, "profile it: it has no smoke.input; name a body with --input FILE"),
    "a module": (["dist/it.wasm"], 2, "dist/it.wasm: name the body of its requests with --input"),
    "no server": (
        ["http://127.0.0.1:{port}/", "--input", "body"],
        2,
        "http://127.0.0.1:.*no answer",
    ),
    "no http": (["https://x/", "--input", "body"], 2, "https://x/: an address of http, such as"),
    "no file": (["it", "--input", "none"], 2, "none: No such file or directory"),
    "no mode": (["it", "--input", "body", "--mode", "x"], 2, "no mode 'x': modes are compile"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_measured_is_a_line(
    here: Path, capfd: pytest.CaptureFixture[str], case: str
) -> None:
    args, status, told = REFUSED[case]
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert main(["bench", *(arg.format(port=port) for arg in args)]) == status
    out, said = capfd.readouterr()
    assert re.fullmatch(f"wasmtrim: {told}.*\n", said), said
    assert not out
