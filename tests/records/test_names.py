"""The records' names, which are looked up when they are asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from wasmtrim import records


def test_what_is_found_at_run_time_is_what_types_know() -> None:
    nodes = ast.walk(ast.parse(Path(records.__file__).read_bytes()))
    known = {
        alias.name: node.module
        for node in nodes
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wasmtrim.")
        for alias in node.names
    }
    assert dir(records) == sorted(known)
    for name, module in known.items():
        assert getattr(records, name) is getattr(import_module(str(module)), name)


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'SIZE_OF'"):
        getattr(records, "SIZE_OF")  # noqa: B009 - mypy knows that there is none


def test_only_the_module_of_a_record_that_is_asked_for_is_imported() -> None:
    code = "from wasmtrim import records; records.LOCATIONS; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = {name for name in done.stdout.split() if name.startswith("wasmtrim.records.")}
    assert loaded == {
        f"wasmtrim.records.{name}" for name in ("codec", "fields", "layout", "locations")
    }
