"""The weights of the dimensions: the package's, or those of a project's config/assess.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wasmtrim import located_yaml
from wasmtrim.assess.rules import DIMENSIONS, DimensionName, Rules
from wasmtrim.errors import ConfigError, Problem
from wasmtrim.spelling import nearest

PROJECT_FILE: Final = Path("config", "assess.yaml")
_ALLOWED = "allowed is a number from 0 to 1,000"


def load(rules: Rules, root: Path) -> dict[DimensionName, float]:
    """The weights that hold in the project `root`, in per cent: together they are 100.

    Raises ConfigError for a file that says anything else than `weights` of the dimensions.
    """
    path = root / PROJECT_FILE
    weights = dict(rules.weights)
    if path.is_file():
        tree, problems = located_yaml.read(path, PROJECT_FILE)
        problems += _problems(tree)
        if problems:
            raise ConfigError(problems)
        weights |= tree.plain().get("weights", {})
    total = sum(weights.values())
    if not total:
        raise ConfigError([Problem(PROJECT_FILE, 1, 1, "weights", "all are 0", "one is more")])
    return {name: 100 * weights[name] / total for name in DIMENSIONS}


def _problems(tree: located_yaml.Node) -> list[Problem]:
    found = []

    def problem(node: located_yaml.Node, key: str, what: str, allowed: str) -> None:
        at = node.key_at or node.at
        found.append(Problem(at.file, at.line, at.column, key, what, allowed))

    assert isinstance(tree.value, dict)
    for key, node in tree.value.items():
        if key != "weights":
            problem(node, key, "unknown key", f"{nearest(key, ['weights'])}allowed is weights")
        elif not isinstance(node.value, dict):
            problem(
                node, key, f"found {located_yaml.show(node)}", "allowed is a map of the dimensions"
            )
        else:
            for name, weight in node.value.items():
                if name not in DIMENSIONS:
                    allowed = f"{nearest(name, DIMENSIONS)}allowed are {', '.join(DIMENSIONS)}"
                    problem(weight, f"weights.{name}", "unknown key", allowed)
                elif (
                    isinstance(weight.value, bool)
                    or not isinstance(weight.value, int | float)
                    or not 0 <= weight.value <= 1000
                ):
                    problem(
                        weight, f"weights.{name}", f"found {located_yaml.show(weight)}", _ALLOWED
                    )
    return found
