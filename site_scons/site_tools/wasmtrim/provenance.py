"""Where a release comes from: its sources' commit, each tool by version and hash, every argv.

An in-toto Statement v1 with a SLSA provenance v1 predicate
(https://slsa.dev/spec/v1.0/provenance), without times or locations, so that two builds of the same
sources give the same text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wasmtrim import __version__, reading, strict_json
from wasmtrim.errors import UsageError
from wasmtrim.git import Sources
from wasmtrim.records import Release
from wasmtrim.records.codec import MOST_BYTES

FILE = "provenance.json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILDER = f"pkg:pypi/wasmtrim@{__version__}"
BUILD_TYPE = "pkg:pypi/wasmtrim#scons-release"


@dataclass(frozen=True)
class Recorded:
    """What a provenance tells of a release: its sources, and the sha256 of each file in dist/."""

    commit: str
    dirty: bool
    modules: Mapping[str, str]


@dataclass(frozen=True)
class ToolRecord:
    """A program that took part: `digest` is the sha256 of its file."""

    name: str
    version: str
    digest: str


def read(path: Path) -> Recorded:
    """Read what `statement` wrote. Raises UsageError where there is nothing of it."""
    if not path.exists():
        raise UsageError(f"{path}: not there; run `scons release` first")
    try:
        found = strict_json.loads(reading.whole(path, "a provenance", MOST_BYTES))
        modules = {each["name"]: each["digest"]["sha256"] for each in found["subject"]}
        used = found["predicate"]["buildDefinition"]["resolvedDependencies"]
        origin = Sources(None)
        for entry in used:
            if entry["name"] == "sources":
                origin = Sources(entry["digest"]["gitCommit"], entry["annotations"]["dirty"])
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path}: not what `scons release` writes; run it again") from None
    if origin.commit is None:
        raise UsageError(
            f"{path}: the release was not made in a git repository; run `scons release` in one"
        )
    return Recorded(origin.commit, origin.dirty, modules)


def statement(
    releases: Sequence[Release], programs: Sequence[ToolRecord], origin: Sources
) -> dict[str, Any]:
    """Return the content of `provenance.json`; `releases` are those of `NAME.sizes.json`."""
    return {
        "_type": STATEMENT,
        "subject": [
            {
                "name": f"{release.profile}.wasm",
                "digest": {"sha256": release.shipped.sha256},
            }
            for release in releases
        ],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"profiles": [release.profile for release in releases]},
                "internalParameters": {
                    release.profile: [
                        {
                            "stage": stage.name,
                            "argv": stage.argv,
                            **({"env": dict(stage.env)} if stage.env else {}),
                            "sha256": stage.sha256,
                        }
                        for stage in release.stages
                    ]
                    for release in releases
                },
                "resolvedDependencies": [*_source(origin), *map(_tool, programs)],
            },
            "runDetails": {"builder": {"id": BUILDER}},
        },
    }


def _source(origin: Sources) -> list[dict[str, Any]]:
    if origin.commit is None:
        return []
    digest = {"gitCommit": origin.commit}
    return [{"name": "sources", "digest": digest, "annotations": {"dirty": origin.dirty}}]


def _tool(program: ToolRecord) -> dict[str, Any]:
    return {
        "name": program.name,
        "digest": {"sha256": program.digest},
        "annotations": {"version": program.version},
    }


def sums(modules: Mapping[str, str]) -> str:
    """Return the content of `SHA256SUMS`, as `sha256sum --check` takes it: file name to digest."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(modules.items()))
