"""The rows of a component: its own sections, and in place of each core module that one's rows."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

from wasmtrim.attribution.data import Region
from wasmtrim.attribution.items import Item, Items
from wasmtrim.attribution.owners import Owners
from wasmtrim.attribution.ownership import owners
from wasmtrim.wasm import Component
from wasmtrim.wasm.component import CORE_MODULE, NESTED
from wasmtrim.wasm.sections import CUSTOM, HEADER_BYTES

# The rows of a module, each with how many it is.
_Rows: TypeAlias = Callable[[Items], Iterable[tuple[Item, int]]]


class ComponentItems:
    """As Items, of all that is in the file.

    The first core module is the program: its sections have their own names, and its functions
    their numbers. What is in the others, which link it with its host, has none: their sections
    are called `code of module 1`, the component's own `component type`.
    """

    def __init__(
        self, program: Owners, component: Component, regions: Sequence[Region] | None = None
    ) -> None:
        """With `regions` the program's data segments are opened, as in Items."""
        self.data = component.data
        self.size = len(component.data)
        self._component = component
        others = (owners(nested.module) for nested in component.modules[1:])
        self._modules = {
            nested.offset: (number, Items(known, regions if number == 0 else None))
            for number, (nested, known) in enumerate(
                zip(component.modules, (program, *others), strict=False)
            )
        }

    @cached_property
    def bounds(self) -> array[int]:
        """The offset of each row, and the file's size."""
        return array("Q", [*(item.offset for item in self), self.size])

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def __iter__(self) -> Iterator[Item]:
        return (item for item, _ in self._of(self._component, 0, _each))

    def grouped(self) -> Iterator[tuple[Item, Sequence[int]]]:
        """As Items.grouped, but each row alone."""
        return ((item, (number,)) for number, item in enumerate(self))

    def summed(self) -> Iterator[tuple[Item, int]]:
        """As Items.summed."""
        return self._of(self._component, 0, Items.summed)

    def _of(self, component: Component, at: int, rows: _Rows) -> Iterator[tuple[Item, int]]:
        """The rows of a component that begins at byte `at` of the file."""
        below = dict(component.components)
        yield Item("header", "component header", "magic and version", at, HEADER_BYTES), 1
        for section in component.sections:
            name = section.name if section.id == CUSTOM else f"component {section.name}"
            offset, start = at + section.offset, at + section.start
            yield Item("framing", name, f"{name} framing", offset, start - offset), 1
            if section.id == CORE_MODULE:
                yield from self._of_module(start, rows)
            elif section.id == NESTED:
                yield from self._of(below[section.start], start, rows)
            elif section.end > section.start:
                yield Item("contents", name, name, start, section.end - section.start), 1

    def _of_module(self, at: int, rows: _Rows) -> Iterator[tuple[Item, int]]:
        number, items = self._modules[at]
        for item, parts in rows(items):
            if number == 0:
                yield item._replace(offset=at + item.offset), parts
            else:
                section = f"{item.section} of module {number}"
                moved = item._replace(offset=at + item.offset, section=section, number=None)
                yield moved, parts


def _each(items: Items) -> Iterator[tuple[Item, int]]:
    return ((item, 1) for item in items)
