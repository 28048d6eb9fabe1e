"""Each format says each outcome, and nothing that came out of a build is markup in it."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from markdown_it import MarkdownIt
from tests.manual import markdown as manual
from tests.report.conftest import HOSTILE, grown_result

from wasmtrim.check import failed, not_judged
from wasmtrim.escaping import printable
from wasmtrim.records import Change, Names
from wasmtrim.records.regression import Cause
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import FOLDER, FORMATS, html, junit, markdown, terminal
from wasmtrim.report.model import Report, read

if TYPE_CHECKING:
    from tests.report.conftest import Dist

MANUAL: Final = Path(__file__).parents[2] / "docs" / "regression.md"
Parsed = tuple[object, str]  # what is markup, and all text


def plain(text: str) -> Parsed:
    return [char for char in text if not char.isprintable() and char != "\n"], text


def of_html(text: str) -> Parsed:
    tags: list[str] = []
    words: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
            tags.append(tag)

        def handle_data(self, data: str) -> None:
            words.append("" if tags[-1:] == ["script"] else data)

    Parser().feed(text)
    return tags, "".join(words)


def of_markdown(text: str) -> Parsed:
    return of_html(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def of_xml(text: str) -> Parsed:
    found = list(ET.fromstring(text).iter())
    words = [word for each in found for word in (*each.attrib.values(), each.text or "")]
    return [each.tag for each in found], "\n".join(words)


def of_json(text: str) -> Parsed:
    words: list[str] = []

    def shape(value: object) -> object:
        if isinstance(value, dict):
            words.extend(value)
            return [shape(each) for each in value.values()]
        if isinstance(value, list):
            return [shape(each) for each in value]
        words.append(printable(str(value)))
        return type(value)

    return shape(json.loads(text)), "\n".join(words)


def of_csv(text: str) -> Parsed:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return [len(row) for row in rows], "\n".join(cell for row in rows for cell in row)


# How a format's reader takes it; `plain` for one that has no markup.
PARSERS: Final[dict[str, Callable[[str], Parsed]]] = {
    "md": of_markdown,
    "json": of_json,
    "junit": of_xml,
    "codequality": of_json,
    "csv": of_csv,
    "html": of_html,
}
OUTCOMES: Final = {
    "a failed check": "env.now_ms: not allowed",
    "a budget that is exceeded": "main.render -> fmt.Sprintf",
    "a waiver": "waived: 9 more until 2026-12-31: why",
    "a budget that was not judged": "there is no base for it",
    "a hostile name": printable(HOSTILE),
}
NOTE: Final = "standard Go stands in for TinyGo"


def result(text: str) -> RegressionResult:
    """A comparison with every outcome, and `text` as a name wherever there is one."""
    grown = grown_result()
    assert grown.comparison
    changes = replace(
        grown.comparison,
        old=text,
        new=text,
        tool_changes=(text,),
        metrics={**grown.comparison.metrics, text: Change(text, 1, 2)},
        sections=(Change(text, 1, 2),),
        packages=(Change(text, 1, 2),),
        functions=(Change(text, 1, 2, package=text, was=f"old {text}"),),
        imports=Names(added=(text,)),
        exports=Names(removed=(text,)),
        causes=(Cause(text, 1, text, text),),
    )
    over, waived, shown, not_judged, held = grown.findings
    return replace(
        grown,
        base=text,
        comparison=changes,
        findings=(
            over,
            replace(waived, detail=f"{waived.detail} {text}"),
            replace(shown, name=text, offer=text),
            replace(not_judged, detail=OUTCOMES["a budget that was not judged"]),
            held,
        ),
    )


def report(dist: Dist, text: str) -> Report:
    compiler = {"name": text, "version": text, "fallback": True}
    dist.sizes("edge", compiler=compiler, stages={text: 10, "strip": 5}, notes=[NOTE, text])
    checks = (failed("imports", OUTCOMES["a failed check"]), not_judged(text, text))
    dist.verification("edge", failed(text, text), *checks)
    dist.judged("edge", result(text))
    [edge] = dist.report("edge").profiles
    return Report((replace(edge, name=text), *dist.report("gone").profiles))


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.file])
def test_a_report_says_every_outcome_and_takes_none_for_markup(name: str, dist: Dist) -> None:
    parse = PARSERS.get(name, plain)
    markup, words = parse(FORMATS[name].text(report(dist, HOSTILE)))

    for what, said in {**OUTCOMES, "a note": NOTE, "not built": "no gone.sizes.json"}.items():
        assert said in words, what
    assert markup == parse(FORMATS[name].text(report(dist, "harmless")))[0]


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.compares])
def test_a_comparison_says_every_outcome_and_takes_none_for_markup(name: str) -> None:
    parse = PARSERS.get(name, plain)
    markup, words = parse(FORMATS[name].of_result(result(HOSTILE)))

    for what, said in OUTCOMES.items():
        assert said in words or what == "a failed check", what
    assert markup == parse(FORMATS[name].of_result(result("harmless")))[0]


@pytest.mark.generated
def test_what_a_program_said_keeps_its_lines_and_the_verdict_is_its_first(dist: Dist) -> None:
    said = ["compile: go 1.26: exit status 1", "  | a.go:7:2: <b>", "  | b.go:1:1: | `x`"]

    told = read(dist.path, ["gone"], {"gone": "\n".join(said)})

    assert f"not built: {said[0]}\n" in terminal.text(told)
    text = markdown.text(told)
    assert f"| `gone` | not built | `{said[0]}` |" in text
    assert "  &#124; a.go&#58;7&#58;2&#58; &lt;b&gt;\n  &#124; b.go" in text
    assert f"{said[0]}\n  | a.go:7:2: &lt;b&gt;\n  | b.go:1:1: | `x`</pre>" in html.text(told)
    [error] = ET.fromstring(junit.text(told)).iter("error")
    assert (error.get("message"), error.text) == (said[0], "\n".join(said))


def test_the_manual_lists_every_format(is_current: Callable[[Path, str], None]) -> None:
    rows = [
        (
            f"`{name}`" if each.compares else "",
            f"`dist/{FOLDER}/{each.file}`" if each.file else "",
            each.purpose,
        )
        for name, each in FORMATS.items()
    ]
    table = manual.table(("`--format`", "file of a release", "for"), rows)
    is_current(MANUAL, manual.renewed(MANUAL.read_text(), {"formats": table}))
