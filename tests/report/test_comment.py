"""Comments, posted to stand-ins of the two hosts' APIs on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.report.conftest import HOSTILE

from wasmtrim import records
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import as_json, comment
from wasmtrim.report.comment.__main__ import main

if TYPE_CHECKING:
    from tests.report.conftest import Dist

HEAD = "c0ffee" + "0" * 34
MARKER = comment.marker("report")


@dataclass
class Host:
    """What the stand-in knows. `refusal` is a status that every write is answered with."""

    address: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    refusal: int = 0
    seen: list[str] = field(default_factory=list)

    def add(self, login: str, body: str) -> dict[str, Any]:
        number = len(self.comments) + 1
        url = f"{self.address}/c/{number}"
        entry = {
            "id": number,
            "html_url": url,
            "user": {"login": login},
            "author": {"id": 7 if login == "own" else 8},
            "body": body,
        }
        self.comments.append(entry)
        return entry


@pytest.fixture
def host() -> Iterator[Host]:
    known = Host()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            known.seen.append(self.path)
            if url.path.endswith("/user"):
                return self._answer(200, {"id": 7})
            if url.path.endswith("/pulls"):
                owner = [p for p in known.pulls if p["head"]["label"] == query["head"]]
                return self._answer(200, owner)
            page, size = int(query["page"]), int(query["per_page"])
            start = (page - 1) * size
            rest = known.comments[start : start + size]
            more = str(page + 1) if start + size < len(known.comments) else ""
            return self._answer(200, rest, {"x-next-page": more})

        def do_POST(self) -> None:
            self._write(lambda body: known.add("own", body))

        def do_PATCH(self) -> None:
            number = int(self.path.rpartition("/")[2])
            self._write(lambda body: known.comments[number - 1] | self._set(number, body))

        do_PUT = do_PATCH

        def _set(self, number: int, body: str) -> dict[str, Any]:
            known.comments[number - 1]["body"] = body
            return {}

        def _write(self, change: Callable[[str], dict[str, Any]]) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))["body"]
            if known.refusal:
                return self._answer(known.refusal, {"message": "Resource not accessible"})
            return self._answer(201, change(body))

        def _answer(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
            data = json.dumps(content).encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def report_file(dist: Dist, tmp_path: Path) -> Path:
    dist.failed("edge")
    file = tmp_path / "report.json"
    file.write_text(as_json.text(dist.report("edge", "gone")))
    return file


@pytest.fixture
def github(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A trusted job after a build of a fork's branch."""
    event = {
        "workflow_run": {
            "event": "pull_request",
            "head_sha": HEAD,
            "head_branch": "grow",
            "head_repository": {"owner": {"login": "forker"}},
            "pull_requests": [],  # which is what GitHub sends for a fork
        }
    }
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(file))
    monkeypatch.setenv("GITHUB_REPOSITORY", "owner/name")
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("GITHUB_API_URL", host.address)
    monkeypatch.setenv("WASMTRIM_COMMENT_LOGIN", "own")
    host.pulls = [
        {"number": 4, "head": {"label": "forker:grow", "sha": "older"}},
        {"number": 5, "head": {"label": "forker:grow", "sha": HEAD}},
        {"number": 6, "head": {"label": "other:grow", "sha": HEAD}},
    ]
    return host


def test_a_forks_request_is_found_by_the_trusted_event(github: Host, report_file: Path) -> None:
    assert main(["github", str(report_file)]) == 0

    [written] = github.comments
    assert written["body"].startswith(f"{MARKER}\n### ❌ wasmtrim: 2 profiles: 1 failed (`edge`)")
    assert any("/repos/owner/name/issues/5/comments" in path for path in github.seen)


