"""The report as a comment on a change: on GitHub or GitLab, one comment, kept up to date.

The report may come from a build of anyone's code: it is read as data, and written as Markdown
here, where nothing in it is markup.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wasmtrim import records
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.escaping import printable
from wasmtrim.regression import result
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import as_json, markdown
from wasmtrim.report.model import Report, Verdict

if TYPE_CHECKING:
    import httpx

SECONDS: Final = 30.0  # for an answer of the host

Post = Callable[[str, str, Mapping[str, str]], str]


class NotPosted(ToolError):
    """The host refused or did not answer; the comment is not there, or is the old one."""


def body(report: Report, results: Sequence[RegressionResult], marker: str) -> str:
    """Return the comment: the report, with what `wasmtrim compare --base` found in its place.

    Where only the release fails, what it found stays: so a failure always says its reason.
    """
    found = {judged.profile: judged for judged in results}
    profiles = []
    for profile in report.profiles:
        judged = found.get(profile.name)
        released = profile.regression
        stays = judged is None or (judged.ok and released is not None and not released.ok)
        if judged is not None and not stays:
            profile = dataclasses.replace(profile, regression=judged)
            if not judged.ok and profile.verdict is Verdict.PASSED:
                profile = dataclasses.replace(profile, verdict=Verdict.FAILED)
        profiles.append(profile)
    return f"{marker}\n{markdown.text(Report(tuple(profiles)))}"


def marker(key: str) -> str:
    """Return the line that tells our comment from others', and one job's from another's."""
    return f"<!-- wasmtrim {key} -->"


def read_report(file: Path) -> Report:
    """Read report.json."""
    return as_json.of_record(records.REPORT.read(file))


def read_result(file: Path) -> RegressionResult:
    """Read what `wasmtrim compare --format json` printed."""
    return result.of_record(records.REGRESSION.read(file))


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
    """Return a variable's value. Raises UsageError with what it is for when it isn't set."""
    value = environ.get(name)
    if not value:
        raise UsageError(f"{name} is not set: {what}")
    return value
