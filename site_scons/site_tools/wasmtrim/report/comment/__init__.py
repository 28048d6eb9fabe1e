"""The report as a comment on a change: on GitHub or GitLab, one comment, kept up to date.

The report may come from a build of anyone's code: it is read as data, and written as Markdown
here, where nothing in it is markup.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wasmtrim.errors import ToolError, UsageError
from wasmtrim.escaping import printable
from wasmtrim.regression import result
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import as_json, markdown
from wasmtrim.report.model import Report, Verdict

if TYPE_CHECKING:
    import httpx

MOST_BYTES: Final = 20_000_000  # of a file that is read; a report of five profiles has 0.2 MB
SECONDS: Final = 30.0  # for an answer of the host

Post = Callable[[str, str, Mapping[str, str]], str]


class NotPosted(ToolError):
    """The host refused or did not answer; the comment is not there, or is the old one."""


def body(report: Report, results: Sequence[RegressionResult], marker: str) -> str:
    """Give the comment: the report, with what `wasmtrim compare --base` found in its place."""
    found = {judged.profile: judged for judged in results}
    profiles = []
    for profile in report.profiles:
        judged = found.get(profile.name)
        if judged is not None:
            profile = dataclasses.replace(profile, regression=judged)
            if not judged.ok and profile.verdict is Verdict.PASSED:
                profile = dataclasses.replace(profile, verdict=Verdict.FAILED)
        profiles.append(profile)
    return f"{marker}\n{markdown.text(Report(tuple(profiles)))}"


def marker(key: str) -> str:
    """Give the line that tells our comment from others', and one job's from another's."""
    return f"<!-- wasmtrim {key} -->"


def read_report(file: Path) -> Report:
    """Read report.json."""
    return as_json.read(_text(file), str(file))


def read_result(file: Path) -> RegressionResult:
    """Read what `wasmtrim compare --format json` printed."""
    try:
        content = json.loads(_text(file))
    except (ValueError, RecursionError):
        content = None
    return result.of_json(content, str(file))


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UsageError(f"{file}: more than {MOST_BYTES:,} bytes, which is no report")
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file}: not UTF-8") from None


def ask(client: httpx.Client, method: str, address: str, **content: Any) -> httpx.Response:
    """Ask the host. Raises NotPosted with its words when it says no, or nothing."""
    import httpx

    try:
        answer = client.request(method, address, **content)
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        said = printable(error.response.text[:500])
        raise NotPosted(f"{method} {address}: {error.response.status_code}: {said}") from None
    except httpx.HTTPError as error:
        raise NotPosted(f"{method} {address}: {error or type(error).__name__}") from None
    return answer


def needed(environ: Mapping[str, str], name: str, what: str) -> str:
    """Give a variable's value. Raises UsageError with what it is for when it isn't set."""
    value = environ.get(name)
    if not value:
        raise UsageError(f"{name} is not set: {what}")
    return value
