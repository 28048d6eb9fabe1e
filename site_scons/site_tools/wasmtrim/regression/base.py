"""The base that a change is compared with: a build of a commit, or the committed baseline."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import wasmtrim
from wasmtrim import atomic, process, records
from wasmtrim.errors import ToolError
from wasmtrim.records import Release
from wasmtrim.regression import baseline, commits, read, waiver
from wasmtrim.regression.commits import FOOTER, SHORT, Commit
from wasmtrim.regression.snapshot import Snapshot
from wasmtrim.sizes import sha256

FOLDER: Final = Path("build", "wasmtrim", "base")  # a work tree per commit, kept for the next time
_STAGES: Final = Path("build", "stages")  # where a release leaves the modules of its stages
_BUILD_SECONDS: Final = 3600.0
_RENEWAL: Final = f"run `{baseline.COMMAND}` and commit what it writes"
# Builds any tree with this wasmtrim, whatever the tree's own SConstruct says.
_SCONSTRUCT: Final = """\
import sys

sys.path.insert(0, {package!r})
import wasmtrim

env = Environment(tools=["default", wasmtrim.generate])
env.WasmRelease("config/profiles")
Default("release")
"""


@dataclass(frozen=True)
class CommitGrowth:
    """A commit that justifies its own growth: what was before it, and what it made of that."""

    hash: str
    reason: str
    before: Snapshot
    after: Snapshot

    def __str__(self) -> str:
        return f"commit {self.hash[:SHORT]} ({FOOTER}: {self.reason})"


@dataclass(frozen=True)
class Base:
    """What a build is compared with: `snapshot`, None if there is none; `told` says what, and why.

    `rebuilt`: today's tools built it from its sources, so flags that differ are a change, too.
    `renewal` says how to accept a growth, "" if there is no baseline to renew. `waivers` has what
    the waivers of the base let through, by metric and scope. `renewed` is the baseline that the
    change itself brings; `commits` are the commits of the change that justify their own growth.
    """

    snapshot: Snapshot | None
    told: str
    rebuilt: bool = False
    renewal: str = ""
    waivers: Mapping[str, int] = field(default_factory=dict)
    renewed: Snapshot | None = None
    commits: tuple[CommitGrowth, ...] = ()


def build(tree: Path, profile: str, label: str) -> Snapshot:
    """Release one profile of a source tree by this wasmtrim, and take its snapshot.

    `label` names it to the reader. A module that fails its verification or budget is not
    delivered, but is compared all the same. Raises ToolError if a stage fails.
    """
    package = Path(wasmtrim.__file__).parents[1]
    script = tree / FOLDER.parent / "compare.SConstruct"
    atomic.write_text(script, _SCONSTRUCT.format(package=str(package)))
    record = tree / "dist" / f"{profile}.sizes.json"
    argv = (sys.executable, "-m", "SCons", "-f", str(script), "-C", str(tree), "--no-site-dir",
            f"profile={profile}")  # fmt: skip
    if process.run((*argv, "release"), timeout=_BUILD_SECONDS).status != 0:
        ended = process.run((*argv, f"dist/{record.name}"), timeout=_BUILD_SECONDS)
        if ended.status != 0:
            raise ToolError(f"{tree}: {profile} can't be built: {ended.ended}:\n{ended.said}")
    release = records.SIZES.read(record)
    return read.of_release(release, label, record, _module(tree, profile, release))


def of_commit(root: Path, commit: Commit, profile: str, new: Snapshot) -> Base:
    """Build a commit's sources with its own profile, in a work tree below the build folder.

    `new` is the build that is to be compared with it.
    """
    from wasmtrim import profile as profiles

    tree = _tree(root, commit.hash)
    there = _called(root, tree, commit.hash, profile)
    if there is None:
        return Base(None, f"none: {profile} is new since {commit}")
    built = build(tree, there, f"{there} at {commit.hash[:SHORT]}")
    waivers = profiles.load(there, tree).profile.waivers
    renamed = "" if there == profile else f"; {profile} is called {there} there"
    return Base(
        built,
        f"{commit}{renamed}",
        rebuilt=True,
        renewal=_RENEWAL,
        waivers=waiver.standing(waivers),
        renewed=_renewed(root, tree, new),
    )


def of_baseline(root: Path, new: Snapshot, why: str = "") -> Base:
    """Take the committed baseline; `why` there is no commit to build, where one was looked for."""
    assert new.release
    found = baseline.find(root, new.release)
    if found is None:
        file = baseline.path_of(Path(), new.release).as_posix()
        because = f"{why}; and " if why else ""
        return Base(None, f"none: {because}there is no {file}, which `{baseline.COMMAND}` writes")
    label = baseline.label_of(new.release)
    return Base(
        baseline.of_record(found, label),
        f"{label}: {why}" if why else label,
        renewal=_RENEWAL,
        waivers=found.waivers,
    )


def with_reasons(root: Path, base: Base, commit: Commit, profile: str, new: Snapshot) -> Base:
    """Add the commits after the base `commit` that justify their own growth by a footer.

    Each of them is built, and so is its parent. Raises UsageError if a reason is too short, or the
    clone too shallow.
    """
    known = {commit.hash: base.snapshot}
    if commits.ask(root, "status", "--porcelain", "--untracked-files=no") == "":
        known[commits.ask(root, "rev-parse", "HEAD") or ""] = new

    def built(hash_: str) -> Snapshot | None:
        if hash_ not in known:
            tree = _tree(root, hash_)
            there = _called(root, tree, hash_, profile)
            known[hash_] = build(tree, there, f"{there} at {hash_[:SHORT]}") if there else None
        return known[hash_]

    found = []
    for hash_, reason in commits.footers(root, commit.hash):
        before, after = built(commits.parent(root, hash_)), built(hash_)
        if before and after:
            found.append(CommitGrowth(hash_, reason, before, after))
    return replace(base, commits=tuple(found))


def _module(tree: Path, profile: str, release: Release) -> Path | None:
    """The module of a release, found by its digest: one that fails isn't in dist/."""
    from wasmtrim import profile as profiles

    shipped = release.shipped
    ready = profiles.load(profile, tree).profile.module
    delivered = tree / "dist" / f"{profile}.wasm"
    found = (delivered, *(tree / _STAGES).rglob("*.wasm"), *([tree / ready] if ready else []))
    alike = (each for each in found if each.is_file() and each.stat().st_size == shipped.raw)
    return next((each for each in alike if sha256(each.read_bytes()) == shipped.sha256), None)


