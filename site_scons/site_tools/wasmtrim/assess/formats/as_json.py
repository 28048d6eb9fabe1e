"""An assessment as JSON, by data/schema/assessment.json."""

from __future__ import annotations

from wasmtrim.assess.assessment import Assessment


def text(assessment: Assessment) -> str:
    """The assessment as a JSON document."""
    from pydantic import TypeAdapter

    return TypeAdapter(Assessment).dump_json(assessment, indent=2).decode() + "\n"
