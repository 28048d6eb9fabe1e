"""What every map of a profile's file is to its reader, and the lists that stand in it."""

from __future__ import annotations

from typing import Annotated, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")
# Strict throughout, so that no text becomes a number; but a YAML list is what a tuple is read from.
List: TypeAlias = Annotated[tuple[T, ...], Field(strict=False)]


class Map(BaseModel):
    """A YAML map: what it does not know it refuses."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )
