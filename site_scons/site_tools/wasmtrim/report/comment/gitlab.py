"""A note on a GitLab merge request, from a job of the request's own pipeline.

The job's own token may not write notes: GITLAB_TOKEN is one of the project, with the scope api.
A pipeline of a fork doesn't get it. REST API: "Notes".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from wasmtrim.report.comment import SECONDS, ask, needed

if TYPE_CHECKING:
    import httpx

_PAGES: Final = 100  # of a hundred entries each


def post(text: str, marker: str, environ: Mapping[str, str]) -> str:
    """Write the note, or update it where it stands; say which.

    Raises NotPosted when GitLab doesn't take it, UsageError when the job isn't set up for it.
    """
    import httpx

    request = environ.get("CI_MERGE_REQUEST_IID")
    if not request:
        return "nothing to comment on: the pipeline is not of a merge request"
    token = needed(environ, "GITLAB_TOKEN", "a project access token with the scope api")
    api = needed(environ, "CI_API_V4_URL", "the address of the API, which GitLab sets")
    project = needed(environ, "CI_MERGE_REQUEST_PROJECT_ID", "the target project, set by GitLab")
    base = f"{api}/projects/{project}/merge_requests/{request}/notes"
    with httpx.Client(headers={"PRIVATE-TOKEN": token}, timeout=SECONDS) as client:
        own = ask(client, "GET", f"{api}/user").json()["id"]
        for note in _notes(client, base):
            if note["author"]["id"] == own and note["body"].startswith(marker):
                ask(client, "PUT", f"{base}/{note['id']}", json={"body": text})
                return f"updated: note {note['id']}"
        done = ask(client, "POST", base, json={"body": text}).json()
        return f"written: note {done['id']}"


def _notes(client: httpx.Client, base: str) -> Iterator[dict[str, Any]]:
    page = "1"
    for _ in range(_PAGES):
        answer = ask(client, "GET", base, params={"per_page": "100", "page": page})
        yield from answer.json()
        page = answer.headers.get("x-next-page", "")
        if not page:
            return
