"""The base that a change is compared with: which commit, why that one, and a build of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import wasmtrim
from wasmtrim import atomic, git, process, records
from wasmtrim.errors import ToolError, UsageError
from wasmtrim.escaping import printable
from wasmtrim.records import Release
from wasmtrim.regression import baseline, read, waiver
from wasmtrim.regression.snapshot import Snapshot
from wasmtrim.sizes import sha256

AUTO: Final = "auto"
FOLDER: Final = Path("build", "wasmtrim", "base")  # a work tree per commit, kept for the next time
_STAGES: Final = Path("build", "stages")  # where a release leaves the modules of its stages
_GIT_SECONDS: Final = 600.0
_BUILD_SECONDS: Final = 3600.0
_SHORT: Final = 12  # characters of a commit
FOOTER: Final = "Wasm-Size"  # of a commit's message: why it grew
_MOST_COMMITS: Final = 1_000  # whose messages are read
_RENEWAL: Final = f"run `{baseline.COMMAND}` and commit what it writes"
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
class CommitGrowth:
    """A commit that justifies its own growth: what was before it, and what it made of that."""

    hash: str
    reason: str
    before: Snapshot
    after: Snapshot

    def __str__(self) -> str:
        return f"commit {self.hash[:_SHORT]} ({FOOTER}: {self.reason})"


@dataclass(frozen=True)
class Base:
    """What a build is compared with; `told` names it and says why. None is "no base".

    `rebuilt`: from its sources, by today's tools, so that flags which differ are a change, too.
    `renewal` says how a growth is accepted, "" where there is no baseline to renew. `waivers` are
    those that stand in the base, by metric and scope. `renewed` is the baseline that the change at
    hand brings, `commits` are those of it that justify their own growth.
    """

    snapshot: Snapshot | None
    told: str
    rebuilt: bool = False
    renewal: str = ""
    waivers: Mapping[str, int] = field(default_factory=dict)
    renewed: Snapshot | None = None
    commits: tuple[CommitGrowth, ...] = ()


def named(root: Path, ref: str) -> Commit:
    """Find the commit that was asked for. Raises UsageError when there is none of that name."""
    trouble = _trouble(root)
    if trouble:
        raise UsageError(f"--base {ref}: {trouble}")
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found is None:
        raise UsageError(f"--base {ref}: no such commit in {root}; {_elsewhere(root, ref)}")
    return Commit(found, f"asked for as {ref}")


def resolve(root: Path, environ: Mapping[str, str]) -> Commit | str:
    """Find the commit that a change is to be compared with, or say why there is none.

    A change is built as a merge into its target: then it is the first parent, since growth that
    is in the target already is no fault of the change. Else it is the merge base, also where the
    target was merged into the change, whose first parent is the change itself. Raises UsageError
    where CI names a target, and the clone is too shallow to find what the change grew from.
    """
    variable = next((name for name in _TARGETS if environ.get(name)), None)
    trouble = _trouble(root)
    if trouble and variable:
        raise UsageError(f"{variable} names {environ[variable]} as the target, but {trouble}")
    if trouble:
        return trouble
    # The commit itself tells; git log leaves out parents that a shallow clone doesn't have.
    commit = _git(root, "cat-file", "commit", "HEAD") or ""
    header = commit.partition("\n\n")[0].splitlines()
    parents = [line.split()[1] for line in header if line.startswith("parent ")]
    branch = f"origin/{environ[variable]}" if variable else "origin/HEAD"
    merge_base = _git(root, "merge-base", "HEAD", branch)
    head = _git(root, "rev-parse", "HEAD")
    if len(parents) > 1 and merge_base in (None, head, parents[0]):
        if _git(root, "cat-file", "-e", f"{parents[0]}^{{commit}}") is None:
            raise UsageError(
                f"the base {parents[0][:_SHORT]}, first parent of the merge commit HEAD, is not in"
                " this clone; fetch two commits deep (actions/checkout: fetch-depth: 2)"
            )
        return Commit(parents[0], "the first parent of the merge commit that was built")
    if merge_base is None and variable:
        raise UsageError(
            f"{variable} names {environ[variable]} as the target, but this clone has no commit that"
            f" HEAD and {branch} have in common; is it too shallow? Fetch all of both"
            " (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0 and git fetch origin"
            f" {environ[variable]})"
        )
    if merge_base is None:
        return f"HEAD is no merge commit, and has no merge base with {branch} here"
    if merge_base == head:
        return f"HEAD is no merge commit, and is in {branch} already"
    why = "no merge into it" if len(parents) > 1 else "no merge commit"
    return Commit(merge_base, f"the merge base with {branch}, as HEAD is {why}")


def is_shallow(root: Path) -> bool:
    """Return whether the clone in `root` lacks commits that its history has."""
    return _git(root, "rev-parse", "--is-shallow-repository") == "true"


def build(tree: Path, profile: str, label: str) -> Snapshot:
    """Release one profile of a source tree by this wasmtrim, and take its snapshot.

    `label` names it to the reader. That it is verified or judged as bad, and so not delivered, is
    no hindrance to compare it. ToolError is raised where a stage fails.
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
    built = build(tree, there, f"{there} at {commit.hash[:_SHORT]}")
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
    """Add to the base `commit` those commits after it that justify their own growth by a footer.

    Each is built, and so is what it was made of. Raises UsageError where a reason is none, or the
    clone is too shallow.
    """
    known = {commit.hash: base.snapshot}
    if _git(root, "status", "--porcelain", "--untracked-files=no") == "":
        known[_git(root, "rev-parse", "HEAD") or ""] = new

    def built(hash_: str) -> Snapshot | None:
        if hash_ not in known:
            tree = _tree(root, hash_)
            there = _called(root, tree, hash_, profile)
            known[hash_] = build(tree, there, f"{there} at {hash_[:_SHORT]}") if there else None
        return known[hash_]

    found = []
    for hash_, reason in _footers(root, commit.hash):
        parent = _git(root, "rev-parse", "--verify", "--quiet", f"{hash_}^")
        if parent is None:
            raise UsageError(
                f"{FOOTER} of commit {hash_[:_SHORT]}: the commit before it is not in this clone;"
                " fetch all of them (actions/checkout: fetch-depth: 0)"
            )
        before, after = built(parent), built(hash_)
        if before and after:
            found.append(CommitGrowth(hash_, reason, before, after))
    return replace(base, commits=tuple(found))


