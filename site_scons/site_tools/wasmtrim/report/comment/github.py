"""A comment on a GitHub pull request, from a `workflow_run` job that is trusted.

That job knows the request by its own event, not by what the untrusted build says. REST API:
"List pull requests", "List issue comments", "Create" and "Update an issue comment".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wasmtrim.errors import UsageError
from wasmtrim.report.comment import SECONDS, ask, needed

if TYPE_CHECKING:
    import httpx

OWN_LOGIN: Final = "github-actions[bot]"  # whom GITHUB_TOKEN writes as
_PAGES: Final = 100  # of a hundred entries each


def post(text: str, marker: str, environ: Mapping[str, str]) -> str:
    """Write the comment, or update it where it stands; say which, or why neither.

    Raises NotPosted when GitHub doesn't take it, UsageError when the job isn't set up for it.
    """
    import httpx

    run = _workflow_run(environ)
    if run["event"] != "pull_request":
        return f"nothing to comment on: the build was for a {run['event']}"
    repository = needed(environ, "GITHUB_REPOSITORY", "the owner/name of the repository")
    token = needed(environ, "GITHUB_TOKEN", "a token with pull-requests: write")
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    api = environ.get("GITHUB_API_URL", "https://api.github.com")
    base = f"{api}/repos/{repository}"
    login = environ.get("WASMTRIM_COMMENT_LOGIN", OWN_LOGIN)
    with httpx.Client(headers=headers, timeout=SECONDS) as client:
        number = _request(client, base, run)
        if number is None:
            head = run["head_sha"][:12]
            return f"not posted: no open pull request has {head} as its head any more"
        for comment in _pages(client, f"{base}/issues/{number}/comments"):
            own = (comment.get("user") or {}).get("login") == login
            if own and (comment.get("body") or "").startswith(marker):
                address = f"{base}/issues/comments/{comment['id']}"
                done = ask(client, "PATCH", address, json={"body": text}).json()
                return f"updated: {done['html_url']}"
        done = ask(client, "POST", f"{base}/issues/{number}/comments", json={"body": text}).json()
        return f"written: {done['html_url']}"


def _workflow_run(environ: Mapping[str, str]) -> dict[str, Any]:
    file = needed(environ, "GITHUB_EVENT_PATH", "the file with the event, which GitHub sets")
    event = json.loads(Path(file).read_text(encoding="utf-8"))
    if "workflow_run" not in event:
        raise UsageError("this is to run in a workflow with `on: workflow_run`")
    run: dict[str, Any] = event["workflow_run"]
    return run


def _request(client: httpx.Client, base: str, run: Mapping[str, Any]) -> int | None:
    """Find the pull request whose head is what was built.

    The event names requests from branches of the repository; of a fork's it names only the branch.
    """
    head = f"{run['head_repository']['owner']['login']}:{run['head_branch']}"
    found = _pages(client, f"{base}/pulls", state="open", head=head)
    for request in found:
        if request["head"]["sha"] == run["head_sha"]:
            number: int = request["number"]
            return number
    return None


def _pages(client: httpx.Client, address: str, **query: str) -> Iterator[dict[str, Any]]:
    for page in range(1, _PAGES + 1):
        params = {**query, "per_page": "100", "page": str(page)}
        entries = ask(client, "GET", address, params=params).json()
        yield from entries
        if len(entries) < 100:
            return
