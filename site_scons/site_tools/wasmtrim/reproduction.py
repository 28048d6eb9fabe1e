"""Build the same release again, in a clone somewhere else, and compare every byte."""

from __future__ import annotations

import dataclasses
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wasmtrim import git, process, provenance, records, wasm
from wasmtrim.errors import ModuleError, ToolError, UsageError
from wasmtrim.git import Sources, sources
from wasmtrim.provenance import Recorded
from wasmtrim.records import Release

CLONE_SECONDS = 600.0
RELEASE_SECONDS = 7200.0


@dataclass(frozen=True)
class Difference:
    """A file of dist/ that the second build made otherwise, and in which way."""

    file: str
    how: str


def recorded(root: Path) -> Recorded:
    """Read which sources the release in `root`/dist was made of.

    Raises UsageError where there is no release, or nothing that a clone could bring.
    """
    path = root / "dist" / provenance.FILE
    made = provenance.read(path)
    if made.dirty:
        raise UsageError(
            f"{path}: the release was made of {made.commit} with changes that are not committed;"
            " commit them and run `scons release` again"
        )
    return made


def release_again(root: Path, commit: str, folder: Path) -> Path:
    """Clone `commit` of the project in `root` into `folder` and release it; give its dist/.

    Raises ToolError where git or the release fails.
    """
    top = Path(_git(root, "rev-parse", "--show-toplevel").strip())
    inside = _git(root, "rev-parse", "--show-prefix").strip()
    clone = folder / "clone"
    _git(folder, "clone", "--quiet", "--no-checkout", "--", str(top), str(clone))
    _git(clone, "checkout", "--quiet", "--detach", commit)
    project = clone / inside
    argv = (sys.executable, "-m", "SCons", "-Q", "-C", str(project), "release")
    finished = process.run(argv, timeout=RELEASE_SECONDS, env=dict(os.environ))
    if finished.status != 0:
        raise ToolError(f"the release of {commit} in {project}: {finished.ended}\n{finished.said}")
    again = sources(project)
    if again != Sources(commit):
        raise ToolError(f"the release in {project} changed its own sources: {again}")
    return project / "dist"


def _git(folder: Path, *arguments: str) -> str:
    finished = git.run(folder, *arguments, timeout=CLONE_SECONDS)
    if finished.status != 0:
        raise ToolError(f"git: {finished.said}\n  {process.shown(finished.argv)}")
    return finished.stdout.decode()


def differences(first: Path, second: Path) -> Iterator[Difference]:
    """Compare two dist/ folders: modules and verdicts to the byte, records but for seconds."""
    names = {path.name for path in (*first.iterdir(), *second.iterdir()) if path.is_file()}
    for name in sorted(names):
        one, other = first / name, second / name
        if not one.exists() or not other.exists():
            missing = "the second" if one.exists() else "the first"
            yield Difference(name, f"only {missing} release lacks it")
        elif name.endswith(".sizes.json"):
            if _timeless(one) != _timeless(other):
                yield Difference(name, "the records differ in more than seconds")
        elif one.read_bytes() != other.read_bytes():
            yield Difference(name, _where(one.read_bytes(), other.read_bytes()))


def _timeless(path: Path) -> Release:
    release = records.SIZES.read(path)
    stages = (dataclasses.replace(stage, seconds=0.0) for stage in release.stages)
    return dataclasses.replace(release, stages=tuple(stages))


def _where(one: bytes, other: bytes) -> str:
    pairs = zip(one, other, strict=False)
    at = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    try:
        named = [s.title for s in wasm.read_binary(one).sections if s.start <= at < s.end]
    except ModuleError:
        named = []
    place = f"byte {at}" + (f", in {named[0]}" if named else "")
    return f"{len(one)} and {len(other)} bytes; the first that differs is {place}"


def reproduce(root: Path) -> tuple[str, list[Difference]]:
    """Make the release in `root`/dist again; give its commit and what came out otherwise."""
    made = recorded(root)
    assert made.commit is not None
    # Longer than most paths: a path that leaks into a module then changes its length, too.
    with tempfile.TemporaryDirectory(prefix="wasmtrim-reproduces-a-release-") as folder:
        again = release_again(root, made.commit, Path(folder).resolve())
        return made.commit, list(differences(root / "dist", again))
