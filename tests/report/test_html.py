from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from tests.report.conftest import HOSTILE

from wasmtrim.check import failed, held, not_judged
from wasmtrim.records import Change, Entry
from wasmtrim.records.regression import Cause
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import html, terminal
from wasmtrim.report.model import read
from wasmtrim.sizes import measure

if TYPE_CHECKING:
    from tests.report.conftest import Dist

MODULE = """(module
  (import "env" "log" (func $log (param i32)))
  (func $main.run (export "_start") (call $fmt.Sprintf (i32.const 1)) (drop))
  (func $fmt.Sprintf (param i32) (result i32) (call $log (i32.const 7)) (local.get 0)))"""


class Elements(HTMLParser):
    """Collects the tags of a page, and its text outside of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] not in ("script", "style"):
            self.words += data


def data_of(page: str) -> Any:
    found = re.search(r'<script type="text/plain" id="data">([\w+/=]*)</script>', page)
    assert found
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


def test_the_page_needs_nothing_beside_it(dist: Dist) -> None:
    dist.passed("edge")

    page = Elements(html.text(dist.report("edge")))

    for _, attributes in page.tags:
        assert "http" not in (attributes.get("src") or "")
        assert (attributes.get("href") or "#").startswith("#")
    assert "link" not in [tag for tag, _ in page.tags]


def test_every_verdict_check_and_flag_is_there(dist: Dist, grown: RegressionResult) -> None:
    dist.failed("edge")
    dist.judged("edge", grown)

    words = Elements(html.text(dist.report("edge", "gone"))).words

    for told in (
        "2 profiles: 1 failed (edge), 1 not built (gone)",
        "no gone.sizes.json and no gone.verify.json in dist/",
        "env.now_ms: not allowed",
        "waived: budget gzip growth",
        "the committed one",
        "import added: wasi_snapshot_preview1.fd_write: func(i32) -> i32",
        "export removed: add: func()",
        "optimize-program in.wasm",
        "brotli 1.2.1, quality 11",
    ):
        assert told in words


def test_the_size_that_counts_comes_first_and_is_bold(dist: Dist) -> None:
    dist.sizes("edge", metric="brotli")

    page = html.text(read(dist.path, ["edge"], {}))

    stages = page[page.index("Stages of edge") :]
    headings = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', stages)
    assert headings[:3] == ["stage", "brotli", "bytes"]
    assert '<td class="number"><strong>49,302</strong></td>' in stages


def test_the_size_that_counts_comes_first_in_every_table_and_picture(dist: Dist) -> None:
    dist.sizes("edge", metric="brotli")
    dist.verification("edge", held("imports", "16 allowed"))
    past = [
        Entry(f"2026-01-0{n}T00:00:00Z", "c" * 40, "edge", "tinygo 0.41.1", n, 9, 8, 7, "f")
        for n in (1, 2)
    ]

    page = html.text(read(dist.path, ["edge"], {}, past))

    headings = re.findall(r'<th scope="col" class="number">(\w+)</th>', page)
    assert headings[:4] == ["brotli", "bytes", "gzip", "fuel"]  # of all profiles
    assert '<td class="number" data-label="brotli"><strong>49,302</strong></td>' in page
    assert re.findall(r"<dt>(\w+)</dt>", page)[:2] == ["brotli", "bytes"]
    assert '<div class="counts"><dt>brotli</dt>' in page
    assert re.findall(r'<p class="title">(\w+)</p>', page) == ["brotli", "bytes", "gzip"]
    assert re.findall(r"<figcaption><strong>(\w+)", page) == ["brotli", "bytes", "gzip", "fuel"]


def test_the_history_has_its_figures_in_a_table(dist: Dist) -> None:
    dist.passed("edge")
    past = [
        Entry("2026-01-01T00:00:00Z", "c" * 40, "edge", "tinygo 0.41.1", 900, 90, 80, None, "f"),
        Entry("2026-01-02T00:00:00Z", "d" * 40, "edge", "tinygo 0.41.1", 1000, 99, 88, 7, "f"),
    ]

    page = html.text(read(dist.path, ["edge"], {}, past))

    rows = page[page.index("History of edge") :].split("</tbody>")[0].split("<tr>")[2:]
    cells = [re.findall(r'data-label="(\w+)">([^<]*)</td>', row) for row in rows]
    assert cells[0] == [
        ("bytes", "1,000"),
        ("delta", "+100"),
        ("gzip", "99"),
        ("brotli", "88"),
        ("fuel", "7"),
    ]
    assert cells[1][-1] == ("fuel", "")


def test_nothing_that_came_out_of_a_module_is_markup(dist: Dist, grown: RegressionResult) -> None:
    dist.failed("edge", HOSTILE)
    dist.judged("edge", grown)

    page = html.text(dist.report("edge"))

    assert page.count("<script") == 2  # the data and our own
    assert "alert(1)</script>" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_data_add_up_to_the_file_raw_and_compressed(
    dist: Dist, assemble: Callable[[str], bytes]
) -> None:
    dist.passed("edge")
    module = assemble(MODULE)
    dist.module("edge", module)

    data = data_of(html.text(dist.report("edge")))

    [(key, held)] = data["modules"].items()
    sections, whole = held["sections"], measure(module)
    for place, column in enumerate(("bytes", "gzip", "brotli")):
        size = (whole.raw, whole.gzip, whole.brotli)[place]
        parts = sum(data["columns"][column][key]) + sum(s[2 + place] for s in sections)
        assert parts + held["overhead"][place] == held["size"][place] == size


def test_each_function_knows_what_keeps_it(dist: Dist, assemble: Callable[[str], bytes]) -> None:
    dist.passed("edge")
    dist.module("edge", assemble(MODULE))

    data = data_of(html.text(dist.report("edge")))

    [(key, held)] = data["modules"].items()
    columns = {name: column[key] for name, column in data["columns"].items()}
    _, sprintf = columns["bytes"]
    assert data["functions"]["name"] == ["main.run", "fmt.Sprintf"]
    assert columns["of"] == [0, 1]
    assert columns["before"] == ["the module's export _start", 0]
    assert columns["more"] == [sprintf, 0]  # what would leave with it beside its own bytes
    package = data["functions"]["package"][1]
    [fmt] = (each for each in held["packages"] if each[0] == package)
    assert fmt[1:3] == [1, sprintf]
    assert fmt[5:] == [sprintf, 1, False]  # what would leave with it, and its nearest function
    assert held["atLeast"] is False  # no table, nothing is called through it


def test_profiles_that_ship_the_same_module_share_it(
    dist: Dist, assemble: Callable[[str], bytes]
) -> None:
    for name in ("edge", "min"):
        dist.passed(name)
        dist.module(name, assemble(MODULE))

    assert len(data_of(html.text(dist.report("edge", "min")))["modules"]) == 1


def test_a_module_that_fails_is_taken_apart_too(
    dist: Dist, assemble: Callable[[str], bytes]
) -> None:
    dist.failed("edge")
    dist.module("edge", assemble(MODULE))
    (dist.path / "edge.wasm").unlink()

    assert len(data_of(html.text(dist.report("edge")))["modules"]) == 1


def test_what_is_known_of_another_module_is_not_shown(
    dist: Dist, assemble: Callable[[str], bytes]
) -> None:
    dist.passed("edge")
    dist.module("edge", assemble(MODULE))
    dist.passed("edge")

    assert data_of(html.text(dist.report("edge")))["modules"] == {}


def test_the_profile_that_fails_is_told_first_and_what_several_are_told_is_told_once(
    dist: Dist,
) -> None:
    dist.sizes("edge", notes=["standard Go stands in for TinyGo"])
    dist.verification("edge", not_judged("size raw", "not judged (fallback): 9 bytes"))
    dist.sizes("min", notes=["standard Go stands in for TinyGo", "of min alone"])
    dist.verification("min", failed("imports", "env.now_ms: not allowed"))

    page = html.text(dist.report("edge", "min"))

    assert page.index("1 failed (min)") < page.index("<table")
    assert page.count("standard Go stands in for TinyGo") == 1
    assert "<strong>all 2 profiles</strong>: standard Go stands in for TinyGo" in page
    assert page.index("of min alone") > page.index('id="profile-min"')
    assert "1 limit not judged (fallback)" in page


def test_a_thousand_builds_are_a_line_with_their_notes(dist: Dist) -> None:
    dist.passed("edge")
    day = "2026-01-01T00:00:00+00:00"
    first = Entry(day, "c" * 40, "edge", "tinygo 0.41.1", 0, 9, 8, None, "f")
    past = [
        replace(first, date=f"2026-01-01T{n // 60:02}:{n % 60:02}:00+00:00", raw=200_000 + n)
        for n in range(1000)
    ]
    past[500] = replace(past[500], note="v1")

    page = html.text(read(dist.path, ["edge"], {}, past))

    assert "1,000 builds from 2026-01-01 to 2026-01-01." in page
    assert "<strong>bytes</strong> 200,000 =&gt; 200,999</figcaption>" in page
    assert re.findall(r'<span class="value.*?>([\d,]+)</span>', page)[:2] == ["200,000", "200,999"]
    assert "The last 20 builds." in page
    assert 'x1="500.5" x2="500.5" y1="0" y2="100"><title>2026-01-01: v1</title>' in page
    assert len(page) < 100_000


def test_the_same_report_is_the_same_page(dist: Dist, grown: RegressionResult) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)

    assert html.text(dist.report("edge")) == html.text(dist.report("edge"))


def test_what_fails_is_a_table_with_its_causes_as_links_into_the_map(
    dist: Dist, grown: RegressionResult
) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)

    page = html.text(dist.report("edge"))

    cells = re.findall(r'<td class="number" data-label="([^"]*)">([^<]*)</td>', page)
    assert cells[-4:] == [
        ("base", "197,210"),
        ("now", "258,414"),
        ("allowed", "198,234"),
        ("over by", "60,180"),
    ]
    link = '<a href="#profile-edge/fmt.Sprintf">main.render -&gt; fmt.Sprintf</a>'
    assert f'<div>{link} <span class="number">+60,004</span></div>' in page
    whole = '<a href="#profile-edge/section%20data">section data</a>'
    assert f'<div>{whole} <span class="number">+900</span></div>' in page
    assert '<div>all else <span class="number">-724</span></div>' in page
    assert "To let it pass: accept it: run <code>scons baseline</code>." in page


def test_below_a_cause_stands_what_came_with_it(dist: Dist, grown: RegressionResult) -> None:
    cause = Cause("section data", 900, "its largest parts: main.table 800", section="data")
    [over, *others] = grown.findings
    dist.passed("edge")
    dist.judged("edge", replace(grown, findings=(replace(over, causes=(cause,)), *others)))

    page = html.text(dist.report("edge"))

    told = '<span class="quiet">its largest parts: main.table 800</span></div>'
    assert f'<span class="number">+900</span> {told}' in page


def test_what_fails_has_no_figures_where_no_budget_is_exceeded(dist: Dist) -> None:
    dist.failed("edge")

    page = html.text(dist.report("edge"))

    assert '<th scope="col">what fails</th><th scope="col">why</th>' in page
    assert '<th scope="row">imports</th><td class="name">env.now_ms: not allowed</td>' in page


def test_below_each_figure_stands_its_difference_to_the_base(
    dist: Dist, grown: RegressionResult
) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)

    page = html.text(dist.report("edge"))

    overview = page[page.index("<table") : page.index("</table")]
    cells = re.findall(
        r'data-label="([^"]*)">([^<]*)(?:<br><span class="(\w+)">(.*?)</span>)?', overview
    )
    assert cells == [
        ("bytes", "197,210", "grown", "+61,204 (+31.0\xa0%)"),
        ("gzip", "65,736", "", ""),  # not in this comparison
        ("brotli", "49,302", "grown", "+6,000 (+10.0\xa0%)"),
        ("fuel", "1,077,184", "shrunk", "-823 (-0.1\xa0%)"),
    ]
    figures = page[page.index('<dl class="figures">') : page.index("</dl>")]
    assert figures.count(" since the base</dd>") == 3
    assert figures.count("by the stages after link</dd>") == 3


def test_below_a_figure_that_is_as_in_the_base_stands_nothing(
    dist: Dist, grown: RegressionResult
) -> None:
    assert grown.comparison
    same = replace(grown.comparison, metrics={"raw": Change("raw", 197_210, 197_210)})
    dist.passed("edge")
    dist.judged("edge", replace(grown, comparison=same))

    page = html.text(dist.report("edge"))

    assert '<td class="number" data-label="bytes">197,210</td>' in page
    assert "0</span> since the base</dd>" in page


def test_of_the_same_bytes_no_change_is_told(dist: Dist, grown: RegressionResult) -> None:
    assert grown.comparison
    dist.passed("edge")
    dist.judged("edge", replace(grown, comparison=replace(grown.comparison, identical=True)))

    told = dist.report("edge")

    assert "Packages:" not in html.text(told)
    assert "fmt" not in terminal.text(told).partition("changed: the same bytes")[2].splitlines()[0]


def test_each_build_of_a_short_history_is_a_point_with_its_figures(dist: Dist) -> None:
    dist.passed("edge")
    first = Entry(
        "2026-01-01T00:00:00+00:00", "c" * 40, "edge", "tinygo 0.41.1", 900, 90, 80, None, "f"
    )
    past = [first, replace(first, date="2026-01-02T00:00:00+00:00", raw=1_000)]

    page = html.text(read(dist.path, ["edge"], {}, past))

    assert '<path d="M1000.0 20.0h0"><title>2026-01-02: 1,000</title></path>' in page


def test_the_history_has_a_scale_a_metric_the_budgets_line_and_notes_at_their_points(
    dist: Dist, grown: RegressionResult
) -> None:
    dist.passed("edge")
    dist.judged("edge", grown)  # allowed are 198,234 bytes raw
    first = Entry(
        "2026-01-01T00:00:00+00:00", "c" * 40, "edge", "tinygo 0.41.1", 190_000, 90, 80, None, "f"
    )
    second = replace(first, date="2026-01-02T00:00:00+00:00", raw=194_117, gzip=70, note="v1")
    third = replace(first, date="2026-01-03T00:00:00+00:00", raw=191_000, gzip=80)

    page = html.text(read(dist.path, ["edge"], {}, [first, second, third]))

    charts = re.findall(r"<figcaption><strong>(.*?)</strong> (.*?)</figcaption>", page)
    budget = '; <span class="allowed">the budget allows 198,234</span>'
    assert charts == [  # no fuel: no build has it
        ("bytes", f"190,000 =&gt; 191,000{budget}"),
        ("gzip", "90 =&gt; 80"),
        ("brotli", "80 =&gt; 80"),
    ]
    lines = re.findall(r'<polyline points="(.*?)"', page)
    assert lines[:2] == ["0.0,80.0 500.0,50.0 1000.0,72.7", "0.0,20.0 500.0,80.0 1000.0,50.0"]
    assert '<line class="allowed" x1="0" x2="1000" y1="20.0" y2="20.0">' in page
    at = re.findall(r'class="note" style="(.*?)" title="2026-01-02: v1" [^>]*>1<', page)
    assert at[:2] == [f"left:calc(500.0% / 10);top:{height}%" for height in ("50.0", "80.0")]
    assert "<li>2026-01-02: v1</li>" in page


def test_notes_that_would_overlap_are_numbered_in_the_list_only(dist: Dist) -> None:
    dist.passed("edge")
    day = "2026-01-01T00:00:{:02}+00:00"
    first = Entry(day.format(0), "c" * 40, "edge", "tinygo 0.41.1", 9, 9, 8, None, "f")
    past = [replace(first, date=day.format(n), note=f"note {n}") for n in range(41)]

    page = html.text(read(dist.path, ["edge"], {}, past))

    assert page.count("<li>2026-01-01: note") == 41
    assert page.count('class="note"') == 3 * 21
