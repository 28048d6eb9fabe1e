"""The decision flow and the score: from findings to a verdict, by the rules for a target."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from wasmtrim.assess import rules, scoring, tinygo_support, weights
from wasmtrim.assess.assessment import Assessment, Build, Said
from wasmtrim.assess.facts import Facts, Files, Frame, Invalid, LibraryImport, Platform, Use
from wasmtrim.errors import ConfigError

RULES = rules.load()
SUPPORT = tinygo_support.load("0.41.1")
BOTH = ("linux/amd64", "wasip1/wasm")
NOTHING = Facts("m", (), Files(1, 1, 0, 0, 0, 0), (Platform("linux/amd64", ()),), (), 0, ())


def use(rule: str, *, direct: bool = True, certain: bool = True, on: tuple[str, ...] = BOTH) -> Use:
    return Use(
        rule, "x.Y", "main.go", 3, direct, certain, "m", on, (Frame("m.main", "main.go", 3),)
    )


def assessed(
    *uses: Use,
    target: rules.Target = "wasip1",
    weighted: dict[rules.DimensionName, float] | None = None,
    facts: Facts = NOTHING,
) -> Assessment:
    found = replace(facts, findings=uses)
    return scoring.assess(found, RULES, weighted or RULES.weights, target, SUPPORT)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ((), "candidate"),
        ((use("stdio"), use("file"), use("timer")), "candidate"),
        ((use("precise-timer"), use("file")), "downgrade"),
        ((use("socket"),), "downgrade"),
        ((use("signal"),), "downgrade"),
        ((use("host-path"), use("precise-timer")), "not-migratable"),
        ((use("cgo", on=()),), "not-migratable"),
        ((use("cgo", direct=False, on=()),), "not-migratable"),
        ((use("kernel"),), "not-migratable"),
        ((use("process"),), "not-migratable"),
        ((use("kernel", on=("linux/amd64",)),), "downgrade"),
        ((use("kernel", direct=False, on=("linux/amd64",)),), "candidate"),
        ((use("host-path", direct=False),), "not-migratable"),
        ((use("host-path", direct=False, certain=False),), "downgrade"),
    ],
)
def test_the_verdict_is_that_of_the_worst_finding(found: tuple[Use, ...], verdict: str) -> None:
    assert assessed(*found).verdict == verdict


def test_nothing_found_is_full_marks() -> None:
    assert assessed().score == 100
    assert assessed().dimensions == {"io": 100, "system": 100, "timing": 100}


def test_what_works_costs_nothing() -> None:
    assert assessed(*[use("stdio"), use("clock"), use("environment")] * 1000).score == 100


def test_each_finding_takes_its_part_of_what_is_left() -> None:
    two = assessed(use("file"), use("socket"))
    assert two.dimensions == {"io": round(100 * 0.98 * 0.92, 1), "system": 100, "timing": 100}
    assert two.score == round(0.4 * 100 * 0.98 * 0.92 + 60, 1)


def test_the_weights_change_the_figure() -> None:
    found = use("socket")
    assert assessed(found).score == 96.8
    assert assessed(found, weighted={"io": 80, "system": 10, "timing": 10}).score == 93.6


def test_the_target_changes_severity_and_what_takes_its_place() -> None:
    on_wasip1, on_wasip2 = (
        assessed(use("http-server")),
        assessed(use("http-server"), target="wasip2"),
    )
    assert (on_wasip1.verdict, on_wasip2.verdict) == ("downgrade", "candidate")
    assert "wasi:http/incoming-handler" in on_wasip2.findings[0].instead
    assert "the host listens" in on_wasip1.findings[0].instead


def test_code_that_the_target_does_not_compile_is_blocked_with_its_way() -> None:
    own = Invalid("m", True, False, "a.go", 7, "", 0, "undefined: unix.Kill", ())
    other = Invalid("d", False, False, "d/d.go", 2, "main.go", 5, "undefined: x", ("m", "d"))
    cgo = replace(own, cgo=True)
    platforms = (Platform("linux/amd64", (cgo,)), Platform("wasip1/wasm", (own, other, other, cgo)))
    found = assessed(facts=replace(NOTHING, platforms=platforms))
    assert [(f.rule, f.file, f.line, f.direct) for f in found.findings] == [
        ("not-valid", "a.go", 7, True),
        ("not-valid", "main.go", 5, False),
    ]
    assert found.findings[1].path[-1].file == "d/d.go"
    assert found.notes == ("not read further, for want of its C code: m",)


def test_tinygo_has_findings_of_its_own() -> None:
    library = (
        LibraryImport("net/http/pprof", "main.go", 4, ("m",)),
        LibraryImport("strconv", "main.go", 5, ("m", "d")),
        LibraryImport("sort", "main.go", 6, ("m",)),
    )
    facts = replace(NOTHING, library=library)
    found = assessed(facts=facts, target="tinygo")
    assert [(f.rule, f.symbol, f.direct) for f in found.findings] == [
        ("tinygo-package", "net/http/pprof", True),
        ("tinygo-tests", "strconv: requires recover()", False),
    ]
    assert found.verdict == "not-migratable"
    assert "0.39" in found.notes[0]
    assert assessed(facts=facts).findings == ()


@pytest.mark.parametrize(
    ("version", "table"),
    [("0.28.0", "0.31"), ("0.38.0", "0.31"), ("0.41.1", "0.39"), ("1.0", "0.42")],
)
def test_the_newest_table_that_is_no_newer_counts(version: str, table: str) -> None:
    assert tinygo_support.load(version).version == table


def test_a_compilers_message_is_led_to_the_finding_at_its_place() -> None:
    said = (Said("main.go", 3, "undefined"), Said("b.go", 1, "other"))
    build = Build("m", "go", "1.26.6", None, said)
    found = scoring.assess(
        replace(NOTHING, findings=(use("kernel"),)),
        RULES,
        RULES.weights,
        "wasip1",
        SUPPORT,
        [build],
    )
    assert [message.finding for message in found.builds[0].said] == [0, None]


def test_weights_are_the_projects(tmp_path: Path) -> None:
    assert weights.load(RULES, tmp_path) == {"io": 40, "system": 35, "timing": 25}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "assess.yaml").write_text("weights: {io: 1, system: 1, timing: 0}\n")
    assert weights.load(RULES, tmp_path) == {"io": 50, "system": 50, "timing": 0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("weihgts: {}", "1:1: weihgts: unknown key; did you mean 'weights'? allowed is weights"),
        ("weights: {sytem: 1}", "1:11: weights.sytem: unknown key; did you mean 'system'? allowed"),
        ("weights: {io: much}", "found the text 'much'; allowed is a number from 0 to 1,000"),
        ("weights: {io: -1}", "found the number -1; allowed is a number from 0 to 1,000"),
        ("weights: 3", "found the number 3; allowed is a map of the dimensions"),
        ("weights: {io: 0, system: 0, timing: 0}", "all are 0; one is more"),
    ],
)
def test_wrong_weights_are_told_with_their_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "assess.yaml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        weights.load(RULES, tmp_path)
    assert said in str(refused.value)


def test_every_rule_has_something_for_every_target() -> None:
    for name, rule in RULES.rules.items():
        for target in rules.TARGETS:
            severity = rule.severity_on(target, direct=True, certain=True, elsewhere=False)
            assert severity in rules.SEVERITIES, name
            assert rule.instead_on(target) or rule.silent, name


@pytest.mark.parametrize("kind", ["functions", "types", "packages"])
def test_a_name_stands_once_in_the_rules(kind: str) -> None:
    names = [name for rule in RULES.rules.values() for name in getattr(rule, kind)]
    assert len(names) == len(set(names))
