"""A profile by its name: read, merged with what it extends, and checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wasmtrim.errors import ConfigError, Problem, UsageError
from wasmtrim.located_yaml import Position
from wasmtrim.profile import consistency, diagnostics, inherit
from wasmtrim.profile.model import Profile
from wasmtrim.reading import is_within
from wasmtrim.spelling import nearest

FOLDER: Final = Path("config", "profiles")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A profile, where each of its values came from, and every file that was read for it.

    `positions` has the dotted keys that stand in a file; what is missing there is a default.
    """

    name: str
    profile: Profile
    positions: dict[str, Position]
    files: tuple[Path, ...]


def names(root: Path) -> list[str]:
    """The profiles of the project `root`, sorted."""
    return sorted(path.stem for path in (root / FOLDER).glob("*.yaml"))


def load(name_or_path: str | Path, root: Path) -> Loaded:
    """Load the profile of that name, or in that file (relative to `root`, or absolute).

    Raises ConfigError with every problem of its files, and UsageError where there is none.
    """
    path = _find(str(name_or_path), root)
    inherited = inherit.read(path, root)
    profile, problems = diagnostics.validate(inherited.tree)
    problems = _with_first(inherited.problems, problems)
    if profile is not None and inherited.whole:
        problems += consistency.problems(profile, inherited.tree, root, problems)
    if problems or profile is None:
        files = [inherit.shown(file, root) for file in inherited.files]
        raise ConfigError(sorted(problems, key=lambda p: (files.index(p.file), p.line, p.column)))
    positions = dict(inherit.positions(inherited.tree))
    return Loaded(path.stem, profile, positions, tuple(inherited.files))


def _with_first(first: list[Problem], then: list[Problem]) -> list[Problem]:
    """Both, but only the first where several stand at one place."""
    places = {(p.file, p.line, p.column) for p in first}
    return [*first, *(p for p in then if (p.file, p.line, p.column) not in places)]


def _find(name: str, root: Path) -> Path:
    is_path = "/" in name or name.endswith(".yaml")
    path = root / name if is_path else root / FOLDER / f"{name}.yaml"
    if not _exists(path):
        if _exists(other := Path(f"{str(path).removesuffix('.yaml')}.yml")):
            shown = inherit.shown(other, root)
            raise UsageError(f"{shown}: a profile's file ends with .yaml; rename it")
        known = names(root)
        hint = nearest(name, known)
        there = f"{FOLDER} has {', '.join(known)}" if known else f"{FOLDER} has none"
        raise UsageError(f"no profile {name[:200]!r}: {hint}{there}")
    if not is_within(path, root):
        raise UsageError(f"profile {name!r} lies outside the project {root}")
    if not inherit.NAME.fullmatch(path.stem):
        raise UsageError(f"profile {path}: {path.stem!r} is not {inherit.NAME_ALLOWED}; rename it")
    return path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or holds a NUL
        return False