def _called(root: Path, tree: Path, commit: str, profile: str) -> str | None:
    """Return the name that a profile has in `commit`, whose tree this is; None where it has none.

    One that was renamed since is the same profile: else what grows with a new name would be let
    through.
    """
    from wasmtrim import profile as profiles

    if (tree / profiles.FOLDER / f"{profile}.yaml").is_file():
        return profile
    renames = commits.ask(root, "diff", "--relative", "--name-status", "--find-renames", "-z",
                   "--diff-filter=R", commit, "--", profiles.FOLDER.as_posix())  # fmt: skip
    words = (renames or "").split("\0")  # of each: its likeness, the old path, the new path
    renamed = zip(words[1::3], words[2::3], strict=False)
    return {Path(new).stem: Path(old).stem for old, new in renamed}.get(profile)


def _renewed(root: Path, tree: Path, new: Snapshot) -> Snapshot | None:
    """The baseline of `root`, if it is not the one that the base in `tree` has."""
    assert new.release
    here, there = (baseline.path_of(each, new.release) for each in (root, tree))
    if not here.is_file() or (there.is_file() and there.read_bytes() == here.read_bytes()):
        return None
    found = baseline.find(root, new.release)
    return baseline.of_record(found, baseline.label_of(new.release)) if found else None


def _tree(root: Path, commit: str) -> Path:
    """Return the project in the work tree of a commit, which is made if it isn't there.

    The project may be a folder of its repository: it is the same folder of the work tree.
    """
    tree = root / FOLDER / commit[:SHORT]
    if not (tree / ".git").exists():
        commits.ask(root, "worktree", "prune")
        argv = ("worktree", "add", "--detach", "--force", str(tree), commit)
        if commits.ask(root, *argv) is None:
            raise ToolError(f"git can't make a work tree of {commit} in {tree}")
    return tree / (commits.ask(root, "rev-parse", "--show-prefix") or "")
