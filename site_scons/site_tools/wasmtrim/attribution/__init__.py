"""Attribution: every byte of a module accounted for once, and who it belongs to."""

from wasmtrim.attribution.component import ComponentItems
from wasmtrim.attribution.items import Item, Items
from wasmtrim.attribution.name_sources import NameSources
from wasmtrim.attribution.owners import Owner, Owners, owners

__all__ = ["ComponentItems", "Item", "Items", "NameSources", "Owner", "Owners", "owners", "rows"]


def rows(known: Owners) -> Items | ComponentItems:
    """The rows of a module, or of the component that it was taken out of."""
    return ComponentItems(known, known.component) if known.component else Items(known)
