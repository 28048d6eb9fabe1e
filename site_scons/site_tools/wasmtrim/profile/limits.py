"""What the host allows a module, in each figure: one value, or one a compiler.

Every field's description is its line in docs/profiles.md and in the editors' JSON schema.
"""

from __future__ import annotations

from typing import Any

from pydantic import GetJsonSchemaHandler, model_serializer, model_validator
from pydantic_core import CoreSchema

from wasmtrim.profile.map import Map
from wasmtrim.profile.values import Count, Seconds, Size


class Limit(Map):
    """What the host allows: one value, or one a compiler; then it is judged only for those."""

    tinygo: int | None = None
    go: int | None = None

    def for_compiler(self, name: str | None) -> int | None:
        """The limit of a module that compiler `name` built; None where there is none.

        A ready module has no compiler (`name` is None): it must meet the strictest.
        """
        if name is not None:
            return {"tinygo": self.tinygo, "go": self.go}[name]
        return min((v for v in (self.tinygo, self.go) if v is not None), default=None)

    @property
    def is_set(self) -> bool:
        """Whether there is a limit for any compiler."""
        return (self.tinygo, self.go) != (None, None)

    def judged(self, name: str | None) -> bool:
        """False where the limit is only the other compiler's: then say "not judged (fallback)"."""
        return name is None or not self.model_fields_set or name in self.model_fields_set

    @model_validator(mode="before")
    @classmethod
    def _one_value_holds_for_both(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Limit) else {"tinygo": value, "go": value}

    @model_serializer
    def _as_written(self) -> Any:
        given = {name: getattr(self, name) for name in ("tinygo", "go")}
        if len(self.model_fields_set) == 1:
            return {name: given[name] for name in self.model_fields_set}
        return self.tinygo if self.tinygo == self.go else given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        by_compiler = handler.resolve_ref_schema(handler(core))
        return {"anyOf": [by_compiler["properties"]["tinygo"], by_compiler]}


class SizeLimit(Limit):
    tinygo: Size | None = None
    go: Size | None = None


class CountLimit(Limit):
    tinygo: Count | None = None
    go: Count | None = None


class SecondsLimit(Limit):
    tinygo: Seconds | None = None
    go: Seconds | None = None


class Limits(Map):
    raw: SizeLimit = SizeLimit()
    """Bytes of the module."""
    gzip: SizeLimit = SizeLimit()
    """Bytes of the module, compressed by gzip at level 9."""
    brotli: SizeLimit = SizeLimit()
    """Bytes of the module, compressed by brotli at quality 11."""
    memory: SizeLimit = SizeLimit()
    """Bytes of linear memory during the smoke run."""
    table: CountLimit = CountLimit()
    """Elements of all tables during the smoke run."""
    fuel: CountLimit = CountLimit()
    """Instructions of the smoke run."""
    seconds: SecondsLimit = SecondsLimit(tinygo=10, go=10)
    """Wall-clock time of the smoke run."""
    output: SizeLimit = SizeLimit(tinygo=16 << 20, go=16 << 20)
    """Bytes that the smoke run may write to stdout and stderr together."""
