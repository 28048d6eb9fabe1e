"""What a change may add to a figure: budgets, and the waivers that let growth through for a time.

Every field's description is its line in docs/profiles.md and in the editors' JSON schema.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic.config import JsonDict

from wasmtrim.profile import units, values
from wasmtrim.profile.map import Map
from wasmtrim.profile.values import Amount, Day, ScopeText
from wasmtrim.records.fields import METRICS

LEAST_REASON: Final = 10  # characters: a letter is not a reason


def _in_units_of_the_metric(value: Any, info: ValidationInfo) -> Any:
    metric = info.data.get("metric")
    if not isinstance(value, str) or metric is None:
        return value  # a number is right for any, and all else is refused by the type
    in_bytes = metric in (*METRICS, "all")
    try:
        return (units.parse_size if in_bytes else units.parse_count)(value)
    except ValueError:
        unit = units.SIZE if in_bytes else units.COUNT
        raise values.refused(f"found {value[:50]!r} with {metric}", unit) from None


def _without_default(field: JsonDict) -> None:
    del field["default"]


class Budget(Map):
    """A bound of the size-regression check: exactly one of at_most, growth and growth_percent."""

    metric: Literal["raw", "gzip", "brotli", "fuel", "functions", "imports"] = Field(
        default="raw", json_schema_extra=_without_default
    )
    """What is measured; default: the profile's `metric`, or raw if it has none."""
    scope: ScopeText = Field(default="artifact", validate_default=True)
    """The part of the module that is measured; artifact is all of it."""
    at_most: Amount | None = None
    """The largest value."""
    growth: Amount | None = None
    """The largest growth over the baseline."""
    growth_percent: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    """The largest growth over the baseline, in per cent."""
    floor: Amount = 0
    """With growth_percent: growth of up to this is always allowed."""
    gate: bool | None = None
    """Whether more than that fails the check; null: yes, but not for brotli (not monotonic)."""

    _units = field_validator("at_most", "growth", "floor", mode="before")(_in_units_of_the_metric)

    @property
    def gates(self) -> bool:
        """Whether a breach fails the check; else it is only shown."""
        return self.metric != "brotli" if self.gate is None else self.gate


class Waiver(Map):
    """A growth that is let through for a time: it adds to the budgets of its metric and scope."""

    metric: Literal["raw", "gzip", "brotli", "fuel", "functions", "imports", "all"]
    """The metric; all: raw, gzip and brotli."""
    scope: ScopeText = Field(default="artifact", validate_default=True)
    """The part of the module that is measured; artifact is all of it."""
    extra: Amount
    """By how much the scope may exceed its budgets."""
    reason: str = Field(min_length=LEAST_REASON, max_length=500)
    """Why, for the reader of the report."""
    who: str = Field(min_length=1, max_length=100)
    """Who is responsible for it."""
    until: Day
    """The last day on which it is valid, at most a year away."""

    _units = field_validator("extra", mode="before")(_in_units_of_the_metric)

    @field_validator("reason", "who", mode="before")
    @classmethod
    def _not_blank(cls, text: Any) -> Any:
        return text.strip() if isinstance(text, str) else text

    @field_validator("until")
    @classmethod
    def _within_a_year(cls, until: date) -> date:
        latest = date.today() + timedelta(days=366)
        if until > latest:
            raise values.refused(f"found {until}", f"a day within a year, {latest} at the latest")
        return until
