"""Contracts by WIT: a world, what it asks of a core module, and how a module differs from that."""

from wasmtrim.wit.difference import Difference, differences
from wasmtrim.wit.lowering import export_names
from wasmtrim.wit.packages import resolve, sources, with_names
from wasmtrim.wit.targets import untargeted
from wasmtrim.wit.world import World

__all__ = [
    "Difference",
    "World",
    "differences",
    "export_names",
    "resolve",
    "sources",
    "untargeted",
    "with_names",
]
