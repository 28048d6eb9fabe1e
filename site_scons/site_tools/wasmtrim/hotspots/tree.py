"""Call stacks as a tree that grows: each is a function, called from another stack."""

from __future__ import annotations

from dataclasses import dataclass, field

from wasmtrim.records.hotspots import StackRow


@dataclass
class Tree:
    """Figures of the same stack add up."""

    _places: dict[tuple[int, int], int] = field(default_factory=dict)
    _figures: list[list[int]] = field(default_factory=list)

    def stack(self, function: int, parent: int) -> int:
        """The place of the stack that calls `function` from the one at `parent`."""
        place = self._places.setdefault((function, parent), len(self._figures))
        if place == len(self._figures):
            self._figures.append([0] * (len(StackRow._fields) - 2))
        return place

    def add(
        self,
        place: int,
        *,
        calls: int = 0,
        fuel: int = 0,
        allocations: int = 0,
        allocated: int = 0,
        samples: int = 0,
    ) -> None:
        """Add to what a stack has."""
        figures = self._figures[place]
        for number, more in enumerate((calls, fuel, allocations, allocated, samples)):
            figures[number] += more

    def rows(self) -> tuple[StackRow, ...]:
        """All stacks, each after the one that it is called from."""
        return tuple(
            StackRow(*key, *figures)
            for key, figures in zip(self._places, self._figures, strict=True)
        )
