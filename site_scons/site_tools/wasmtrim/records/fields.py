"""The types of fields that records share, and what a schema says of them beyond Python's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args


@dataclass(frozen=True)
class Rule:
    """A bound in the words of pydantic's core schemas: `ge`, `pattern`, `min_length`.

    pydantic asks it for the schema of an annotated type, so that no record imports pydantic.
    """

    name: str
    value: object

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return {**handler(source), self.name: self.value}


@dataclass(frozen=True)
class Says:
    """What the JSON Schema says of a field to its reader."""

    text: str

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        return {**handler(schema), "description": self.text}


# Whose a package is that isn't the language's own.
OWN, THIRD_PARTY = "own", "third party"

Metric: TypeAlias = Literal["raw", "gzip", "brotli"]  # a size of a module
METRICS: Final[tuple[Metric, ...]] = get_args(Metric)

Bytes = Annotated[int, Rule("ge", 0)]
Count = Annotated[int, Rule("ge", 0)]
Seconds = Annotated[float, Rule("ge", 0)]
Sha256 = Annotated[str, Rule("pattern", "^[0-9a-f]{64}$")]
