"""A report from a build that nobody trusts: refused, or shown; never a traceback."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from tests.report.conftest import Dist, grown_result

from wasmtrim import records
from wasmtrim.errors import UsageError
from wasmtrim.report import as_json, comment, markdown


def whole_report() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        dist = Dist(Path(folder))
        dist.failed("edge")
        dist.judged("edge", grown_result())
        content: dict[str, Any] = json.loads(as_json.text(dist.report("edge", "gone")))
    return content


REPORT = whole_report()


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in there."""
    found = [way] if way else []
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in entries:
        found += places(item, (*way, key)) if isinstance(item, dict | list) else [(*way, key)]
    return found


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.sampled_from(places(REPORT)), anything)
@example(("profiles", 0, "regression", "comparison", "metrics"), {})
def test_whatever_stands_in_it_it_is_refused_or_shown(way: tuple[Any, ...], value: Any) -> None:
    content = copy.deepcopy(REPORT)
    at: Any = content
    for key in way[:-1]:
        at = at[key]
    at[way[-1]] = value

    try:
        record = records.REPORT.parse(json.dumps(content).encode(), "report.json")
    except UsageError:
        return

    report = as_json.of_record(record)
    text = comment.body(report, [], comment.marker("report"))
    assert len(text.encode()) <= markdown.MOST_BYTES + 100


@given(st.text(max_size=200))
def test_any_text_is_refused(text: str) -> None:
    try:
        records.REPORT.parse(text.encode(), "report.json")
    except UsageError:
        return
    raise AssertionError(text)
