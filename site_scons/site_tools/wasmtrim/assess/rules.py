"""What Go's library asks of a host, and what takes its place: data/assess/rules.yaml, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

Target: TypeAlias = Literal["wasip1", "wasip2", "tinygo", "browser"]
DimensionName: TypeAlias = Literal["io", "system", "timing"]
Severity: TypeAlias = Literal["works", "adapt", "downgrade", "blocked"]

TARGETS: Final[tuple[Target, ...]] = get_args(Target)
DIMENSIONS: Final[tuple[DimensionName, ...]] = get_args(DimensionName)
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)

_FOLDER = Path(__file__).parents[1] / "data" / "assess"


@dataclass(frozen=True)
class Elsewhere:
    """The severity in code that the target leaves out: the module's own, or a dependency's."""

    own: Severity
    dependency: Severity


@dataclass(frozen=True)
class Rule:
    """`severity` and `instead` are one for all targets, or by target; `other` is for the rest.

    `functions`, `types` and `packages` are names as go/types writes them; `below` are folders;
    `syntax` is what the analyzer knows without a name. A call in `durations` counts when that
    argument is a constant below `shorter_than_ms`. A `silent` rule makes no finding.
    """

    dimension: DimensionName
    severity: Severity | dict[str, Severity]
    title: str
    instead: str | dict[str, str]
    uncertain: Severity | None = None
    elsewhere: Elsewhere | None = None
    functions: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    syntax: str = ""
    durations: dict[str, int] = field(default_factory=dict)
    shorter_than_ms: int = 0
    silent: bool = False

    def severity_on(
        self, target: Target, *, direct: bool, certain: bool, elsewhere: bool
    ) -> Severity:
        """How bad a use is, for a target; `elsewhere` where only today's platform has the code."""
        if elsewhere and self.elsewhere:
            return self.elsewhere.own if direct else self.elsewhere.dependency
        if not certain and self.uncertain:
            return self.uncertain
        if isinstance(self.severity, str):
            return self.severity
        return self.severity.get(target) or self.severity["other"]

    def instead_on(self, target: Target) -> str:
        """What takes its place on a target."""
        return self.instead if isinstance(self.instead, str) else self.instead[target]


@dataclass(frozen=True)
class Rules:
    """`weights` of the dimensions; `costs` in per cent of what is left of a dimension."""

    weights: dict[DimensionName, float]
    costs: dict[Severity, float]
    rules: dict[str, Rule]

    def named(self, kind: Literal["functions", "types", "packages", "below"]) -> dict[str, str]:
        """Each name of a kind with its rule; a silent rule's is empty."""
        return {
            name: "" if rule.silent else key
            for key, rule in self.rules.items()
            for name in getattr(rule, kind)
        }

    def by_syntax(self) -> dict[str, str]:
        """What the analyzer knows without a name, with its rule."""
        return {rule.syntax: key for key, rule in self.rules.items() if rule.syntax}


@cache
def load() -> Rules:
    """The rules that the package brings."""
    from pydantic import TypeAdapter

    return TypeAdapter(Rules).validate_python(read("rules.yaml"))


def read(name: str) -> Mapping[str, Any]:
    """A file of data/assess as plain values."""
    from wasmtrim import located_yaml

    tree, problems = located_yaml.read(_FOLDER / name)
    assert not problems, problems
    plain: Mapping[str, Any] = tree.plain()
    return plain


def names(folder: str) -> tuple[str, ...]:
    """The YAML files in a folder of data/assess, without their suffix."""
    return tuple(sorted(file.stem for file in (_FOLDER / folder).glob("*.yaml")))
