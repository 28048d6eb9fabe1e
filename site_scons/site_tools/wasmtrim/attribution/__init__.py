"""Attribution: every byte of a module accounted for once, and who it belongs to."""

from wasmtrim.attribution.component import ComponentItems
from wasmtrim.attribution.data import regions
from wasmtrim.attribution.items import Item, Items
from wasmtrim.attribution.names.sources import NameSources
from wasmtrim.attribution.owners import Owner, Owners
from wasmtrim.attribution.ownership import owners

__all__ = ["ComponentItems", "Item", "Items", "NameSources", "Owner", "Owners", "owners", "rows"]


def rows(known: Owners, *, open_data: bool = False) -> Items | ComponentItems:
    """The rows of a module, or of the component that it was taken out of.

    With `open_data` the data of the program has a row for each part that something is known of.
    """
    found = regions(known) if open_data else None
    if known.component:
        return ComponentItems(known, known.component, found)
    return Items(known, found)
