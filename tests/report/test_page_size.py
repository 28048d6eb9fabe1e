"""The page is one file that travels in mails and artifacts, so what it may weigh is held here.

The figures of functions are random, as real ones are to a compressor.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wasmtrim import records
from wasmtrim.records import Change, Entry
from wasmtrim.records.breakdown import Breakdown, BreakdownRecord, PackagePart, Part, Size
from wasmtrim.report import html
from wasmtrim.report.model import read

if TYPE_CHECKING:
    from tests.report.conftest import Dist

    from wasmtrim.regression.result import RegressionResult

MOST: Final = 600_000  # bytes
FUNCTIONS: Final = 1_400  # of a small Go program by the standard compiler
PACKAGES: Final = 60
NAMES: Final = [
    f"internal/package{n % PACKAGES}.(*Type{n % 97}).method{n * 7919 % 1000}"
    for n in range(FUNCTIONS)
]


def breakdown(dice: random.Random) -> Breakdown:
    sizes = [int(dice.lognormvariate(5, 1.2)) for _ in NAMES]
    functions = [
        Part(
            name,
            f"internal/package{n % PACKAGES}",
            "standard library",
            f"internal/package{n % PACKAGES}/file{n % 5}.go:{n * 31 % 900}",
            size,
            int(size * dice.uniform(0.3, 0.7)),
            int(size * dice.uniform(0.25, 0.6)),
            retained=size if n % 4 else 3 * size,
            before=dice.randrange(FUNCTIONS) if n % 3 else "the table",
        )
        for n, (name, size) in enumerate(zip(NAMES, sizes, strict=True))
    ]
    owned = PackagePart("standard library", 23, 9_000, 4_000, 3_500, 9_999, 7, approximate=False)
    rest = {f"data: part {n}": Size(9_000, 4_000, 3_000) for n in range(40)}
    return Breakdown(
        size=Size(2_000_000, 600_000, 500_000),
        overhead=Size(0, 900, 900),
        functions=tuple(functions),
        packages={f"internal/package{n}": owned for n in range(PACKAGES)},
        rest=rest,
        sections={"data": 360_000, "code": 1_500_000},
        approximate=False,
    )


def changed_all(result: RegressionResult, made: Breakdown, dice: random.Random) -> RegressionResult:
    """Every function changed, as by another version of the compiler."""
    assert result.comparison
    functions = [
        Change(part.name, max(1, part.bytes - dice.randrange(-9, 99)), part.bytes, part.package)
        for part in made.functions
    ]
    packages = [Change(name, 8_000, 9_000) for name in made.packages]
    comparison = replace(
        result.comparison, functions=tuple(functions), packages=tuple(packages), causes=()
    )
    return replace(result, comparison=comparison)


def test_a_page_of_eight_changed_go_modules_weighs_at_most_600_kb(
    dist: Dist, grown: RegressionResult
) -> None:
    dice = random.Random(1)
    names = [f"profile{n}" for n in range(8)]
    past = [
        Entry(f"2026-{n:02}-01T00:00:00Z", "c" * 40, name, "tinygo 0.41.1", n, 9, 8, 7, "f", "v1")
        for name in names
        for n in range(1, 13)
    ]
    for number, name in enumerate(names):
        dist.passed(name)
        made = breakdown(dice)
        file = dist.path / f"{name}.sizes.json"
        record = json.loads(file.read_text())
        record["stages"][-1]["sha256"] = f"{number:064x}"
        file.write_text(json.dumps(record))
        known = BreakdownRecord(f"{number:064x}", made)
        records.BREAKDOWN.write(dist.path / f"{name}.breakdown.json", known)
        dist.judged(name, changed_all(grown, made, dice))

    page = html.text(read(dist.path, names, {}, past))

    assert len(page.encode()) <= MOST
    assert page.count('class="breakdown"') == 8
