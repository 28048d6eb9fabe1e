"""What is known: a file for each candidate and each search, named by all that it depends on.

So a search that was killed goes on where it was, and one that was done costs nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from wasmtrim import atomic, records
from wasmtrim.records import Outcome, TuningRecord
from wasmtrim.sizes import sha256
from wasmtrim.tune import coreset, functions
from wasmtrim.tune.candidate import Task, Tools
from wasmtrim.tune.subject import Subject


class Cache:
    """The outcomes in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, task: Task) -> Outcome | None:
        """Return what is known of a candidate."""
        return records.OUTCOME.find(self._path(task))

    def keep(self, task: Task, outcome: Outcome) -> None:
        """Remember it."""
        records.OUTCOME.write(self._path(task), outcome)

    def forget(self, task: Task) -> None:
        """Have a candidate measured again."""
        self._path(task).unlink(missing_ok=True)

    def _path(self, task: Task) -> Path:
        key = sha256(json.dumps(asdict(task), sort_keys=True).encode())
        return self.folder / key[:2] / f"{key}.json"


class Results:
    """What a search gave: its record, and the module beside it."""

    def __init__(self, folder: Path, subject: Subject, wanted: object, tools: Tools) -> None:
        own = Path(__file__).parent
        code = [file.read_bytes() for file in sorted(own.glob("*.py"))]
        told = [
            sha256(subject.compiled),
            subject.name,
            *sorted(subject.blobs),
            subject.features,
            # A recipe that was written into it changes nothing of the search.
            subject.profile.model_dump_json(by_alias=True, exclude={"optimize"}),
            subject.compiler,
            subject.metric,
            repr(wanted),
            tools.made_by,
            coreset.load(subject.metric),
            sha256(b"".join(code)),
            functions.prover(),
        ]
        self._path = folder / f"{sha256(json.dumps(told, default=asdict).encode())}.json"

    def find(self) -> tuple[TuningRecord, bytes] | None:
        """Return what an equal search gave, if it is known, and whole."""
        record, module = records.TUNING.find(self._path), self._path.with_suffix(".wasm")
        if record is None or not module.is_file():
            return None
        data = module.read_bytes()
        return (record, data) if sha256(data) == record.sha256 else None

    def keep(self, record: TuningRecord, module: bytes) -> None:
        """Remember it; not one that was stopped, or left something beside its report."""
        if not record.stopped_early and not record.thrown_out:
            atomic.write_bytes(self._path.with_suffix(".wasm"), module)
            records.TUNING.write(self._path, record)
