"""Own and third-party crates, by Cargo.lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasmtrim.attribution.names import cargo_lock
from wasmtrim.attribution.packages.groups import Proof, group_of
from wasmtrim.attribution.symbols import parse
from wasmtrim.errors import UsageError

LOCK = """
[[package]]
name = "my-plugin"
version = "0.1.0"

[[package]]
name = "serde"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
"""


def test_a_lock_file_tells_own_crates_from_others(tmp_path: Path) -> None:
    path = tmp_path / "Cargo.lock"
    path.write_text(LOCK)
    proof = Proof(crates=cargo_lock.read(path))
    crates = [
        group_of(parse(f"_RNvC{name}4main"), proof)
        for name in ("9my_plugin", "5serde", "4core", "5other")
    ]
    assert [name for name, _ in crates] == ["own", "third party", "standard library", "unknown"]


@pytest.mark.parametrize("text", ["", "[", "package = 1", "[[package]]\nname = 1", "\xff"])
def test_what_is_no_lock_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "Cargo.lock"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(UsageError, match="not a lock file of cargo"):
        cargo_lock.read(path)
