"""The subset of YAML that is read, where each value stands, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wasmtrim import located_yaml
from wasmtrim.errors import UsageError
from wasmtrim.located_yaml import MAX_BYTES, MAX_PROBLEMS, Node, find, merge, parse

FILE = Path("some.yaml")


def read(text: str) -> Any:
    tree, problems = parse(text.encode(), FILE)
    assert not problems
    return tree.plain()


def refused(data: str | bytes) -> list[str]:
    _, problems = parse(data.encode() if isinstance(data, str) else data, FILE)
    return [str(problem).removeprefix("some.yaml:") for problem in problems]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("", None), ("~", None), ("null", None), ("true", True), ("FALSE", False),
        ("12", 12), ("-3", -3), ("1.5", 1.5), ("1e3", 1000.0), ("-.5", -0.5),
        # What YAML 1.1 would take for something else is the text that it looks like.
        ("no", "no"), ("on", "on"), ("yes", "yes"), ("010", "010"), ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("12:30", "12:30"), ("2026-12-31", "2026-12-31"), (".inf", ".inf"), ("1e999", "1e999"),
        ("=", "="), ("<<", "<<"), ("9" * 5000, "9" * 5000),
        ("'12'", "12"), ('"true"', "true"), ("|\n a\n b", "a\nb"),
    ],
)  # fmt: skip
def test_a_scalar_means_what_it_looks_like(scalar: str, value: object) -> None:
    found = read(f"key: {scalar}")["key"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_texts() -> None:
    assert read("{1: a, no: b, null: c, true: d}") == {
        "1": "a",
        "no": "b",
        "null": "c",
        "true": "d",
    }


def test_an_empty_file_is_an_empty_map() -> None:
    assert read("") == read("# only a comment\n") == {}


def test_a_mark_of_the_byte_order_is_passed_over() -> None:
    assert read("\ufeffkey: 1") == {"key": 1}


def test_a_map_laid_over_another_replaces_what_it_names() -> None:
    base, _ = parse(b"a: {x: 1, y: [1, 2]}\nb: 1\n", Path("base.yaml"))
    over, _ = parse(b"\n\na: {y: [3]}\nc: null\n", FILE)
    tree = merge(base, over)
    assert tree.plain() == {"a": {"x": 1, "y": [3]}, "b": 1, "c": None}
    places = {keys: str(find(tree, keys)[1].key_at) for keys in (("a", "x"), ("a", "y"), ("b",))}
    assert places == {
        ("a", "x"): "base.yaml:1",
        ("a", "y"): "some.yaml:3",
        ("b",): "base.yaml:2",
    }


def test_a_value_is_found_by_the_way_to_it_as_far_as_it_goes() -> None:
    tree, _ = parse(b"a: {b: [1, {c: 2}]}", FILE)
    assert find(tree, ("a", "b", 1, "c"))[1].value == 2
    way, node = find(tree, ("a", "b", 7, "c"))
    assert (way, node.plain()) == (("a", "b"), [1, {"c": 2}])
    assert located_yaml.dotted(("a", "b", 1, "c")) == "a.b[1].c"


def test_a_file_that_cannot_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^some\.yaml: it is a folder; name a file in its place$"):
        located_yaml.read(tmp_path, FILE)


def test_each_value_knows_its_place() -> None:
    tree, _ = parse(b"a:\n  b: [1, two]\n", FILE)
    assert isinstance(tree.value, dict)
    a = tree.value["a"]
    assert isinstance(a.value, dict)
    b = a.value["b"]
    assert isinstance(b.value, list)
    assert (b.key_at, b.at) == (
        located_yaml.Position(FILE, 2, 3),
        located_yaml.Position(FILE, 2, 6),
    )
    assert b.value[1] == Node("two", located_yaml.Position(FILE, 2, 10))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: &x 1", "1:4: the anchor &x; anchors and aliases are not allowed"),
        ("a: 1\nb: *x", "2:4: the alias *x; write the value out"),
        ("a: !!python/object/apply:os.system [ls]",
         "1:4: the tag 'tag:yaml.org,2002:python/object/apply:os.system'; tags are not allowed"),
        ("a: !!str 1", "1:4: the tag 'tag:yaml.org,2002:str'; tags are not allowed"),
        ("a: 1\nb: 2\na: 3", "3:1: a: given before, in line 1; each key once"),
        ("[1, 2]: 3", "1:1: a list as a key; one line of at most 1000 visible characters"),
        ("- 1", "1:1: found a list; the file is a map of keys"),
        ("a: 1\n---\nb: 2", "2:1: a second document; one document a file"),
        ('a: "x\\0y"', "1:4: U+0000 (a control character); write it as visible text"),
        ("a: x\0y", "1:5: U+0000 (a control character); write it as visible text"),
        ("a: 1\n# \u202e", "2:3: U+202E (right-to-left override); write it as visible text"),
        ("a: x\u200by", "1:5: U+200B (zero width space); write it as visible text"),
        ("a: x\x1b[2J", "1:5: U+001B (a control character); write it as visible text"),
        ("a: x\x85y", "1:5: U+0085 (a control character); write it as visible text"),
        (b"a: \xff", "1:1: no UTF-8; write it in UTF-8"),
        ("a: " + "x" * 10_001, "1:4: a text of 10,001 characters; at most 10,000"),
        ("x" * 1_001 + ": 1", "1:1: the text 'xx"),
        ('"a\\nb": 1', "1:1: the text 'a\\nb' as a key; one line of at most 1000"),
    ],
)  # fmt: skip
def test_what_could_harm_or_hide_is_refused(text: str | bytes, line: str) -> None:
    lines = refused(text)
    assert len(lines) == 1
    assert lines[0].startswith(line)


def test_a_syntax_error_has_its_line() -> None:
    assert refused("a: 1\nb: [1, 2\nc: 3")[0].startswith("3:")
    assert refused("a: b: c")[0].startswith("1:5: no YAML: ")


def test_nesting_is_bounded() -> None:
    assert refused("a: " + "[" * 50 + "]" * 50) == ["1:23: nested too deep; at most 20 levels"]
    for opening in ("[", "{b: ", "- ", "? "):
        assert len(refused("a:\n " + opening * 100_000)) == 1


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    lines = refused("\n".join(["a0: &a0 [x]", *rows]))
    assert len(lines) == MAX_PROBLEMS


def test_a_file_of_10_mb_is_refused_unread() -> None:
    assert refused(b"a: " + b"x" * 10_000_000) == [
        f"1:1: the file is too long; at most {MAX_BYTES:,} bytes"
    ]


def test_all_problems_of_a_file_are_told_at_once() -> None:
    assert [line.split(":")[0] for line in refused("a: &x 1\nb: *x\nb: !t 2\nc: \"\\u202e\"")] == [
        "1", "2", "3", "3", "4",
    ]  # fmt: skip


def test_without_the_c_parser_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: [1, 'two', {b: null}]\nc: |\n  text\nd: &x *y"
    fast = parse(text.encode(), FILE)
    monkeypatch.setattr(located_yaml, "_LOADER", yaml.SafeLoader)
    slow = parse(text.encode(), FILE)
    assert fast[0] == slow[0]


VISIBLE = st.characters(exclude_categories=["C", "Zl", "Zp"])
KEYS = st.text(st.characters(exclude_categories=["C", "Z"]))
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(VISIBLE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(KEYS, PLAIN, max_size=4))
def test_json_is_read_as_json(data: dict[str, Any]) -> None:
    assert read(json.dumps(data, ensure_ascii=False)) == data


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_give_a_tree_or_problems(data: bytes) -> None:
    tree, _ = parse(data, FILE)
    assert isinstance(tree.plain(), dict)


@given(st.text("ab:-[]{}#&*!|>'\"%@`,? \n\t0", max_size=200))
def test_any_yaml_like_text_gives_a_tree_or_problems(text: str) -> None:
    tree, _ = parse(text.encode(), FILE)
    assert isinstance(tree.plain(), dict)
