"""The commits that a change is compared with, and those that justify its growth: by git."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wasmtrim import git
from wasmtrim.errors import UsageError
from wasmtrim.escaping import printable

AUTO: Final = "auto"
FOOTER: Final = "Wasm-Size"  # of a commit's message: why it grew
SHORT: Final = 12  # characters of a commit
_SECONDS: Final = 600.0
_MOST_COMMITS: Final = 1_000  # whose messages are read
# The branch that a change is meant for, as CI systems name it.
_TARGETS: Final = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")


@dataclass(frozen=True)
class Commit:
    """A commit to compare with; `why` it is this one, for the reader."""

    hash: str
    why: str

    def __str__(self) -> str:
        return f"{self.hash[:SHORT]}, {self.why}"


def named(root: Path, ref: str) -> Commit:
    """Find the commit that was asked for. Raises UsageError when there is none of that name."""
    trouble = _trouble(root)
    if trouble:
        raise UsageError(f"--base {ref}: {trouble}")
    found = ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found is None:
        raise UsageError(f"--base {ref}: no such commit in {root}; {_elsewhere(root, ref)}")
    return Commit(found, f"asked for as {ref}")


def resolve(root: Path, environ: Mapping[str, str]) -> Commit | str:
    """Find the commit that a change is to be compared with, or say why there is none.

    A change is built as a merge into its target: then it is the first parent, since growth that
    is in the target already is not a fault of the change. Else it is the merge base, also where the
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
    commit = ask(root, "cat-file", "commit", "HEAD") or ""
    header = commit.partition("\n\n")[0].splitlines()
    parents = [line.split()[1] for line in header if line.startswith("parent ")]
    branch = f"origin/{environ[variable]}" if variable else "origin/HEAD"
    merge_base = ask(root, "merge-base", "HEAD", branch)
    head = ask(root, "rev-parse", "HEAD")
    if len(parents) > 1 and merge_base in (None, head, parents[0]):
        if ask(root, "cat-file", "-e", f"{parents[0]}^{{commit}}") is None:
            raise UsageError(
                f"the base {parents[0][:SHORT]}, first parent of the merge commit HEAD, is not in"
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
        return f"HEAD is not a merge commit, and has no merge base with {branch} here"
    if merge_base == head:
        return f"HEAD is not a merge commit, and is in {branch} already"
    why = "not a merge into it" if len(parents) > 1 else "not a merge commit"
    return Commit(merge_base, f"the merge base with {branch}, as HEAD is {why}")


def is_shallow(root: Path) -> bool:
    """Return whether the clone in `root` lacks commits that its history has."""
    return ask(root, "rev-parse", "--is-shallow-repository") == "true"


def footers(root: Path, base: str) -> Iterator[tuple[str, str]]:
    """The commits since `base` that have the footer, with their reasons."""
    from wasmtrim.profile.budgets import LEAST_REASON

    trailer = f"%(trailers:key={FOOTER},valueonly,unfold,separator=%x20)"
    log = ask(root, "log", "--no-merges", "--no-show-signature", f"--format=%H {trailer}",
               f"--max-count={_MOST_COMMITS}", f"{base}..HEAD")  # fmt: skip
    for line in (log or "").splitlines():
        hash_, _, reason = line.partition(" ")
        if not reason.strip():
            continue
        if len(reason.strip()) < LEAST_REASON:
            raise UsageError(
                f"commit {hash_[:SHORT]}: {FOOTER}: {printable(reason)} is not a reason; write at"
                f" least {LEAST_REASON} characters"
            )
        yield hash_, printable(reason.strip())


def parent(root: Path, commit: str) -> str:
    """Return the commit before one that has the footer. Raises UsageError if it is not here."""
    found = ask(root, "rev-parse", "--verify", "--quiet", f"{commit}^")
    if found is None:
        raise UsageError(
            f"{FOOTER} of commit {commit[:SHORT]}: the commit before it is not in this clone;"
            " fetch all of them (actions/checkout: fetch-depth: 0)"
        )
    return found


def ask(root: Path, *words: str) -> str | None:
    """Return what git prints; None when it says no."""
    ended = git.run(root, *words, timeout=_SECONDS)
    return ended.stdout.decode(errors="replace").strip() if ended.status == 0 else None


def _elsewhere(root: Path, ref: str) -> str:
    """Say where a commit may be that is not in this clone."""
    remote = f"origin/{ref}"
    if ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", remote):
        return f"there is {remote}"
    if is_shallow(root):
        return "the clone is shallow: `git fetch --unshallow` gets the rest (CI: fetch-depth: 0)"
    return "is it misspelt, or not fetched yet?"


def _trouble(root: Path) -> str:
    """Say why git reads no repository here, as where its files are another user's; else ""."""
    ended = git.run(root, "rev-parse", "--git-dir")
    return "" if ended.status == 0 else f"git can't read a repository here: {ended.said}"
