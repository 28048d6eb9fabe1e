"""Two snapshots side by side: which function is which, and how the new ones came."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from wasmtrim.regression import match
from wasmtrim.regression.arrivals import Arrival, arrivals
from wasmtrim.regression.inventory import FunctionSize, Inventory
from wasmtrim.regression.snapshot import Snapshot

_NOTHING = Inventory({}, (), (), ())


@dataclass(frozen=True)
class Difference:
    """What the base and a build differ in, found when it is asked for."""

    old: Snapshot
    new: Snapshot

    @property
    def inventories(self) -> tuple[Inventory, Inventory]:
        """What both hold; nothing where it isn't known of both."""
        if self.old.inventory is None or self.new.inventory is None:
            return _NOTHING, _NOTHING
        return self.old.inventory, self.new.inventory

    @cached_property
    def pairs(self) -> list[match.Pair]:
        """Which function is which: the new ones in their order, then those removed."""
        before, after = self.inventories
        return match.pairs(before.functions, after.functions, self._moves)

    @cached_property
    def moved(self) -> dict[str, str]:
        """The packages that were moved: the new path to the old one."""
        return {now: was for was, now in self._moves.items()}

    @cached_property
    def _moves(self) -> dict[str, str]:
        before, after = self.inventories
        return match.moves(before.functions, after.functions)

    @cached_property
    def arrivals(self) -> list[Arrival]:
        """How the new functions came; none where their calls aren't known."""
        _, after = self.inventories
        if after.owners is None:
            return []
        first = after.owners.module.imported_functions
        sizes = {
            first + place: pair.new.bytes
            for place, pair in enumerate(self.pairs)
            if pair.new and not pair.old
        }
        return arrivals(after.owners, sizes) if sizes else []

    def function(self, index: int) -> FunctionSize:
        """A function of the new module, by its index in it."""
        _, after = self.inventories
        assert after.owners
        return after.functions[index - after.owners.module.imported_functions]
