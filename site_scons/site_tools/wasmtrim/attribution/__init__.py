"""Attribution: every byte of a module accounted for once, and who it belongs to."""

from wasmtrim.attribution.evidence import Evidence
from wasmtrim.attribution.items import Item, Items
from wasmtrim.attribution.origins import Origin, Origins, origins

__all__ = ["Evidence", "Item", "Items", "Origin", "Origins", "origins"]
