"""Whether a module's names are to outlive the stages."""

from __future__ import annotations

from wasmtrim.profile import Profile
from wasmtrim.wasm.names import SECTION


def kept(profile: Profile) -> bool:
    """Return whether a profile ships the name section: nothing strips it, or strip keeps it."""
    return "strip" not in profile.stages or SECTION in profile.strip.keep
