"""How much of a thing a module may hold, so that hostile counts are refused and none is trusted.

The figures are the implementation limits that browsers agreed on (WebAssembly JavaScript
interface, "Implementation-defined limits"); wasmtime's parser has the same ones. No engine runs a
module that is over them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of `what` (a plural noun)."""

    what: str
    most: int


MODULE_BYTES = 1_073_741_824
SECTIONS = Limit("sections", 100_000)  # ours: engines skip custom sections, however many
TYPES = Limit("types", 1_000_000)
RECURSION_GROUPS = Limit("recursion groups", 1_000_000)
SUPERTYPES = Limit("supertypes", 1)
IMPORTS = Limit("imports", 1_000_000)
FUNCTIONS = Limit("functions", 1_000_000)
TABLES = Limit("tables", 100_000)
MEMORIES = Limit("memories", 100)
TAGS = Limit("tags", 1_000_000)
GLOBALS = Limit("globals", 1_000_000)
STRINGS = Limit("strings", 1_000_000)
EXPORTS = Limit("exports", 1_000_000)
ELEMENT_SEGMENTS = Limit("element segments", 10_000_000)
TABLE_ENTRIES = Limit("table entries of one segment", 10_000_000)
DATA_SEGMENTS = Limit("data segments", 100_000)
PARAMETERS = Limit("parameters", 1_000)
RESULTS = Limit("results", 1_000)
FIELDS = Limit("fields of a struct", 10_000)
BODY_BYTES = Limit("bytes in a function body", 7_654_321)
