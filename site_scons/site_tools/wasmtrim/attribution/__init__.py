"""Attribution: every byte of a module accounted for once, and who it belongs to."""

from wasmtrim.attribution.component import ComponentItems
from wasmtrim.attribution.evidence import Evidence
from wasmtrim.attribution.items import Item, Items
from wasmtrim.attribution.origins import Origin, Origins, origins

__all__ = ["ComponentItems", "Evidence", "Item", "Items", "Origin", "Origins", "origins", "rows"]


def rows(known: Origins) -> Items | ComponentItems:
    """The rows of a module, or of the component that it was taken out of."""
    return ComponentItems(known, known.component) if known.component else Items(known)
