"""A state of one module that another one is compared with: what it weighs and what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from wasmtrim import sizes
from wasmtrim.records import FileSize, Release
from wasmtrim.regression.inventory import Inventory


@dataclass(frozen=True)
class Snapshot:
    """`label` names it to the reader: a path, a commit, a baseline.

    `release` is there if its stages and tools are known, `inventory` if the module is.
    `work` has instructions by scope, as `regression.work` does, where they were counted.
    `unweighed` are the metrics that were not measured: `size` has 0 for them.
    """

    label: str
    size: FileSize
    release: Release | None = None
    inventory: Inventory | None = None
    unweighed: tuple[str, ...] = ()
    work: Mapping[str, int] | None = None

    @property
    def fuel(self) -> int | None:
        """Instructions of the shipped module's smoke run, where it was counted."""
        return self.release.shipped.fuel if self.release else None

    @property
    def compressors(self) -> Mapping[str, str]:
        """What measured it: the release's, or this wasmtrim's own where there was none."""
        return self.release.compressors if self.release else sizes.compressors()

    def weight(self, metric: str) -> int | None:
        """Bytes of the shipped module, as it is or compressed; None where nobody measured them."""
        if metric in self.unweighed:
            return None
        measured: int = getattr(self.size, metric)
        return measured


def alike(old: Snapshot, new: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Count the packages of both in the same way: by whole functions if one side needs it.

    A baseline of an earlier version needs it, and a module without lines or an inline tree. So a
    change isn't blamed for another way of counting.
    """
    before, after = old.inventory, new.inventory
    if before is None or after is None:
        return old, new
    one_is_blind = (before.blind and after.splits) or (after.blind and before.splits)
    if before.inlined == after.inlined and not one_is_blind:
        return old, new
    return replace(old, inventory=before.whole), replace(new, inventory=after.whole)
