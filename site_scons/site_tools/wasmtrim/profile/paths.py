"""The files and folders of the project that a profile names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

from wasmtrim.errors import Problem
from wasmtrim.located_yaml import Position, Way, dotted
from wasmtrim.profile import smoke_rules
from wasmtrim.profile.model import Profile
from wasmtrim.spelling import nearest

Positions: TypeAlias = Mapping[str, Position]

# The build reads these folders before it makes anything, so they must be there first.
_FOLDERS: Final[dict[Way, str]] = {
    ("source",): "name the folder of a Go main package",
    ("component", "wit"): "name the folder of a WIT package",
    ("contract", "wit"): "name a WIT package, a folder or file",
    ("nn", "models"): "name the folder of the models",
}


def named(profile: Profile) -> Iterator[tuple[Way, PurePosixPath | None]]:
    """Yield every path that the profile names, after the way to its key; None if it is unset."""
    yield ("source",), profile.source
    yield ("module",), profile.module
    if profile.component:
        yield ("component", "wit"), profile.component.wit
    yield ("contract", "wit"), profile.contract.wit
    if profile.nn:
        yield ("nn", "models"), profile.nn.models
    yield from smoke_rules.paths(profile)


def missing_folders(profile: Profile, positions: Positions, root: Path) -> list[Problem]:
    """Return a problem for each missing folder: a build needs them before it begins."""
    return [problem for way, problem in _missing(profile, positions, root) if way in _FOLDERS]


def missing_files(profile: Profile, positions: Positions, root: Path) -> dict[str, Problem]:
    """Return the problem of each missing file, by its path in the profile; a build may make it."""
    found = dict(named(profile))
    return {
        str(found[way]): p for way, p in _missing(profile, positions, root) if way not in _FOLDERS
    }


def _missing(profile: Profile, positions: Positions, root: Path) -> Iterator[tuple[Way, Problem]]:
    for way, path in named(profile):
        if path is None:
            continue
        file = root / path
        # Only `source` can be nothing but a folder: the stages say what they want of a WIT package.
        if file.is_dir() if way == ("source",) else file.exists():
            continue
        if file.exists():
            found, hint = f"{str(path)!r} is a file", ""
        else:
            found, hint = f"{str(path)!r} is not there", nearest(str(path), _beside(file, root))
        key = dotted(way)
        at = positions[key]
        todo = _FOLDERS.get(way, "put the file there, or name another")
        yield way, Problem(at.file, at.line, at.column, key, found, f"{hint}{todo}")


def _beside(file: Path, root: Path) -> list[str]:
    """Return the paths of the files in the folder of `file`, as a profile writes them."""
    if not file.parent.is_dir():
        return []
    return sorted(str(each.relative_to(root)) for each in file.parent.iterdir())
