"""From a profile's file to one tree: each map laid over that of what it `extends`.

Maps merge, key by key, at every depth; all else (lists, texts, numbers, null) is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from wasmtrim import located_yaml
from wasmtrim.errors import Problem
from wasmtrim.located_yaml import Node, Position
from wasmtrim.reading import is_within
from wasmtrim.spelling import nearest

TARGETS: Final = Path(__file__).resolve().parent.parent / "data" / "targets"
# A name becomes that of files and targets; the model says the same of `extends`.
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
NAME_ALLOWED: Final = "a name: letters, digits, . _ and -, the first one a letter or digit"


@dataclass
class Inherited:
    """The merged tree, the files it came from, the profile's own first, and what is wrong.

    `whole` is False where a file of the chain could not be had or read to its end.
    """

    tree: Node
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True


def read(path: Path, root: Path) -> Inherited:
    """Read the profile in the file `path`, and all that it extends, within the project `root`."""
    chain: list[Path] = []
    trees: list[Node] = []
    problems: list[Problem] = []
    whole = True
    following: Path | None = path
    while following is not None:
        chain.append(following)
        tree, found = located_yaml.read(following, shown(following, root))
        trees.append(tree)
        problems += found
        whole = whole and not found
        following, problem = _extended(tree, chain, root)
        if problem:
            problems.append(problem)
            whole = False
    merged = trees[-1]
    for tree in reversed(trees[:-1]):
        merged = located_yaml.merge(merged, tree)
    return Inherited(merged, chain, problems, whole)


def positions(tree: Node, key: str = "") -> Iterator[tuple[str, Position]]:
    """Each dotted key of the tree with the place of its value; items are `budget[0]`."""
    if key:
        yield key, tree.key_at or tree.at
    if isinstance(tree.value, dict):
        for name, node in tree.value.items():
            yield from positions(node, f"{key}.{name}" if key else name)
    elif isinstance(tree.value, list):
        for index, node in enumerate(tree.value):
            yield from positions(node, f"{key}[{index}]")


def shown(path: Path, root: Path) -> Path:
    """The name of a file in messages: relative to the project where it lies in it."""
    return path.relative_to(root) if path.is_relative_to(root) else path


def _extended(tree: Node, chain: list[Path], root: Path) -> tuple[Path | None, Problem | None]:
    """The file that the last one of `chain` extends, or why there is none."""
    assert isinstance(tree.value, dict)
    node = tree.value.get("extends")
    if node is None or not isinstance(node.value, str) or not NAME.fullmatch(node.value):
        return None, None  # the model tells of what is no name
    name, here = node.value, chain[-1]

    def problem(found: str, allowed: str) -> tuple[None, Problem]:
        return None, Problem(node.at.file, node.at.line, node.at.column, "extends", found, allowed)

    beside, target = here.parent / f"{name}.yaml", TARGETS / f"{name}.yaml"
    # A profile may have the name of the target that it extends.
    path = beside if beside.exists() and beside != here else target
    if not path.exists():
        if beside == here:
            return problem(f"a circle: {name} -> {name}", "a profile can't extend itself")
        targets = sorted(file.stem for file in TARGETS.glob("*.yaml"))
        profiles = sorted(file.stem for file in here.parent.glob("*.yaml") if file != here)
        allowed = nearest(name, [*profiles, *targets])
        allowed += f"targets are {', '.join(targets)}"
        if profiles and here.parent != TARGETS:
            allowed += f"; profiles beside it are {', '.join(profiles)}"
        return problem(f"no profile {name!r}", allowed)
    if path in chain:
        names = [file.stem for file in [*chain[chain.index(path) :], path]]
        return problem(f"a circle: {' -> '.join(names)}", "let one of them extend a target")
    if path != target and not is_within(path, root):
        return problem(f"{name!r} lies outside the project", "a file within the project")
    return path, None