def test_its_own_comment_is_found_on_any_page_and_written_anew(
    github: Host, report_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    github.add("someone", f"{MARKER}\nI pretend to be the report")
    for number in range(150):
        github.add("someone", f"comment {number}")
    old = github.add("own", f"{MARKER}\nold")
    github.add("own", f"{comment.marker('nightly')}\nanother job's")

    assert main(["github", str(report_file)]) == 0

    assert len(github.comments) == 153
    assert "wasmtrim: 2 profiles" in old["body"]
    assert github.comments[0]["body"].endswith("I pretend to be the report")
    assert github.comments[-1]["body"].endswith("another job's")
    assert capsys.readouterr().out == f"updated: {old['html_url']}\n"


def test_two_jobs_keep_a_comment_each(github: Host, report_file: Path) -> None:
    main(["github", str(report_file)])
    main(["github", str(report_file), "--key", "nightly"])
    main(["github", str(report_file)])

    assert [c["body"].splitlines()[0] for c in github.comments] == [
        "<!-- wasmtrim report -->",
        "<!-- wasmtrim nightly -->",
    ]


def test_a_request_that_has_moved_on_is_left_alone(
    github: Host, report_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    github.pulls = github.pulls[:1]

    assert main(["github", str(report_file)]) == 0
    assert github.comments == []
    assert "no open pull request has c0ffee000000 as its head" in capsys.readouterr().out


def test_a_post_that_failed_is_said_and_fails(
    github: Host, report_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    github.refusal = 403

    assert main(["github", str(report_file)]) == 3

    told = capsys.readouterr().err
    assert "POST" in told
    assert "403" in told
    assert "Resource not accessible" in told
    assert "secret" not in told


def test_a_host_that_doesnt_answer_fails(
    github: Host, report_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")

    assert main(["github", str(report_file)]) == 3


def test_a_job_without_a_token_is_told_so(
    github: Host,
    report_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")

    assert main(["github", str(report_file)]) == 2
    assert "GITHUB_TOKEN is not set: a token with pull-requests" in capsys.readouterr().err


def test_what_compare_found_stands_in_the_comment(
    github: Host, dist: Dist, tmp_path: Path, grown: RegressionResult
) -> None:
    dist.passed("edge")
    report = tmp_path / "report.json"
    report.write_text(as_json.text(dist.report("edge")))
    judged = tmp_path / "edge.compare.json"
    judged.write_text(as_json.of_result(grown))

    main(["github", str(report), str(judged)])

    body = github.comments[0]["body"]
    assert "❌ failed, 1 budget not judged | 197,210 | +61,204 (+31.0 %)" in body
    assert "`main.render -> fmt.Sprintf` +60,004" in body


def test_a_report_of_someone_elses_build_is_data_not_markup(
    github: Host, dist: Dist, tmp_path: Path
) -> None:
    dist.failed("edge", HOSTILE)
    content = json.loads(as_json.text(dist.report("edge")))
    content["profiles"][0]["name"] = "[click](http://evil) @everyone"
    report = tmp_path / "report.json"
    report.write_text(json.dumps(content))

    assert main(["github", str(report)]) == 0

    body = github.comments[0]["body"]
    assert "`[click](http://evil) @everyone`" in body
    assert "<script>" not in body.replace("`<script>", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"schema": 1, "profiles": [1]}',
        '{"schema": 1, "profiles": [{"name": 1}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_report_is_refused(github: Host, tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)

    assert main(["github", str(tmp_path / "report.json")]) == 2
    assert github.comments == []


@pytest.fixture
def gitlab(host: Host, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "12")
    monkeypatch.setenv("CI_MERGE_REQUEST_PROJECT_ID", "34")
    monkeypatch.setenv("CI_API_V4_URL", host.address)
    monkeypatch.setenv("GITLAB_TOKEN", "secret")
    return host


def test_a_note_is_written_and_then_written_anew(gitlab: Host, report_file: Path) -> None:
    for number in range(101):
        gitlab.add("someone", f"{MARKER} note {number}")

    assert main(["gitlab", str(report_file)]) == 0
    assert main(["gitlab", str(report_file)]) == 0

    assert len(gitlab.comments) == 102
    assert gitlab.comments[-1]["body"].startswith(MARKER)
    assert any("/projects/34/merge_requests/12/notes" in path for path in gitlab.seen)


def test_without_a_merge_request_there_is_nothing_to_do(
    gitlab: Host, report_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI_MERGE_REQUEST_IID")

    assert main(["gitlab", str(report_file)]) == 0
    assert gitlab.comments == []


def test_a_fork_gets_no_token_and_is_told_so(
    gitlab: Host,
    report_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("GITLAB_TOKEN")

    assert main(["gitlab", str(report_file)]) == 2
    assert "GITLAB_TOKEN is not set" in capsys.readouterr().err


def test_a_report_is_read_again_as_it_was_written(dist: Dist, grown: RegressionResult) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)
    text = as_json.text(dist.report("edge", "gone"))

    assert as_json.text(as_json.of_record(records.REPORT.parse(text.encode(), "x"))) == text


def test_where_only_the_release_fails_the_comment_says_why(
    dist: Dist, grown: RegressionResult
) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)
    let_through = replace(grown, findings=tuple(f for f in grown.findings if f.ok))

    body = comment.body(dist.report("edge"), [let_through], MARKER)

    assert "1 failed (`edge`)" in body
    assert "| `edge` | `budget raw growth` | 197,210 |" in body


def test_a_reader_that_leaves_is_no_fault(report_file: Path) -> None:
    argv = [sys.executable, "-m", "wasmtrim.report.comment", "print", str(report_file)]
    reader, writer = os.pipe()
    os.close(reader)

    ran = subprocess.run(argv, stdout=writer, stderr=subprocess.PIPE, text=True)

    os.close(writer)
    assert (ran.returncode, ran.stderr) == (0, "")
