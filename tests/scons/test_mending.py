"""A damaged record is told in a line and made again, whoever reads it."""

from __future__ import annotations

import pytest
from tests.scons.project import Project


@pytest.mark.parametrize(
    "pattern",
    [
        "build/stages/hello-????????.features.json",
        "build/runs/hello-strip-????????-????????/run.json",
        "dist/hello.sizes.json",
        "dist/hello.verify.json",
        "dist/hello.regression.json",
        "dist/hello.breakdown.json",
    ],
)
def test_a_damaged_record_is_made_again(built: Project, pattern: str) -> None:
    (record,) = built.root.glob(pattern)
    whole = record.read_text()
    record.write_text(whole[: len(whole) // 2])
    if record.name == "run.json":  # which only another verification reads
        built.edit("config/profiles/hello.yaml", "smoke:", "limits: {raw: 1 MiB}\nsmoke:")
    ended = built.scons()
    name = record.relative_to(built.root)
    assert f"wasmtrim: {name}: damaged, so it is made again\n" in ended.stderr
    assert record.read_text().count('"') >= whole.count('"')
    assert "passed: " in ended.tells("hello")
    assert built.scons().commands == []


def test_several_at_once(built: Project) -> None:
    damaged = [*built.root.glob("build/stages/*.size.json")]
    damaged += built.root.glob("build/stages/*-optimize-*.stage.json")
    for record in damaged:
        record.write_text("{")
    ended = built.scons("-j2")
    assert "passed: " in ended.tells("hello")
    assert built.scons("-j2").commands == []
    assert all(record.read_text() != "{" for record in damaged if record.name.endswith("size.json"))
