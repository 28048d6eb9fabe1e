"""The unstripped build of a module that ships without names: it names the functions that ship.

A stage that works alike with names and without runs once, with them, and they are cut from what
it leaves. So the module that ships is the unstripped build less its names, byte for byte.
"""

from __future__ import annotations

from wasmtrim.profile import Profile, Strip
from wasmtrim.stages import layout, optimize, positions, prune, snip
from wasmtrim.wasm import names, sections

# The others cut names, or make a component, which holds them at every depth. They take no time.
_ALIKE = (snip.NAME, prune.NAME, positions.NAME, optimize.NAME, layout.NAME)
_DWARF = ".debug_"


def works_alike(stage: str) -> bool:
    """Return whether a stage does the same to a module with names as to one without."""
    return stage in _ALIKE


def profile_of(profile: Profile) -> Profile:
    """Return the profile whose stages keep the names."""
    keep = (*profile.strip.keep, names.SECTION)
    return profile.model_copy(update={"strip": Strip(keep=keep)})


def without_dwarf(module: bytes) -> bytes:
    """Cut debug information: wasm-opt would keep it true, and leave passes out for that."""
    if sections.is_component(module):
        return module
    return sections.without_customs(module, lambda name: name.startswith(_DWARF))


def without_names(module: bytes) -> bytes:
    """Cut the name section. A component is left as it is, since no stage changes it."""
    return module if sections.is_component(module) else names.without(module)
