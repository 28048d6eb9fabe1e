"""The page in a real browser, as a reader uses it; screenshots lie in build/screenshots."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.regression.conftest import read_file

from wasmtrim import report
from wasmtrim.attribution import NameSources
from wasmtrim.profile import Profile
from wasmtrim.records import Entry
from wasmtrim.records.locations import SourceLocation
from wasmtrim.regression import result
from wasmtrim.regression.base import Base
from wasmtrim.report.model import read
from wasmtrim.sizes import measure

if TYPE_CHECKING:
    from tests.report.conftest import Dist

BROWSER: Final = Path(__file__).with_name("browser")
ROOT: Final = Path(__file__).parents[2]
SCREENSHOTS: Final = ROOT / "build" / "screenshots"
BIN: Final = Path(sys.executable).parent
GONE: Final = f'(func $main.gone (export "gone") {"nop " * 99})'
OLD: Final = f'(module (func $main.run (export "_start") (nop)) {GONE})'
TINY: Final = "".join(f"(func $big.f{n} (drop (i32.const {n})))" for n in range(300))
NEW: Final = f"""(module
  (import "env" "log" (func $log (param i32)))
  (memory 3) (data (i32.const 0) "{"x" * 150_000}")
  (func $big.one {"nop " * 3_000}) {TINY}
  (func $main.run (export "_start") (call $main.render (i32.const 1)))
  (func $main.render (param i32) (drop (call $fmt.Sprintf (local.get 0))))
  (func $fmt.Sprintf (param i32) (result i32) (call $strconv.Itoa (i32.const 7)) (local.get 0))
  (func $strconv.Itoa (param i32) (call $log (i32.add (local.get 0) (i32.const 123456)))))"""


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Path:
    """The folder of the script and its packages, fetched once as the lock file pins them."""
    assert request.config.cache is not None
    files = [BROWSER / name for name in ("package.json", "package-lock.json", "look.mjs")]
    key = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    folder = request.config.cache.mkdir(f"browser-{key}")
    if not (folder / "complete").exists():
        for file in files:
            shutil.copy(file, folder)
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", cwd=folder)
        (folder / "complete").touch()
    return folder


def share(fill: str) -> int:
    """How full a tile's colour is, in per cent."""
    found = re.search(r"(\d+)%", fill)
    assert found
    return int(found[1])


def _run(*argv: str, cwd: Path) -> str:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        argv, cwd=cwd, env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture
def looks(dist: Dist, assemble: Callable[[str], bytes], browser: Path) -> list[dict[str, Any]]:
    """What the browser saw, at each width and in light and dark."""
    dist.passed("edge")
    places = {"strconv.Itoa": SourceLocation("itoa.go", code={"strconv": 1, "fmt": 2})}
    dist.module("edge", assemble(NEW), NameSources(locations=places))
    dist.tuned("edge", "-Oz")
    old = dist.path / "old.wasm"
    old.write_bytes(assemble(OLD))
    base = Base(read_file(old), "the module before")
    new = read_file(dist.path / "edge.wasm")
    budget = {"metric": "raw", "at_most": 200_000}
    profile = Profile.model_validate({"module": "x.wasm", "budget": [budget]})
    dist.judged("edge", result.of_build("edge", profile, new, base, date(2026, 11, 24)))
    dist.failed("min")
    folder = dist.path / report.FOLDER
    past = [
        Entry(f"2026-01-0{n}T00:00:00Z", "c" * 40, "edge", "tinygo 0.41.1", n, 9, 8, 7, "f", "v1")
        for n in (1, 2)
    ]
    report.write(read(dist.path, ["edge", "min"], {}, past), folder)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    seen = _run("node", "look.mjs", str(folder / "index.html"), str(SCREENSHOTS), cwd=browser)
    found: list[dict[str, Any]] = json.loads(seen)
    return found


def test_the_page_works_at_every_width_in_light_and_dark(
    looks: list[dict[str, Any]], assemble: Callable[[str], bytes]
) -> None:
    assert [(look["width"], look["colorScheme"]) for look in looks] == [
        (1440, "light"),
        (1440, "dark"),
        (800, "dark"),
        (390, "light"),
    ]
    size = measure(assemble(NEW))
    for look in looks:
        assert look["faults"] == []  # no error, and no request for anything
        assert look["inaccessible"] == []
        assert not look["overflow"]
        assert look["first"] == ["min failed"]  # what does not pass comes before the others
        assert look["next"] == ["edge passed"]
        assert look["here"] == ["edge"]
        assert look["all"] == 2
        assert look["verdictAt"] < 100
        assert look["sum"][1:7] == [
            f"{size.raw:,}",
            f"+{197_210 - measure(assemble(OLD)).raw:,}",  # by the record of sizes
            "",
            "100.0",
            f"{size.gzip:,}",
            f"{size.brotli:,}",
        ]
        assert look["counts"].startswith("brotli")
        assert look["byBrotli"] == f"module: {size.brotli:,}"
        assert look["found"] == ["fmt.Sprintf"]
        assert look["inTable"] == ["fmt.Sprintf"]
        assert look["inMap"] == ["Sprintf"]
        assert look["address"] == "#profile-edge/fmt.Sprintf"
        assert "under brotli" in look["chosen"]
        assert "bytes would leave with it" in look["chosen"]
        assert look["chain"] == [
            "the module's export _start",
            "main.run",
            "main.render",
            "fmt.Sprintf",
        ]
        assert look["charts"] == ["bytes", "gzip", "brotli", "fuel"]
        about = [re.split(r"[\t\n]", row)[:2] for row in look["about"]]
        assert about == [["fmt ≈", "18"], ["strconv ≈", "4"]]
        assert look["valued"] == ["1", "2", "9", "9"]  # the first charts' points
        assert look["keepsFocus"]
        assert sorted(look["ofPackage"]) == ["main.gone", "main.render", "main.run"]
        assert (look["nothing"], look["query"]) == ("0 rows", "")
        assert look["csv"][0] == "\ufefffunction,bytes,delta,change,% of bytes,gzip,brotli,package"
        assert len(look["csv"]) == 1 + look["rows"][1]
        assert look["rows"] == [100, 306]  # at first, and after scrolling to the end
        assert look["tiles"] > 3
        assert look["smaller"]
        assert look["opened"] > 10
        assert look["zoomed"] == look["back"] + 1
        assert look["second"]
        assert look["onPaper"] == {"cut": 0, "sum": "static"}
        assert look["printed"]["tiles"] > 3  # of the profile that is not on show
        assert look["printed"]["shown"] == 1  # afterwards it is as before
        assert look["sorted"] == "delta"
        assert any("main.gone" in row and "removed" in row for row in look["changes"])
        assert any("fmt.Sprintf" in row and "added" in row for row in look["changes"])
        assert look["removed"] == ["main.gone, 102 bytes removed"]
        assert "main.gone: it took 102 bytes; removed, -102" in look["gone"]
        assert look["linked"] == {"name": "big.f7", "seen": True}
        assert share(look["fills"]["big.one"]) > 90  # the largest change of a function
        assert share(look["fills"]["main"]) < 30
