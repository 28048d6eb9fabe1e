"""The base that a change is compared with: which commit, why that one, and a build of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import wasmtrim
from wasmtrim import atomic, git, process
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.regression import baseline, read
from wasmtrim.regression.snapshot import Snapshot

AUTO: Final = "auto"
FOLDER: Final = Path("build", "wasmtrim", "base")  # a work tree per commit, kept for the next time
_GIT_SECONDS: Final = 600.0
_BUILD_SECONDS: Final = 3600.0
_SHORT: Final = 12  # characters of a commit
# The branch that a change is meant for, as CI systems name it.
_TARGETS: Final = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
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
class Commit:
    """A commit to compare with; `why` it is this one, for the reader."""

    hash: str
    why: str

    def __str__(self) -> str:
        return f"{self.hash[:_SHORT]}, {self.why}"


@dataclass(frozen=True)
class Base:
    """What a build is compared with; `told` names it and says why. None is "no base".

    `rebuilt`: from its sources, by today's tools, so that flags which differ are a change, too.
    """

    snapshot: Snapshot | None
    told: str
    rebuilt: bool = False


def named(root: Path, ref: str) -> Commit:
    """Find the commit that was asked for. Raises UsageError when there is none of that name."""
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found is None:
        raise UsageError(f"--base {ref}: no such commit in {root}; is the clone too shallow?")
    return Commit(found, f"asked for as {ref}")


def resolve(root: Path, environ: Mapping[str, str]) -> Commit | str:
    """Find the commit that a change is to be compared with, or say why there is none.

    A change is built as a merge with its target: then it is the first parent, since growth that
    is in the target already is no fault of the change. Else it is the merge base.
    """
    # The commit itself tells; git log leaves out parents that a shallow clone doesn't have.
    commit = _git(root, "cat-file", "commit", "HEAD") or ""
    header = commit.partition("\n\n")[0].splitlines()
    parents = [line.split()[1] for line in header if line.startswith("parent ")]
    if len(parents) > 1:
        if _git(root, "cat-file", "-e", f"{parents[0]}^{{commit}}") is None:
            raise UsageError(
                f"the base {parents[0][:_SHORT]}, first parent of the merge commit HEAD, is not in"
                " this clone; fetch two commits deep (actions/checkout: fetch-depth: 2)"
            )
        return Commit(parents[0], "the first parent of the merge commit that was built")
    target = next((environ[name] for name in _TARGETS if environ.get(name)), None)
    branch = f"origin/{target}" if target else "origin/HEAD"
    merge_base = _git(root, "merge-base", "HEAD", branch)
    if merge_base is None:
        return f"HEAD is no merge commit, and has no merge base with {branch} here"
    if merge_base == _git(root, "rev-parse", "HEAD"):
        return f"HEAD is no merge commit, and is in {branch} already"
    return Commit(merge_base, f"the merge base with {branch}, as HEAD is no merge commit")


def build(tree: Path, profile: str, label: str) -> Snapshot:
    """Release one profile of a source tree by this wasmtrim, and take its snapshot.

    `label` names it to the reader. First its stages run, or ToolError is raised. Then it is
    verified and judged as a release is; that this fails is no hindrance to compare it, though a
    module that isn't delivered is compared by its sizes only.
    """
    package = Path(wasmtrim.__file__).parents[1]
    script = tree / FOLDER.parent / "compare.SConstruct"
    atomic.write_text(script, _SCONSTRUCT.format(package=str(package)))
    record = tree / "dist" / f"{profile}.sizes.json"
    argv = (sys.executable, "-m", "SCons", "-f", str(script), "-C", str(tree), "--no-site-dir")
    for target, may_fail in ((f"dist/{record.name}", False), ("release", True)):
        ended = process.run((*argv, target, f"profile={profile}"), timeout=_BUILD_SECONDS)
        if ended.status != 0 and not may_fail:
            raise ToolError(f"{tree}: {profile} can't be built: {ended.ended}:\n{ended.said}")
    return replace(read.snapshot(record), label=label)


def of_commit(root: Path, commit: Commit, profile: str) -> Base:
    """Build a commit's sources with its own profile, in a work tree below the build folder."""
    from wasmtrim.profile import FOLDER as PROFILES

    tree = root / FOLDER / commit.hash[:_SHORT]
    if not (tree / ".git").exists():
        _git(root, "worktree", "prune")
        argv = ("worktree", "add", "--detach", "--force", str(tree), commit.hash)
        if _git(root, *argv) is None:
            raise ToolError(f"git can't make a work tree of {commit.hash} in {tree}")
    if not (tree / PROFILES / f"{profile}.yaml").is_file():
        return Base(None, f"no base: {profile} is new since {commit}")
    built = build(tree, profile, f"{profile} at {commit.hash[:_SHORT]}")
    return Base(built, str(commit), rebuilt=True)


def of_baseline(root: Path, new: Snapshot, why: str = "") -> Base:
    """Take the committed baseline; `why` there is no commit to build, where one was looked for."""
    assert new.release
    because = f": {why}" if why else ""
    found = baseline.find(root, new.release)
    if found is None:
        file = baseline.path_of(root, new.release).relative_to(root)
        return Base(None, f"no base{because}; and there is no {file}" if why else f"no {file}")
    return Base(found, f"{found.label}{because}")


def _git(root: Path, *words: str) -> str | None:
    """Give what git prints; None when it says no."""
    ended = git.run(root, *words, timeout=_GIT_SECONDS)
    return ended.stdout.decode(errors="replace").strip() if ended.status == 0 else None