def _footers(root: Path, base: str) -> Iterator[tuple[str, str]]:
    """The commits since `base` that have the footer, with their reasons."""
    from wasmtrim.profile.budgets import LEAST_REASON

    trailer = f"%(trailers:key={FOOTER},valueonly,unfold,separator=%x20)"
    log = _git(root, "log", "--no-merges", "--no-show-signature", f"--format=%H {trailer}",
               f"--max-count={_MOST_COMMITS}", f"{base}..HEAD")  # fmt: skip
    for line in (log or "").splitlines():
        hash_, _, reason = line.partition(" ")
        if not reason.strip():
            continue
        if len(reason.strip()) < LEAST_REASON:
            raise UsageError(
                f"commit {hash_[:_SHORT]}: {FOOTER}: {printable(reason)} is no reason; write at"
                f" least {LEAST_REASON} characters"
            )
        yield hash_, printable(reason.strip())


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
    """Give the name that a profile has in `commit`, whose tree this is; None where it has none.

    One that was renamed since is the same profile: else what grows with a new name would be let
    through.
    """
    from wasmtrim import profile as profiles

    if (tree / profiles.FOLDER / f"{profile}.yaml").is_file():
        return profile
    renames = _git(root, "diff", "--relative", "--name-status", "--find-renames", "-z",
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
    tree = root / FOLDER / commit[:_SHORT]
    if not (tree / ".git").exists():
        _git(root, "worktree", "prune")
        argv = ("worktree", "add", "--detach", "--force", str(tree), commit)
        if _git(root, *argv) is None:
            raise ToolError(f"git can't make a work tree of {commit} in {tree}")
    return tree / (_git(root, "rev-parse", "--show-prefix") or "")


def _elsewhere(root: Path, ref: str) -> str:
    """Say where a commit may be that is not in this clone."""
    remote = f"origin/{ref}"
    if _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", remote):
        return f"there is {remote}"
    if is_shallow(root):
        return "the clone is shallow: `git fetch --unshallow` gets the rest (CI: fetch-depth: 0)"
    return "is it misspelt, or not fetched yet?"


def _trouble(root: Path) -> str:
    """Say why git reads no repository here, as where its files are another user's; else ""."""
    ended = git.run(root, "rev-parse", "--git-dir")
    return "" if ended.status == 0 else f"git can't read a repository here: {ended.said}"


def _git(root: Path, *words: str) -> str | None:
    """Return what git prints; None when it says no."""
    ended = git.run(root, *words, timeout=_GIT_SECONDS)
    return ended.stdout.decode(errors="replace").strip() if ended.status == 0 else None
