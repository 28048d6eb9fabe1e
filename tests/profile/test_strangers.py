"""Whatever stands in a profile: it loads, or is refused line by line; never another exception."""

from __future__ import annotations

import copy
import json
import random
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wasmtrim import located_yaml
from wasmtrim.errors import ConfigError
from wasmtrim.profile import Loaded, diagnostics, load, schema
from wasmtrim.profile.explain import explain

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = [f.read_bytes() for f in sorted((ROOT / "config" / "profiles").glob("*.yaml"))]
VISIBLE = st.characters(exclude_categories=["C", "Zl", "Zp"])
ODD: list[Any] = [
    None, True, 0, -1, 1.5, 2**70, "", "no", "1 KiB", "../x", "/x", "a\0", "\u202e", [], [[]],
    {}, {"": None}, [None], ["compile"], {"tinygo": []}, "func()", "x" * 11_000,
]  # fmt: skip


@contextmanager
def _project(text: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "it.yaml").write_bytes(text)
        yield Path(folder)


def _judge(text: bytes) -> Loaded | None:
    """Load it; or see that each problem has a place in the file, and a line of its own."""
    with _project(text) as root:
        try:
            return load("it.yaml", root)
        except ConfigError as error:
            problems = error.problems
    assert problems
    after_the_last = text.count(b"\n") + text.count(b"\r") + 2
    for problem in problems:
        assert 1 <= problem.line <= after_the_last or problem.file != Path("it.yaml")
        assert str(problem).isprintable()
        assert "pydantic" not in str(problem)
    return None


def _value(part: schema.Schema) -> st.SearchStrategy[Any]:
    """Values that the schema allows: what the code must take, contradictions aside."""
    part = schema.resolve(part)
    if "anyOf" in part:
        return st.one_of([_value(one) for one in part["anyOf"]])
    if "const" in part:
        return st.just(part["const"])
    if "enum" in part:
        return st.sampled_from(part["enum"])
    if "examples" in part:
        return st.sampled_from([name for name in part["examples"] if not name.endswith("=N")])
    if isinstance(part.get("type"), list):
        return st.one_of([_value({**part, "type": kind}) for kind in part["type"]])
    match part.get("type"):
        case "object" if "properties" in part:
            members = {key: _value(member) for key, member in part["properties"].items()}
            needed = set(part.get("required", ()))
            return st.fixed_dictionaries(
                {key: members.pop(key) for key in needed}, optional=members
            )
        case "object":
            return st.just({})
        case "array":
            return st.lists(_value(part["items"]), max_size=3)
        case "integer":
            return st.integers(part["minimum"], part["maximum"])
        case "number":
            return st.integers(0, 100) | st.floats(0, 100)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "string" if "pattern" in part:
            return st.from_regex(
                part["pattern"].replace("$", r"\Z"), alphabet=st.characters(codec="ascii")
            )
        case "string" if part.get("format") == "date":
            return st.dates().map(str)
        case "string" if "errorMessage" in part:
            return st.sampled_from(["a", "a/b", "any", "memory"])
        case "string":
            return st.text(VISIBLE, min_size=part.get("minLength", 0), max_size=20)
        case _:
            return st.sampled_from([None, 1, "a", {"b": [1]}])


def _profiles() -> st.SearchStrategy[dict[str, Any]]:
    whole = schema.schema()
    members = {key: _value(part) for key, part in whole["properties"].items() if key != "extends"}
    return st.fixed_dictionaries({}, optional=members)


PROFILES = _profiles()
# The schema can't say that a unit depends on the metric, that a waiver ends within a year, or that
# blanks around its reason and its owner don't count, and leaves out what may be inherited.
BEYOND = re.compile(
    r"budget\[\d+\]\.(at_most|growth|floor)|waivers\[\d+\]\.(extra|until|reason|who)|smoke(\[\d+\])?\.call\.export|component\.wit"
    r"|optimize\.recipe\.\w+"
)


def check_generated(data: dict[str, Any]) -> None:
    """What fits the schema loads, or contradicts itself; what loads is shown and loads again."""
    text = json.dumps(data, ensure_ascii=False).encode()
    tree, broken = located_yaml.parse(text, Path("it.yaml"))
    _, problems = diagnostics.validate(tree)
    assert not broken
    assert not [problem for problem in problems if not BEYOND.fullmatch(problem.key)]
    loaded = _judge(text)
    if loaded is None:
        return
    with _project(explain(loaded).encode()) as root:
        assert load("it.yaml", root).profile == loaded.profile


def check_damaged(text: bytes, seed: int) -> None:
    """A committed profile with bytes changed, cut, doubled or moved."""
    chance = random.Random(seed)
    damaged = bytearray(text)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(damaged) + 1), chance.randint(0, 12)
        piece = bytes(damaged[at : at + length])
        match chance.randrange(4):
            case 0:
                damaged[at : at + length] = b""
            case 1:
                damaged[at:at] = piece * 2
            case 2:
                damaged[at:at] = chance.choice(b"\0\x1b\xff:-[]{}&*!|>#\"'\n\t ").to_bytes(1, "big")
            case _:
                elsewhere = chance.randrange(len(damaged) + 1)
                damaged[elsewhere:elsewhere] = piece
    _judge(bytes(damaged))


def check_odd(data: dict[str, Any], seed: int) -> None:
    """A valid profile with odd values in places where others are allowed."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        inner: Any = data
        while isinstance(inner, dict | list) and inner:
            key = chance.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
            if not isinstance(inner[key], dict | list) or not inner[key] or chance.random() < 0.3:
                inner[key] = copy.deepcopy(chance.choice(ODD))
                break
            inner = inner[key]
    _judge(json.dumps(data, ensure_ascii=chance.random() < 0.5).encode())


@given(PROFILES)
@settings(max_examples=200, deadline=None)
def test_a_generated_profile_loads_or_contradicts_itself(data: dict[str, Any]) -> None:
    check_generated(data)


@given(st.sampled_from(COMMITTED), st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_a_damaged_profile_loads_or_is_refused(text: bytes, seed: int) -> None:
    check_damaged(text, seed)


@given(PROFILES, st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_odd_values_are_refused(data: dict[str, Any], seed: int) -> None:
    check_odd(data, seed)


@pytest.mark.long
@given(PROFILES, st.sampled_from(COMMITTED), st.integers(0, 2**32))
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_profiles(data: dict[str, Any], text: bytes, seed: int) -> None:
    check_generated(data)
    check_damaged(text, seed)
    check_odd(data, seed)
