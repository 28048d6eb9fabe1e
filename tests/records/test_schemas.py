"""The schemas of the records that users read: made from the dataclasses, and kept current."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

import wasmtrim
from wasmtrim import records
from wasmtrim.records import Codec, Entry

FOLDER: Final = Path(wasmtrim.__file__).parent / "data" / "schema"
ROOT: Final = Path(__file__).parents[2]
CODECS: Final[dict[str, tuple[Codec[Any], str]]] = {
    "sizes": (records.SIZES, "NAME.sizes.json"),
    "verify": (records.VERIFICATION, "NAME.verify.json"),
    "regression": (records.REGRESSION, "NAME.regression.json"),
    "report": (records.REPORT, "report.json"),
    "baseline": (records.BASELINE, "PROFILE.COMPILER.json in config/baselines/"),
    "history": (records.HISTORY, "a line of config/history.jsonl"),
}


class Schema(GenerateJsonSchema):
    """Every key is written, whether Python has a default for it or not."""

    def field_is_required(self, *_: Any, **__: Any) -> bool:
        return True

    def field_title_should_be_set(self, _: Any) -> bool:
        return False


def schema(codec: Codec[Any], file: str) -> dict[str, Any]:
    made = TypeAdapter(codec.type).json_schema(mode="serialization", schema_generator=Schema)
    about = " ".join(made.pop("description").split())
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"wasmtrim: {file}",
        "description": f"{about} Within one version keys are added at most.",
    }
    return head | {key: value for key, value in made.items() if key != "title"}


@pytest.mark.generated
@pytest.mark.parametrize("name", CODECS)
def test_a_schema_is_current(name: str, is_current: Callable[[Path, str], None]) -> None:
    made = schema(*CODECS[name])
    jsonschema.Draft202012Validator.check_schema(made)
    is_current(FOLDER / f"{name}.json", json.dumps(made, indent=2) + "\n")


def test_committed_baselines_keep_to_the_schema_and_are_rewritten_as_they_are() -> None:
    files = sorted((ROOT / "config" / "baselines").glob("*.json"))
    assert files
    for file in files:
        record = records.BASELINE.read(file)
        assert records.BASELINE.text(record) == file.read_text()
        jsonschema.validate(json.loads(file.read_text()), json.loads(text("baseline")))


def text(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text()


def test_an_entry_of_the_history_keeps_to_the_schema() -> None:
    entry = Entry("2026-01-02T10:00:00+00:00", "a", "edge", "go 1.26.6", 9, 5, 4, None, "f" * 64)
    jsonschema.validate(json.loads(records.HISTORY.text(entry)), json.loads(text("history")))
