"""The flame graph in a real browser, as a reader uses it; screenshots lie in build/screenshots."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.hotspots.test_formats import NEW, OLD
from tests.report.test_page import SCREENSHOTS, browser

from wasmtrim.hotspots import formats
from wasmtrim.hotspots.formats import View

__all__ = ["browser"]
SCRIPT = Path(__file__).with_name("flame.mjs")


def test_a_reader_finds_what_grew(browser: Path, tmp_path: Path) -> None:
    page = tmp_path / "flame.html"
    page.write_bytes(formats.made("html", View(NEW, OLD)))
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    shutil.copy(SCRIPT, browser)
    argv = ["node", str(browser / SCRIPT.name), str(page), str(SCREENSHOTS)]
    ran = subprocess.run(argv, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    for look in json.loads(ran.stdout):
        assert look["faults"] == look["violations"] == []
        assert not look["overflow"]
        assert look["bars"] == look["again"] >= 5
        assert {"grown", "added"} <= set(look["colours"])
        told = "image/gif.Encode: 807 instructions, 80.1 % of all; 600 of its own; 750 before (+57)"
        assert look["chosen"].startswith(told)
        assert look["zoomed"] >= 4
        assert look["below"].startswith("runtime.alloc, ")
        assert (look["found"], look["faded"] > 0) == (1, True)
        assert look["allocating"].split()[0] == "4,096"
